import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, Driver, Target } from '../../../src/contracts/index.ts';
import { builtInDrivers } from '../../../src/drivers/index.ts';
import { emptyPglite } from './pglite.ts';

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

/** Makes an empty database with a name that nobody else has, in a folder or on the server that `admin` is a URL of. */
export async function makeDatabase(flavour: Flavour, folder: string, admin: string): Promise<TestDatabase> {
  const name = `ls_${randomBytes(6).toString('hex')}`;
  const url = urlOf(flavour, folder, name, admin);
  const driver = builtInDrivers().find((candidate) => candidate.schemes.includes(url.slice(0, url.indexOf(':'))));
  if (driver === undefined) throw new Error(`no driver for ${flavour}`);
  const target = { url, shown: url, base: folder };
  const onServer = async (sql: string): Promise<void> => {
    const connection = await driver.connect({ url: admin, shown: admin, base: folder }, { label: 'lockstep test' });
    try {
      await connection.query(sql);
    } finally {
      await connection.close();
    }
  };
  if (flavour === 'pglite') await emptyPglite(join(folder, 'pglite'));
  if (isServed(flavour)) await onServer(`CREATE DATABASE ${name}`);
  return {
    flavour,
    url,
    target,
    driver,
    folder,
    connect: () => driver.connect(target, { label: 'lockstep test' }),
    drop: async () => {
      if (isServed(flavour)) await onServer(`DROP DATABASE IF EXISTS ${name}${flavour === 'postgres' ? ' WITH (FORCE)' : ''}`);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a kind of database lives on a server. */
export function isServed(flavour: Flavour): flavour is 'postgres' | 'mariadb' {
  return flavour === 'postgres' || flavour === 'mariadb';
}

function urlOf(flavour: Flavour, folder: string, name: string, admin: string): string {
  if (flavour === 'sqlite') return `sqlite:${join(folder, 'test.db')}`;
  if (flavour === 'pglite') return `pglite:${join(folder, 'pglite')}`;
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return url.href;
}
