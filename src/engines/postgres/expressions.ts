import type { Token } from './reader.ts';

/** Functions that give one value for all rows of a statement, and types with a length, whose names also stand before `(`. */
const steady: ReadonlySet<string> = new Set(
  (
    'NOW TRANSACTION_TIMESTAMP STATEMENT_TIMESTAMP CURRENT_TIMESTAMP CURRENT_TIME LOCALTIMESTAMP LOCALTIME CURRENT_SETTING CURRENT_DATABASE ' +
    'CURRENT_SCHEMA TIMEZONE LOWER UPPER LENGTH CONCAT COALESCE NULLIF GREATEST LEAST CAST TO_JSON TO_JSONB JSONB_BUILD_OBJECT JSON_BUILD_OBJECT ' +
    'JSONB_BUILD_ARRAY JSON_BUILD_ARRAY ROW ARRAY DATE_TRUNC EXTRACT DATE_PART TO_CHAR TO_DATE TO_TIMESTAMP MAKE_INTERVAL MAKE_DATE INTERVAL ' +
    'MD5 ROUND ABS FLOOR CEIL VARCHAR CHAR CHARACTER VARYING BPCHAR NUMERIC DECIMAL BIT VARBIT TIME TIMESTAMP TIMESTAMPTZ TIMETZ FLOAT INT4 INT8 ' +
    'NOT AND OR IN CASE WHEN THEN ELSE'
  ).split(' '),
);

/**
 * Whether a default may give each row a value of its own, so that adding it writes every row:
 * https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES. Functions that are not known count as volatile.
 */
export function isVolatile(tokens: readonly Token[]): boolean {
  return tokens.some(({ kind, word }, index) => {
    if (word === 'CONSTRAINT' || word === 'CHECK' || word === 'REFERENCES') return false;
    if (tokens[index + 1]?.word !== '(') return false;
    return kind === 'name' || (kind === 'word' && !steady.has(word) && !follows(tokens, index));
  });
}

/** Words behind the default that take parentheses: CHECK (…), REFERENCES t (…), WITH (…). */
function follows(tokens: readonly Token[], index: number): boolean {
  const before = tokens.slice(0, index + 1);
  return before.some(({ word }) => word === 'CHECK' || word === 'REFERENCES' || word === 'UNIQUE' || word === 'PRIMARY');
}

/** Whether a type, as written, can hold every value of any other: text of any length. */
export function losesNothing(type: readonly Token[]): boolean {
  const words = type.map(({ word }) => word);
  if (words.includes('(') || words.includes('[')) return false;
  const name = words.filter((word) => word !== 'PG_CATALOG' && word !== '.').join(' ');
  return name === 'TEXT' || name === 'VARCHAR' || name === 'CHARACTER VARYING';
}
