import type { Dialect, Maker, Making } from './blueprint.ts';
import {
  actions,
  check,
  column,
  computedColumn,
  foreignKey,
  key,
  selection,
  shapeOf,
  sourcesOf,
  type Tongue,
  tablesFor,
} from './common.ts';
import { headed, listed, named, oddNames, quotedBy } from './words.ts';

const quote = quotedBy('"');

const tongue: Tongue = {
  quote,
  types: {
    number: ['INTEGER', 'INT', 'BIGINT', 'SMALLINT', 'NUMERIC', 'DECIMAL(10,2)', 'REAL', 'DOUBLE PRECISION', 'UNSIGNED BIG INT', 'FLOAT'],
    text: ['TEXT', 'VARCHAR(40)', 'NVARCHAR(100)', 'CHAR(5)', 'CLOB', 'TEXT COLLATE NOCASE', 'VARCHAR(20) COLLATE RTRIM'],
    date: ['DATE', 'DATETIME', 'TIMESTAMP', 'TIME(3)'],
    truth: ['BOOLEAN', 'BOOL', 'TINYINT(1)'],
    bytes: ['BLOB', 'VARBINARY(16)'],
    json: ['JSON', 'JSON TEXT'],
    other: ['', 'GEOMETRY', '"odd type"', 'UUID', 'MONEY(3)'],
  },
  defaults: {
    number: ['1', '5', '1.5', '+7', '(1 + 2)', '0x10', '1e2'],
    text: ["'x'", "'it''s'", "''", "('a' || 'b')", "'1'"],
    date: ['CURRENT_TIMESTAMP', "'2001-01-01'", "(datetime('now'))"],
    truth: ['0', '1', 'TRUE', 'false'],
    bytes: ["x'00ff'"],
    json: ["'{}'", '(json_array())'],
    other: ['NULL', "'z'"],
  },
  literal: (sort, n) =>
    ({
      number: `${n}`,
      text: `'${n}'`,
      date: `'2001-01-0${n}'`,
      truth: `${n % 2}`,
      bytes: `x'0${n}'`,
      json: `'{"n":${n}}'`,
      list: '',
      other: `'o${n}'`,
    })[sort],
  conditions: (sort, c) =>
    ({
      number: [`${c} > 0`, `${c} BETWEEN 0 AND 100000`, `${c} IS NOT NULL OR ${c} IS NULL`, `abs(${c}) >= 0`],
      text: [`length(${c}) < 100`, `${c} <> 'nobody'`, `${c} NOT IN ('a', 'b')`, `${c} NOT LIKE '%;%'`],
      date: [`${c} > '1999'`],
      truth: [`${c} IN (0, 1)`],
      bytes: [`length(${c}) >= 0`],
      json: [`json_valid(${c})`],
      list: [],
      other: [`typeof(${c}) <> 'real'`],
    })[sort],
  computed: (sort, c) =>
    ({
      number: [
        { sql: `${c} * 2`, sort: 'number' as const },
        { sql: `CASE WHEN ${c} > 1 THEN 'many' ELSE 'one' END`, sort: 'text' as const },
      ],
      text: [
        { sql: `upper(${c})`, sort: 'text' as const },
        { sql: `length(${c})`, sort: 'number' as const },
        { sql: `${c} || '-'`, sort: 'text' as const },
      ],
      date: [{ sql: `substr(${c}, 1, 4)`, sort: 'text' as const }],
      truth: [{ sql: `NOT ${c}`, sort: 'truth' as const }],
      bytes: [{ sql: `hex(${c})`, sort: 'text' as const }],
      json: [{ sql: `json_extract(${c}, '$.n')`, sort: 'number' as const }],
      list: [],
      other: [],
    })[sort],
  strictKeys: false,
  keySorts: ['number', 'text', 'date', 'other'],
};

