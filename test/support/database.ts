import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Connection, Driver, Target } from '../../src/contracts/index.ts';
import { builtInDrivers } from '../../src/drivers/index.ts';

/** The four kinds of database that everything is shown on. */
export type Flavour = 'sqlite' | 'pglite' | 'postgres' | 'mariadb';
export const flavours: readonly Flavour[] = ['sqlite', 'pglite', 'postgres', 'mariadb'];

export interface TestDatabase {
  readonly flavour: Flavour;
  readonly url: string;
  readonly target: Target;
  readonly driver: Driver;
  /** A folder of the test's own. */
  readonly folder: string;
  connect(): Promise<Connection>;
  drop(): Promise<void>;
}

/** An empty database of a kind, with a name that nobody else has. */
export async function freshDatabase(flavour: Flavour): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-test-'));
  const name = `ls_${randomBytes(6).toString('hex')}`;
  const admin = flavour === 'postgres' ? inject('postgresUrl') : flavour === 'mariadb' ? inject('mysqlUrl') : undefined;
  const url = urlOf(flavour, folder, name, admin);
  const driver = builtInDrivers().find((candidate) => candidate.schemes.includes(url.slice(0, url.indexOf(':'))));
  if (driver === undefined) throw new Error(`no driver for ${flavour}`);
  const target = { url, shown: url, base: folder };
  const onServer = async (sql: string): Promise<void> => {
    if (admin === undefined) return;
    const connection = await driver.connect({ url: admin, shown: admin, base: folder }, { label: 'lockstep test' });
    try {
      await connection.query(sql);
    } finally {
      await connection.close();
    }
  };
  await onServer(`CREATE DATABASE ${name}`);
  return {
    flavour,
    url,
    target,
    driver,
    folder,
    connect: () => driver.connect(target, { label: 'lockstep test' }),
    drop: async () => {
      await onServer(flavour === 'postgres' ? `DROP DATABASE IF EXISTS ${name} WITH (FORCE)` : `DROP DATABASE IF EXISTS ${name}`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function urlOf(flavour: Flavour, folder: string, name: string, admin: string | undefined): string {
  if (flavour === 'sqlite') return `sqlite:${join(folder, 'test.db')}`;
  if (flavour === 'pglite') return 'pglite::memory:';
  if (admin === undefined) throw new Error(`this test needs a ${flavour} server; see test/support/servers.ts`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}
