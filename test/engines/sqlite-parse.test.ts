import fc, { type Arbitrary } from 'fast-check';
import { expect, test } from 'vitest';
import { DatabaseError } from '../../src/contracts/index.ts';
import { canonicalSchema, emptySchema, type Schema } from '../../src/schema/index.ts';
import { rounds } from '../support/effort.ts';
import { type Memory, memory, renderOn, statementsOf } from './sqlite-support.ts';

const optional = (value: Arbitrary<string>): Arbitrary<string> => fc.oneof(fc.constant(''), value);
const joined = (...parts: readonly Arbitrary<string>[]): Arbitrary<string> =>
  fc.tuple(...parts).map((list) => list.filter(Boolean).join(' '));
const pick = (...texts: readonly string[]): Arbitrary<string> => fc.constantFrom(...texts);
/** Blanks, line ends and comments that may stand anywhere. */
const space = pick(' ', ' ', ' ', '\n', '\t', ' /* a, ( */ ', ' -- it\'s "\n');
const spaced = (...parts: readonly Arbitrary<string>[]): Arbitrary<string> =>
  fc.tuple(space, ...parts).map(([gap, ...list]) => list.filter(Boolean).join(gap));

/** Each column in some of the ways its name can be written. */
const columns = [
  ['a', '"a"', '`a`', '[a]', 'A'],
  ['"b c"', '`b c`', '[b c]', "'b c'"],
  ['"de""f"', '`de"f`', '[de"f]'],
  ['"order"', '[ORDER]'],
  ['größe', '"größe"'],
  ['Key', '"key"', 'KEY'],
] as const;
const nameOf = (index: number): Arbitrary<string> => fc.constantFrom(...(columns[index] ?? ['a']));
/** Inside an expression a single-quoted text is no name. */
const usedName = (index: number): Arbitrary<string> => nameOf(index).map((name) => (name.startsWith("'") ? '"b c"' : name));
const anyColumn = fc.integer({ min: 0, max: columns.length - 1 }).chain(nameOf);
const anyUsed = fc.integer({ min: 0, max: columns.length - 1 }).chain(usedName);

const type = pick(
  ...['', 'INTEGER', 'integer', 'INT', 'BIGINT', 'UNSIGNED BIG INT', 'int2', 'TINYINT(1)', 'VARCHAR(40)', 'nvarchar( 160 )', 'CHARACTER'],
  ...[
    'TEXT',
    'CLOB',
    'BLOB',
    'BLOB(3)',
    'BINARY (16)',
    'REAL',
    'DOUBLE PRECISION',
    'FLOAT',
    'NUMERIC(10, 2)',
    'DECIMAL',
    'BOOLEAN',
    'bool',
  ],
  ...[
    'DATE',
    'DATETIME',
    'TIMESTAMP',
    'TIMESTAMP WITH TIME ZONE',
    'time(3)',
    'UUID',
    'JSON',
    'any',
    'my own type',
    '"quoted type"',
    'ENUM TEXT',
  ],
);
const conflict = optional(pick('ROLLBACK', 'abort', 'FAIL', 'ignore', 'REPLACE').map((action) => `ON CONFLICT ${action}`));
const label = optional(pick('CONSTRAINT c1', 'CONSTRAINT "c 2"', 'CONSTRAINT [c3]', 'constraint x CONSTRAINT y'));
const expression = fc.oneof(
  spaced(anyUsed, pick('>', '<>', '+', '||', 'IS NOT'), pick('1', "'it''s )'", "x'ff'", '1e-3', 'NULL', '-2.50')),
  spaced(fc.constant('lower('), anyUsed, fc.constant(') IN ("a", \'b\')')).map((text) => text.replaceAll('"a"', "'a'")),
  spaced(fc.constant('CASE WHEN'), anyUsed, fc.constant('THEN 1 ELSE 0 END')),
  spaced(fc.constant('t.'), usedName(0), fc.constant('> 0')).map((text) => text.replace(/^t\.\s+/, 't.')),
  spaced(anyUsed, fc.constant('COLLATE nocase ='), anyUsed),
);
const value = fc.oneof(
  pick('NULL', '1', '-1', '+ 7', '- 3', '1.5', '.5', '1.50', '1e-3', '-1E+5', '0x1F', '9223372036854775807', '99999999999999999999'),
  pick("''", "'it''s'", "'a)b,--c'", "x'00ff'", 'TRUE', 'false', 'active', '"in quotes"', 'CURRENT_TIMESTAMP', 'current_date'),
  pick("(datetime('now'))", '(1 + 2)', '(5)', "('x')", '( -7 )', '("y")', '(1) -- c\n'),
);
const action = pick('CASCADE', 'RESTRICT', 'SET NULL', 'SET DEFAULT', 'NO ACTION');
const deferral = optional(
  pick(
    'DEFERRABLE',
    'NOT DEFERRABLE',
    'DEFERRABLE INITIALLY DEFERRED',
    'deferrable initially immediate',
    'NOT DEFERRABLE INITIALLY DEFERRED',
  ),
);
const references = spaced(
  fc.constant('REFERENCES'),
  pick('parent', '"Parent"', 'PARENT', 'nowhere', 't'),
  optional(pick('(id)', '( "ID" )')),
  optional(action.map((text) => `ON DELETE ${text}`)),
  optional(pick('MATCH FULL', 'MATCH simple')),
  optional(action.map((text) => `ON UPDATE ${text}`)),
  deferral,
);
const part = spaced(anyColumn, optional(pick('COLLATE NOCASE', 'collate "rtrim"')), optional(pick('ASC', 'DESC')));
const parts = fc.array(part, { minLength: 1, maxLength: 3 }).map((list) => `(${list.join(', ')})`);