/** A table, now and then with a key of its own, because only one with a key can be WITHOUT ROWID. */
const table: Maker['make'] = ({ dice, as, was }) => {
  const kind =
    was !== undefined && dice.chance(0.6)
      ? (was.kind ?? '')
      : dice.of(['', '', '', '', 'STRICT', 'WITHOUT ROWID', 'STRICT, WITHOUT ROWID']);
  const isKeyed = kind.includes('WITHOUT');
  return {
    needs: [],
    sql: [`CREATE TABLE ${as} (${isKeyed ? 'rid INTEGER NOT NULL PRIMARY KEY,' : ''}`, `)${kind === '' ? '' : ` ${kind}`}`],
    kind,
    shape: kind,
    ...(isKeyed ? { ownKey: 'rid' } : {}),
  };
};

const strictTypes: Tongue['types'] = {
  number: ['INTEGER', 'INT', 'REAL'],
  text: ['TEXT', 'TEXT COLLATE NOCASE'],
  bytes: ['BLOB'],
  other: ['ANY'],
};
const plainColumn = column(tongue);
const strictColumn = column({ ...tongue, types: strictTypes, defaults: { ...tongue.defaults, number: ['1', '5', '(1 + 2)'] } });

const index: Maker['make'] = (making) => {
  const { dice, as } = making;
  const tables = tablesFor(making, quote);
  if (tables.length === 0) return undefined;
  const { piece, columns } = dice.of(tables);
  const chosen = dice.some(columns, 3);
  const parts = chosen.map(({ as: name, sort }) => {
    const ways = dice.chance(0.25) ? tongue.computed(sort, name) : [];
    const what = ways.length > 0 ? dice.of(ways).sql : name;
    return `${what}${dice.of(['', '', ' COLLATE NOCASE', ' COLLATE "RTRIM"'])}${dice.of(['', '', ' DESC', ' ASC'])}`;
  });
  const filter = dice.chance(0.3) ? dice.of(columns) : undefined;
  const conditions = filter === undefined ? [] : tongue.conditions(filter.sort, filter.as);
  const where = conditions.length === 0 ? '' : ` WHERE ${dice.of(conditions)}`;
  const needs = [piece.id, ...chosen.flatMap((one) => one.needs), ...(where === '' ? [] : (filter?.needs ?? []))];
  const unique =
    dice.chance(0.25) &&
    parts.every((part, n) => part.startsWith(chosen[n]?.as ?? '')) &&
    chosen.every(({ sort, computed }) => tongue.keySorts.includes(sort) && computed !== true);
  return {
    needs,
    sql: [`CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${as} ON ${piece.as} (${parts.join(', ')})${where}`],
    ...(unique ? { unique: chosen.flatMap((one) => one.needs), kind: 'index' } : {}),
  };
};

const view: Maker['make'] = (making) => {
  const chosen = selection(tongue, making);
  if (chosen === undefined) return undefined;
  const { dice } = making;
  const { gives, header } = headed(making, chosen);
  const body = dice.chance(0.2)
    ? `WITH w AS (${chosen.sql}) SELECT * FROM w`
    : dice.chance(0.2)
      ? `${chosen.sql} UNION ALL ${chosen.sql}`
      : chosen.sql;
  return { needs: chosen.needs, sql: [`CREATE VIEW ${making.as}${header} AS ${body}`], gives, shape: shapeOf(gives) };
};

const trigger: Maker['make'] = (making) => {
  const { dice, as } = making;
  const sources = sourcesOf(making, quote).filter(({ piece }) => piece.maker !== 'virtual');
  if (sources.length === 0) return undefined;
  const { piece, columns } = dice.of(sources);
  const isView = piece.maker === 'view';
  const one = dice.of(columns);
  const event = dice.of(['INSERT', 'DELETE', 'UPDATE', ...(one.needs.length > 0 || isView ? [`UPDATE OF ${one.as}`] : [])]);
  const row = event === 'DELETE' ? 'OLD' : 'NEW';
  const other = dice.of(sources.filter((source) => source.piece.maker === 'table').concat([{ piece, columns }]));
  const target = dice.of(other.columns);
  const body = dice.of([
    'SELECT 1;',
    `SELECT ${row}.${one.as};`,
    `SELECT RAISE(ABORT, 'no; never') WHERE ${row}.${one.as} = 'nobody at all';`,
    ...(other.piece.maker === 'table' ? [`DELETE FROM ${other.piece.as} WHERE ${target.as} = 'nobody at all'; SELECT 1;`] : []),
  ]);
  const when = dice.chance(0.3) ? ` WHEN ${row}.${one.as} IS NOT NULL` : '';
  return {
    needs: [piece.id, ...one.needs, ...(body.startsWith('DELETE') ? [other.piece.id, ...target.needs] : [])],
    sql: [
      `CREATE TRIGGER ${as} ${isView ? 'INSTEAD OF' : dice.of(['BEFORE', 'AFTER'])} ${event} ON ${piece.as}${dice.of(['', ' FOR EACH ROW'])}${when} BEGIN ${body} END`,
    ],
  };
};

