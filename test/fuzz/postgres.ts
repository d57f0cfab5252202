import type { Dialect } from './blueprint.ts';
import { objectMakers } from './postgres-objects.ts';
import { tableMakers } from './postgres-tables.ts';
import { quote } from './postgres-words.ts';

/** Structures of PostgreSQL and PGlite. */
export const postgresDialect: Dialect = {
  quote,
  columnMaker: 'column',
  filling: ['SET session_replication_role = replica', 'RESET session_replication_role'],
  oddNames: [
    'order',
    'a b',
    "it's",
    'quo"te',
    'back`tick',
    'Größe',
    '日本語',
    'select',
    '100%',
    '$dollar',
    '-- dash',
    '🙂',
    'semi;colon',
    'back\\slash',
    'Upper',
    'x'.repeat(63),
  ],
  makers: { ...tableMakers, ...objectMakers },
};
