import type { Dialect } from './blueprint.ts';
import { objectMakers } from './postgres-objects.ts';
import { tableMakers } from './postgres-tables.ts';
import { quote } from './postgres-words.ts';
import { oddNames } from './words.ts';

/** Structures of PostgreSQL and PGlite. */
export const postgresDialect: Dialect = {
  quote,
  columnMaker: 'column',
  filling: ['SET session_replication_role = replica', 'RESET session_replication_role'],
  oddNames: [...oddNames, '🙂', 'back\\slash', 'Upper', 'x'.repeat(63)],
  makers: { ...tableMakers, ...objectMakers },
};