const isStrict = ({ table: owner }: Making): boolean => owner?.kind?.includes('STRICT') === true;

const identity: Maker['make'] = (making) => {
  const { dice, as, columns, parts, table: owner } = making;
  const keyed = [...parts.values()].some((piece) => piece.on === owner?.id && (piece.primary === true || piece.kind === 'identity'));
  if (keyed || owner?.ownKey !== undefined || columns.some(({ kind }) => kind === 'identity')) return undefined;
  return {
    needs: [],
    sql: [`${as} INTEGER${dice.of(['', ' NOT NULL'])} PRIMARY KEY${dice.of(['', ' AUTOINCREMENT', ' DESC', ' ON CONFLICT REPLACE'])}`],
    sort: 'number',
    primary: true,
    kind: 'identity',
    values: ['1', '2', '3'],
    shape: 'number',
  };
};

const conflict = (making: Making): string => making.dice.of(['', '', '', ' ON CONFLICT IGNORE', ' ON CONFLICT REPLACE']);

/** Structures of SQLite. */
export const sqliteDialect: Dialect = {
  quote,
  columnMaker: 'column',
  filling: ['BEGIN; PRAGMA defer_foreign_keys = ON', 'COMMIT'],
  oddNames: [...oddNames, '[bracket]', '🙂', 'x'.repeat(63)],
  makers: {
    table: { spot: 'table', weight: 4, make: table },
    column: { spot: 'column', weight: 8, make: (making) => (isStrict(making) ? strictColumn : plainColumn)(making) },
    identity: { spot: 'column', weight: 2, make: identity },
    generated: {
      spot: 'column',
      weight: 3,
      make: computedColumn(
        tongue,
        ({ dice, table: owner }, sql) =>
          `${dice.of(owner?.kind?.includes('STRICT') === true ? ['ANY '] : ['', 'INT ', 'TEXT '])}${dice.of(['', 'GENERATED ALWAYS '])}AS (${sql})${dice.of(['', ' STORED', ' VIRTUAL'])}`,
      ),
    },
    check: { spot: 'clause', weight: 3, make: check(tongue, (making, sql) => named(making, `CHECK (${sql})`)) },
    primary: {
      spot: 'clause',
      weight: 3,
      make: key(tongue, true, (making, columns) => named(making, `PRIMARY KEY (${listed(columns)})${conflict(making)}`)),
    },
    unique: {
      spot: 'clause',
      weight: 3,
      make: key(tongue, false, (making, columns) => named(making, `UNIQUE (${listed(columns)})${conflict(making)}`)),
    },
    foreign: {
      spot: 'clause',
      weight: 5,
      make: foreignKey(tongue, (making, columns, target) =>
        named(
          making,
          `FOREIGN KEY (${columns}) REFERENCES ${target}${making.dice.of(actions)}${making.dice.of(['', '', ' DEFERRABLE INITIALLY DEFERRED'])}`,
        ),
      ),
    },
    virtual: {
      spot: 'statement',
      weight: 1,
      make: ({ dice, as }) => ({ needs: [], sql: [`CREATE VIRTUAL TABLE ${as} USING ${dice.of(['fts5(a, b)', 'rtree(id, x0, x1)'])}`] }),
    },
    index: { spot: 'statement', weight: 6, make: index },
    view: { spot: 'statement', weight: 6, make: view },
    trigger: { spot: 'statement', weight: 4, make: trigger },
  },
};
