import type { Sort } from './blueprint.ts';
import { type Tongue, text } from './common.ts';
import { quotedBy } from './words.ts';

export const quote = quotedBy('"');

/** Types of which no value becomes one of another, each with a literal. */
const others: Readonly<Record<string, (n: number) => string>> = {
  uuid: (n) => `'00000000-0000-0000-0000-00000000000${n}'`,
  inet: (n) => `'10.0.0.${n}'`,
  interval: (n) => `'${n} days'`,
  point: (n) => `'(${n},${n})'`,
  int4range: (n) => `'[${n},${n + 1})'`,
  'bit(3)': () => "B'101'",
  'bit varying(8)': () => "B'101'",
  money: (n) => `'${n}'`,
  tsvector: (n) => `'word${n}'`,
  'time(3)': (n) => `'0${n}:00'`,
  'numeric(5,2)[]': (n) => `'{${n}}'`,
  oid: (n) => `${n}`,
  name: (n) => `'n${n}'`,
  '"char"': (n) => `'${n}'`,
};

const literals: Readonly<Record<Sort, (n: number, type: string) => string>> = {
  number: (n) => `${n}`,
  text: (n) => `'${n}'`,
  date: (n) => `'2001-01-0${n}'`,
  truth: (n) => `${n % 2 === 1}`,
  bytes: (n) => `'\\x0${n}'`,
  json: (n) => `'{"n": ${n}}'`,
  list: (n) => `'{${n},7}'`,
  other: (n, type) => others[type]?.(n) ?? 'NULL',
};

/** The words of PostgreSQL. */
export const tongue: Tongue = {
  quote,
  types: {
    number: ['integer', 'bigint', 'smallint', 'numeric', 'numeric(12,2)', 'real', 'double precision'],
    text: [
      'text',
      'character varying(40)',
      'character varying',
      'character(8)',
      'text COLLATE "C"',
      'character varying(20) COLLATE "POSIX"',
    ],
    date: ['date', 'timestamp without time zone', 'timestamp(3) without time zone', 'timestamp with time zone'],
    truth: ['boolean'],
    bytes: ['bytea'],
    json: ['jsonb', 'json'],
    list: ['integer[]', 'bigint[]'],
    other: Object.keys(others),
  },
  defaults: {
    number: ['1', '5', "'7'", '-7', '(1 + 2)', "length('abc')"],
    text: ["'x'", "'it''s'", "''", "('a' || 'b')", 'CURRENT_USER', "E'b\\\\s'"],
    date: ['now()', "'2001-01-01'", 'CURRENT_TIMESTAMP', "(now() + '1 day'::interval)"],
    truth: ['true', 'false'],
    bytes: ["'\\x00ff'"],
    json: ["'{}'", "'[1, 2]'"],
    list: ["'{}'", 'ARRAY[1, 2]'],
    other: ['NULL'],
  },
  literal: (sort, n, type) => literals[sort](n, type),
  conditions: (sort, c) =>
    ({
      number: [`${c} > 0`, `${c} BETWEEN 0 AND 30000`, `${c} IN (1, 2, 3, 5, 7) OR ${c} IS NOT NULL`, `abs(${c}) >= 0`],
      text: [`length(${c}) < 100`, `${c} <> 'nobody'`, `${c} NOT IN ('a', 'b')`, `${c} NOT LIKE '%;%'`, `${c} ~ '^[^;]*$'`],
      date: [`${c} > '1999-01-01'`, `${c} IS NOT NULL OR ${c} IS NULL`],
      truth: [`${c} OR NOT ${c}`, `${c} IS NOT UNKNOWN OR true`],
      bytes: [`length(${c}) >= 0`],
      json: [`${c} IS NOT NULL OR true`],
      list: [`cardinality(${c}) >= 0`, `7 = ANY (${c}) OR true`],
      other: [],
    })[sort],
  computed: (sort, c) => {
    const known = {
      number: [
        { sql: `(${c} * 2)::numeric`, sort: 'number' as const },
        { sql: `CASE WHEN ${c} > 1 THEN 'many'::text ELSE 'one'::text END`, sort: 'text' as const },
      ],
      text: [
        { sql: `upper(${c})`, sort: 'text' as const },
        { sql: `length(${c})`, sort: 'number' as const },
        { sql: `COALESCE(${c}, '-')::text`, sort: 'text' as const },
      ],
      date: [],
      truth: [{ sql: `NOT ${c}`, sort: 'truth' as const }],
      bytes: [{ sql: `length(${c})`, sort: 'number' as const }],
      json: [],
      list: [{ sql: `cardinality(${c})`, sort: 'number' as const }],
      other: [],
    }[sort];
    return [...known, { sql: `(${c} IS NULL)`, sort: 'truth' as const }];
  },
  strictKeys: false,
  keySorts: ['number', 'text', 'date'],
  converts: (from, to) => from === to || to === 'text',
  target: true,
};

export const types: Readonly<Partial<Record<Sort, string>>> = { number: 'numeric', text: 'text', truth: 'boolean' };

/** A comment's text, now and then an odd one. */
export const remarks: readonly string[] = ['a note', "it's", 'two\nlines', 'back\\slash', 'Größe 🙂', '$$'].map((one) =>
  one.includes('\\') ? `E${text(one.replaceAll('\\', '\\\\'))}` : text(one),
);
