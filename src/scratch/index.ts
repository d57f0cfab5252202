/** Floor 7 (I/O): throw-away databases of the right engine, on which migrations are tried. Always cleaned up by whoever made them. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../base/index.ts';
import { type Connection, connectFailure, DatabaseError, type Driver, type Engine, type Target } from '../contracts/index.ts';
import { isOrphan, ownedName } from './owner.ts';
import { fromTemplate } from './template.ts';

export interface Scratch {
  readonly driver: Driver;
  readonly engine: Engine;
  readonly target: Target;
  /** Takes the database away again. */
  drop(): Promise<void>;
}

const folderPrefix = 'lockstep-scratch-';
const databasePrefix = 'lockstep_scratch_';

/**
 * An empty database that nobody else uses: a file or folder of its own for an embedded engine, a new database on the target's server
 * otherwise. What processes that are gone have left behind is taken away first. Refuses when the server's user may not create databases,
 * and a connection that was handed in, which only ever leads to one.
 */
export async function createScratch(driver: Driver, engine: Engine, target: Target): Promise<Scratch> {
  if (driver.lent !== undefined)
    throw new Failure('database.no-rights', 'a connection that is handed in makes no scratch database', {
      state: 'nothing was changed',
      fix: ['name the database by its URL'],
    });
  return isServed(driver, target) ? onServer(driver, engine, target) : embedded(driver, engine);
}

/** Whether scratch databases like this one need a right on a server. */
export function isServed(driver: Driver, target: Target): boolean {
  return driver.lock(target).kind === 'server';
}

/** An empty database in a folder that goes with it, for a driver that needs no server. */
export async function embedded(driver: Driver, engine: Engine): Promise<Scratch> {
  for (const name of readdirSync(tmpdir())) if (isOrphan(name, folderPrefix)) takeAway(join(tmpdir(), name));
  const name = ownedName(folderPrefix);
  const folder = join(tmpdir(), name);
  mkdirSync(folder, { mode: 0o700 });
  await fromTemplate(driver, join(folder, 'scratch'));
  return {
    driver,
    engine,
    target: { url: `${driver.schemes[0]}:${join(folder, 'scratch')}`, shown: `a temporary database ${name}`, base: folder },
    drop: () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

/** A folder of somebody else stays. */
function takeAway(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Its owner takes it away.
  }
}

async function onServer(driver: Driver, engine: Engine, target: Target): Promise<Scratch> {
  const { scratch } = engine;
  if (scratch === undefined) throw new Failure('change.unsupported', `${engine.title} makes no scratch databases`);
  const name = ownedName(databasePrefix);
  const url = new URL(target.url);
  url.pathname = `/${name}`;
  await onTarget({ driver, engine }, target, async (connection) => {
    // What cannot be listed, and one that is still being ended, is left to the next.
    const left = await connection.query(scratch.list(databasePrefix)).catch(() => ({ rows: [] }));
    for (const other of left.rows.map((row) => String(row['name'])))
      if (isOrphan(other, databasePrefix)) await connection.query(scratch.drop(other)).catch(() => undefined);
    await connection.query(scratch.create(name));
  });
  return {
    driver,
    engine,
    target: { url: url.href, shown: `a temporary database ${name}`, base: target.base },
    drop: () => onTarget({ driver, engine }, target, (connection) => connection.query(scratch.drop(name))),
  };
}

async function onTarget(
  { driver, engine }: { readonly driver: Driver; readonly engine: Engine },
  target: Target,
  work: (connection: Connection) => Promise<unknown>,
): Promise<void> {
  const connection = await driver.connect(target, { label: 'lockstep scratch' }).catch((error: unknown) => {
    throw error instanceof DatabaseError ? connectFailure(error, { driver, engine, target }) : error;
  });
  try {
    await work(connection);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const kind = engine.errorKind(error);
    const code = kind === 'read-only' || kind === 'storage' ? (`database.${kind}` as const) : 'database.no-rights';
    throw new Failure(code, `no scratch database can be made on ${target.shown}: ${error.message}`, {
      engine: { message: error.message, code: error.code },
      state: 'nothing was changed',
      fix: ['grant the right to create databases', 'lockstep test --engines sqlite'],
    });
  } finally {
    await connection.close();
  }
}
