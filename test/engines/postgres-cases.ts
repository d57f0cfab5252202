import { type Case, people, t } from './postgres-case.ts';

import { columns, constraints } from './postgres-cases-column.ts';
import { objects } from './postgres-cases-object.ts';
import { tables } from './postgres-cases-table.ts';

const opaque: readonly Case[] = (
  [
    ['rule', `${people} CREATE TABLE log (a int);`, 'CREATE RULE r AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (1)', 'rule r on t'],
    [
      'aggregate',
      '',
      "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0', COMBINEFUNC = int4pl, PARALLEL = SAFE)",
      'aggregate total(integer)',
    ],
    ['statistics', people, 'CREATE STATISTICS st (dependencies) ON name, age FROM t', 'statistics st'],
    ['type', '', 'CREATE TYPE span AS RANGE (subtype = float8, subtype_diff = float8mi)', 'type span'],
    ['collation', '', "CREATE COLLATION plain (provider = libc, locale = 'C')", 'collation plain'],
    ['publication', people, "CREATE PUBLICATION pub FOR TABLE t WITH (publish = 'insert, update')", 'publication pub'],
    [
      'event trigger',
      "CREATE FUNCTION told() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
      "CREATE EVENT TRIGGER ev ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION told()",
      'event trigger ev',
    ],
    [
      'constraint',
      'CREATE TABLE p (a int, b int, PRIMARY KEY (a, b)); CREATE TABLE t (a int, b int)',
      'ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES p (a, b) ON DELETE SET NULL (b)',
      'constraint k on t',
    ],
  ] as const
).map(([kind, given, sql, name]) => ({
  title: `dropObject opaque ${kind}`,
  given: `${given}; ${sql}; ${kind === 'statistics' ? "COMMENT ON STATISTICS st IS 'two'" : ''}`,
  change: { kind: 'dropObject', object: { kind: 'opaque', name: { name } } },
}));

const rows: readonly Case[] = [
  {
    title: 'insertRows',
    given: people,
    change: {
      kind: 'insertRows',
      table: t,
      rows: [
        { id: 1, name: 'a' },
        { id: 2, name: 'b', age: 3 },
      ],
    },
  },
  {
    title: 'updateRows',
    given: people,
    change: { kind: 'updateRows', table: t, set: { name: 'b' }, where: { equals: { id: 1, age: null } }, was: { name: 'a' } },
  },
  {
    title: 'upsertRows',
    given: people,
    change: { kind: 'upsertRows', table: t, key: ['id'], rows: [{ id: 1, name: 'a' }] },
    irreversible: 'upsert',
  },
  { title: 'deleteRows', given: people, change: { kind: 'deleteRows', table: t, where: { sql: 'age > 3 -- old' }, rows: [] } },
];

/** One case at least for every kind of change. */
export const cases: readonly Case[] = [...tables, ...columns, ...constraints, ...objects, ...opaque, ...rows];
