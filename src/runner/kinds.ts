import type { Code } from '../base/index.ts';
import type { ErrorKind } from '../contracts/index.ts';

/** The code for what a database says while a migration runs. */
export function codeOf(kind: ErrorKind): Code {
  switch (kind) {
    case 'lost':
      return 'connection.lost';
    case 'busy':
    case 'deadlock':
      return 'database.busy';
    case 'rights':
      return 'database.no-rights';
    case 'read-only':
      return 'database.read-only';
    case 'cancelled':
      return 'interrupted';
    case 'storage':
      return 'database.storage';
    default:
      return 'migration.failed';
  }
}