const clause = fc.oneof(
  spaced(label, fc.constant('NOT NULL'), conflict),
  spaced(label, fc.constant('NULL')),
  spaced(label, fc.constant('UNIQUE'), conflict),
  spaced(label, fc.constant('DEFAULT'), value),
  spaced(label, fc.constant('CHECK ('), expression, fc.constant(')')),
  spaced(fc.constant('COLLATE'), pick('NOCASE', '"BINARY"', 'rtrim')),
  spaced(label, references),
  spaced(pick('GENERATED ALWAYS AS (', 'AS ('), expression, fc.constant(')'), optional(pick('STORED', 'VIRTUAL'))),
);
const inlineKey = spaced(
  label,
  fc.constant('PRIMARY KEY'),
  optional(pick('ASC', 'DESC')),
  conflict,
  optional(fc.constant('AUTOINCREMENT')),
);
const constraint = fc.oneof(
  spaced(label, fc.constant('UNIQUE'), parts, conflict),
  spaced(label, fc.constant('CHECK ('), expression, fc.constant(')'), conflict),
  spaced(label, fc.constant('FOREIGN KEY ('), anyColumn, fc.constant(')'), references),
);
const tableKey = spaced(label, fc.constant('PRIMARY KEY'), fc.oneof(parts, fc.constant('(a AUTOINCREMENT)'), fc.constant('(a)')), conflict);

/** The text of a table with most of what SQLite knows; SQLite itself says which of them are valid. */
const createTable: Arbitrary<string> = fc.constantFrom(1, 4, 5, 6, 6, 6).chain((count) => {
  const definitions = fc.tuple(
    ...Array.from({ length: count }, (_, index) =>
      spaced(
        nameOf(index),
        type,
        fc.array(clause, { maxLength: 2 }).map((list) => list.join(' ')),
      ),
    ),
  );
  const key = fc.oneof(fc.constant(''), fc.constant('inline'), tableKey);
  return (
    fc
      .tuple(
        definitions,
        key,
        inlineKey,
        fc.array(constraint, { maxLength: 2 }),
        pick('', '', '', 'STRICT', 'WITHOUT ROWID', 'strict , without ROWID'),
        pick(',', ',', ''),
      )
      .map(([list, place, own, more, options, comma]) => {
        const [first = '', ...others] = list;
        const all = [place === 'inline' ? `${first} ${own}` : first, ...others];
        const constraints = [...(place === 'inline' || place === '' ? [] : [place]), ...more];
        return `CREATE TABLE t (${all.join(', ')}${constraints.length > 0 ? `, ${constraints.join(`${comma} `)}` : ''}) ${options}`;
      })
      // Two keys on one column share an index, and which of them gives it its order is not worth keeping.
      .filter((sql) => !(/UNIQUE/.test(sql) && /PRIMARY KEY\s.*DESC/s.test(sql)))
  );
});
const createIndex: Arbitrary<string> = fc
  .tuple(
    optional(pick('UNIQUE')),
    fc.array(fc.oneof(part, joined(fc.constant('('), expression, fc.constant(') DESC')), fc.constant('abs(a)')), {
      minLength: 1,
      maxLength: 3,
    }),
    optional(expression),
  )
  .map(([unique, list, where]) => `CREATE ${unique} INDEX i ON T (${list.join(' , ')}) ${where === '' ? '' : `WHERE ${where}`}`);

