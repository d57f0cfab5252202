/** Floor 7 (I/O): throw-away databases of the right engine, on which migrations are tried. Always cleaned up by whoever made them. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../base/index.ts';
import { connectFailure, DatabaseError, type Driver, type Engine, type Target } from '../contracts/index.ts';

export interface Scratch {
  readonly driver: Driver;
  readonly engine: Engine;
  readonly target: Target;
  /** Takes the database away again. */
  drop(): Promise<void>;
}

/**
 * An empty database that nobody else uses: a file or folder of its own for an embedded engine, a new database on the target's server
 * otherwise. Refuses when the server's user may not create databases, and a connection of the caller's own.
 */
export async function createScratch(driver: Driver, engine: Engine, target: Target): Promise<Scratch> {
  if (driver.lent !== undefined) {
    // It would lead to the caller's own database, whatever the URL says.
    throw new Failure('config.no-database', 'a connection that is handed in cannot make a scratch database; name the database by a URL', {
      state: 'nothing was changed',
    });
  }
  if (driver.lock(target).kind === 'server') return onServer(driver, engine, target);
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-scratch-'));
  const url = `${driver.schemes[0]}:${join(folder, 'scratch')}`;
  return {
    driver,
    engine,
    target: { url, shown: `${driver.schemes[0]}: scratch`, base: folder },
    drop: () => {
      rmSync(folder, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

async function onServer(driver: Driver, engine: Engine, target: Target): Promise<Scratch> {
  const { scratch } = engine;
  const name = `lockstep_scratch_${randomBytes(6).toString('hex')}`;
  const url = new URL(target.url);
  url.pathname = `/${name}`;
  if (scratch === undefined) throw new Failure('change.unsupported', `${engine.title} makes no scratch databases`);
  await onTarget({ driver, engine }, target, scratch.create(name));
  return {
    driver,
    engine,
    target: { url: url.href, shown: `${engine.title} scratch database ${name}`, base: target.base },
    drop: () => onTarget({ driver, engine }, target, scratch.drop(name)),
  };
}

async function onTarget(
  { driver, engine }: { readonly driver: Driver; readonly engine: Engine },
  target: Target,
  sql: string,
): Promise<void> {
  const connection = await driver.connect(target, { label: 'lockstep scratch' }).catch((error: unknown) => {
    throw error instanceof DatabaseError ? connectFailure(error, { driver, engine, target }) : error;
  });
  try {
    await connection.query(sql);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const code = engine.errorKind(error) === 'read-only' ? 'database.read-only' : 'database.no-rights';
    throw new Failure(code, `no scratch database can be made on ${target.shown}: ${error.message}`, {
      engine: { message: error.message, code: error.code },
      state: 'nothing was changed',
      fix: ['grant the right to create databases', 'lockstep test --engines sqlite'],
    });
  } finally {
    await connection.close();
  }
}
