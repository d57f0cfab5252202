import { Failure } from '../base/index.ts';
import type { DatabaseError, Driver, Target } from './driver.ts';
import type { Engine } from './engine.ts';

/** What was to be connected. */
export interface Attempted {
  readonly driver: Driver;
  readonly engine: Engine;
  readonly target: Target;
}

/** The failure for a database that could not be connected to: what refused, why, and what helps. */
export function connectFailure(error: DatabaseError, { driver, engine, target }: Attempted): Failure {
  const kind = engine.errorKind(error);
  const code = error.code === '' ? {} : { code: error.code };
  const details = { engine: { message: error.message, ...code }, state: 'nothing was changed' };
  if (kind === 'busy') return new Failure('database.busy', `${target.shown} is held by another session: ${error.message}`, details, error);
  if (driver.lock(target).kind !== 'server') {
    const fix = ['correct the path in the URL, or make what it names'];
    return new Failure('connection.failed', `${target.shown} cannot be opened: ${error.message}`, { ...details, fix }, error);
  }
  switch (kind) {
    case 'credentials':
      return new Failure('connection.refused', `${target.shown} refuses the user or the password`, details, error);
    case 'no-database':
      return new Failure('connection.no-database', `the database of ${target.shown} does not exist`, details, error);
    case 'rights': {
      const fix = ['grant the user the rights on the database', 'correct the user or the database in the URL'];
      return new Failure('connection.refused', `${target.shown} does not let the user in: ${error.message}`, { ...details, fix }, error);
    }
    default:
      return new Failure('connection.failed', `${target.shown} cannot be reached: ${error.message}`, details, error);
  }
}