/** What SQLite itself says of all tables, in an order that does not depend on how they were written. */
async function facts(database: Memory): Promise<unknown> {
  const queries = [
    `SELECT m.name AS t, x.name, x.type, x.dflt_value IS NULL AS bare, x.pk, x.hidden,
       CASE WHEN x.pk > 0 AND upper(x.type) = 'INTEGER' THEN 1 ELSE x."notnull" END AS required
     FROM sqlite_master m JOIN pragma_table_xinfo(m.name) x WHERE m.type = 'table' ORDER BY m.name, x.cid`,
    `SELECT m.name AS t, l."unique", l.origin, l.partial, (SELECT group_concat(coalesce(x.name, x.cid) || ' ' || x."desc" || ' ' || x.coll || ' ' || x.key)
       FROM pragma_index_xinfo(l.name) x) AS parts FROM sqlite_master m JOIN pragma_index_list(m.name) l ORDER BY 1, 2, 3, 4, 5`,
    `SELECT m.name AS t, lower(f."table") AS parent, f.seq, f."from", lower(coalesce(f."to", (SELECT k.name FROM pragma_table_info(f."table") k WHERE k.pk = f.seq + 1))) AS target, f.on_update, f.on_delete
     FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f ORDER BY 1, 2, 3, 4, 5, 6, 7`,
    "SELECT name, wr, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%' ORDER BY name",
  ];
  const [found, ...others] = await Promise.all(queries.map((sql) => database.rows(sql)));
  return [found?.map((row) => ({ ...row, type: plainType(String(row['type'])) })), ...others];
}

/** SQLite keeps comments and blanks in a type. */
function plainType(type: string): string {
  return type.replace(/\/\*.*?\*\/|--.*(?:\n|$)|\s/g, '').toUpperCase();
}

/** The same structure made anew from what was read of it. */
async function remade(database: Memory, schema: Schema): Promise<Memory> {
  const again = await memory();
  for (const object of schema.objects.values()) {
    const change =
      object.kind === 'table' ? ({ kind: 'createTable', table: object } as const) : ({ kind: 'createObject', object } as const);
    for (const { sql } of statementsOf(renderOn(database.server, emptySchema, change))) await again.connection.query(sql);
  }
  return again;
}

test('every table that SQLite takes is read as a table, and what is written from that is the same table', {
  timeout: 600_000,
}, async () => {
  let taken = 0;
  const total = rounds(700, 10_000);
  await fc.assert(
    fc.asyncProperty(createTable, createIndex, async (table, index) => {
      const database = await memory('CREATE TABLE Parent (id INTEGER PRIMARY KEY);');
      try {
        await database.connection.query(table);
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        await database.connection.close();
        return;
      }
      await database.connection.query(index).catch(() => undefined);
      taken++;
      const schema = await database.schema();
      expect([...schema.objects.keys()].sort()).toEqual(['table Parent', 'table t']);
      const again = await remade(database, schema);
      expect(canonicalSchema(await again.schema())).toBe(canonicalSchema(schema));
      expect(await facts(again)).toEqual(await facts(database));
      expect(await again.fingerprint()).toBe(await database.fingerprint());
      await Promise.all([database.connection.close(), again.connection.close()]);
    }),
    { numRuns: total },
  );
  expect(taken, `of ${total}`).toBeGreaterThan(total / 8);
});
