import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownPrograms } from '../../scripts/corpora/engine.ts';
import { normal } from '../../scripts/corpora/pair.ts';
import type { Connection, Driver, Server } from '../../src/contracts/index.ts';
import { postgres } from '../../src/engines/postgres/index.ts';
import { ask } from '../support/ask.ts';
import { emptied } from '../support/emptied.ts';
import { makeDatabase } from '../support/server/database.ts';
import type { Bench, Place } from './bench.ts';
import { catalogueOf } from './catalogue.ts';
import { postgresDialect } from './postgres.ts';

interface Kept {
  readonly url: string;
  readonly connection: Connection;
  readonly driver: Driver;
  readonly server: Server;
  drop(): Promise<void>;
}

/** Rounds on databases that are emptied and used again: making one takes longer than a round. */
export function postgresBench(flavour: 'postgres' | 'pglite', folder: string, admin: string): Bench {
  const [free, all]: [Kept[], Kept[]] = [[], []];
  const make = async (): Promise<Kept> => {
    const database = await makeDatabase(flavour, mkdtempSync(join(folder, 'fuzz-')), admin);
    const connection = await database.connect();
    for (const sql of postgres.session.start) await connection.query(sql);
    const kept = {
      url: database.url,
      connection,
      driver: database.driver,
      server: await ask(connection, postgres.identify()),
      drop: async () => {
        await connection.close();
        await database.drop();
      },
    };
    all.push(kept);
    return kept;
  };
  const place = async (): Promise<Place> => {
    const kept = free.pop() ?? (await make());
    const { connection, driver, server, url } = kept;
    await emptied(connection, server);
    return {
      connection,
      driver,
      engine: postgres,
      server,
      url,
      done: () => {
        free.push(kept);
        return Promise.resolve();
      },
    };
  };
  return {
    dialect: postgresDialect,
    place,
    dump: async (from, settled) => {
      if (flavour === 'pglite') return catalogueOf(from.connection, settled);
      const own = ownPrograms.postgres;
      const text = await own.dump(from.url);
      if (!settled) return normal(text, postgres);
      const copy = await place();
      try {
        const file = join(folder, 'dump.sql');
        // It is there already.
        writeFileSync(file, text.replace(/^CREATE SCHEMA public;$/m, ''));
        await own.run(copy.url, file);
        return normal(await own.dump(copy.url), postgres);
      } finally {
        await copy.done();
      }
    },
    close: async () => {
      for (const kept of all) await kept.drop();
    },
  };
}
