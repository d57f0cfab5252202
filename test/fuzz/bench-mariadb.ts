import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownPrograms } from '../../scripts/corpora/engine.ts';
import { normal } from '../../scripts/corpora/pair.ts';
import { mysql } from '../../src/engines/mysql/index.ts';
import { ask } from '../support/ask.ts';
import { makeDatabase } from '../support/server/database.ts';
import type { Bench, Place } from './bench.ts';
import { mariadbDialect } from './mariadb.ts';

/** Rounds on databases of their own: making one costs nothing there. */
export function mariadbBench(folder: string, admin: string): Bench {
  const place = async (): Promise<Place> => {
    const database = await makeDatabase('mariadb', mkdtempSync(join(folder, 'fuzz-')), admin);
    const connection = await database.connect();
    for (const sql of mysql.session.start) await connection.query(sql);
    return {
      connection,
      driver: database.driver,
      engine: mysql,
      server: await ask(connection, mysql.identify()),
      url: database.url,
      done: async () => {
        await connection.close();
        await database.drop();
      },
    };
  };
  return {
    dialect: mariadbDialect,
    place,
    dump: async (from, settled) => {
      const text = doubled(await ownPrograms.mysql.dump(from.url), await namesWithBackticks(from));
      if (!settled) return spelled(text);
      const copy = await place();
      try {
        const file = join(folder, 'dump.sql');
        writeFileSync(file, text.replaceAll('`DATABASE`', `\`${copy.server.database}\``));
        await ownPrograms.mysql.run(copy.url, file);
        return spelled(doubled(await ownPrograms.mysql.dump(copy.url), await namesWithBackticks(copy)));
      } finally {
        await copy.done();
      }
    },
    close: () => Promise.resolve(),
  };
}

async function namesWithBackticks({ connection }: Place): Promise<readonly string[]> {
  const { rows } =
    await connection.query(`SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME LIKE '%\`%'
    UNION SELECT CONSTRAINT_NAME FROM information_schema.TABLE_CONSTRAINTS WHERE TABLE_SCHEMA = DATABASE() AND CONSTRAINT_NAME LIKE '%\`%'`);
  return rows.map(({ name }) => String(name));
}

/**
 * In the line of a foreign key the server itself prints a column or constraint that has a backtick without doubling it (SHOW CREATE TABLE
 * of 10.11), so that its own dump does not load. There, and nowhere else, the backtick is doubled.
 */
function doubled(dump: string, names: readonly string[]): string {
  return dump.replaceAll(/^ {2}CONSTRAINT `.*` FOREIGN KEY \(.*$/gm, (line) =>
    names.reduce((text, name) => text.replaceAll(`\`${name}\``, () => mysql.quote.identifier(name)), line),
  );
}

/** The widths of whole numbers in the heads of routines are printed as they were written, and how far a sequence has counted is data. */
function spelled(dump: string): readonly string[] {
  const shown = normal(dump.replaceAll(/^DO SETVAL\(.*;$/gm, ''), mysql).map((part) => part.replaceAll('\u001f', ' '));
  return shown.map((part) => (/\b(PROCEDURE|FUNCTION)\b/.test(part) ? part.replaceAll(/INT \( \d+ \)/gi, 'INT') : part));
}
