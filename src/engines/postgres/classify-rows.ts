import type { Effect, Risk, Server, Traits } from '../../contracts/index.ts';
import { formatName, type QualifiedName, tableKey } from '../../schema/index.ts';
import { plain, type Reader, readerOf, type Token } from './reader.ts';
import { effect, lock, loses, type Mode, rows, session, structure } from './traits.ts';

const changing: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** INSERT, UPDATE, DELETE, MERGE and COPY. */
export function classifyRows(r: Reader, server: Server): Traits {
  if (r.is('COPY')) return copy(r, server);
  const change = rowChange(r, server);
  return rows({ risks: change.risks, effects: change.effects });
}

/** WITH: the statement at its end, and everything that its parts in parentheses change. */
export function classifyWith(r: Reader, server: Server): Traits {
  const tokens: Token[] = [];
  while (!r.ended) tokens.push(r.skip());
  const risks: Risk[] = [];
  const effects: Effect[] = [];
  let main: Reader | undefined;
  let depth = 0;
  for (const [index, { word }] of tokens.entries()) {
    const opens = tokens[index - 1]?.word === '(';
    const leads = depth === 0 && main === undefined && (changing.has(word) || word === 'SELECT' || word === 'VALUES' || word === 'TABLE');
    if (leads) main = readerOf(tokens.slice(index));
    if (changing.has(word) && (opens || leads)) {
      const change = rowChange(readerOf(tokens.slice(index)), server);
      risks.push(...change.risks);
      effects.push(...change.effects);
    }
    if (word === '(') depth++;
    else if (word === ')') depth--;
  }
  if (effects.length > 0) return rows({ risks, effects });
  return main === undefined ? rows() : classifySelect(main, server);
}

interface RowChange {
  readonly risks: readonly Risk[];
  readonly effects: readonly Effect[];
}

function rowChange(r: Reader, server: Server): RowChange {
  const verb = r.skip().word;
  r.takeOne(['INTO', 'FROM']);
  r.take('ONLY');
  const found = r.name();
  if (found === undefined) return { risks: [], effects: [effect('~', 'rows')] };
  const table = plain(found, server);
  const sign = verb === 'INSERT' ? '+' : verb === 'DELETE' ? '-' : '~';
  const deletes = verb === 'DELETE' || (verb === 'MERGE' && deletesWhenMatched(r));
  return { risks: deletes ? [loses('rows', table)] : [], effects: [effect(sign, `rows of ${formatName(table)}`)] };
}

function deletesWhenMatched(r: Reader): boolean {
  while (!r.ended) {
    if (r.is('THEN', 'DELETE')) return true;
    r.skip();
  }
  return false;
}

function copy(r: Reader, server: Server): Traits {
  r.skip();
  r.take('BINARY');
  if (r.is('(')) {
    const inner = readerOf(r.parentheses() ?? []);
    if (changing.has(inner.peek().word)) return classifyRows(inner, server);
    return inner.is('WITH') ? classifyWith(inner, server) : session({ family: 'query', lock: lock('ACCESS SHARE'), afterCrash: 'ask' });
  }
  const table = r.name();
  r.parentheses();
  if (!r.take('FROM')) return session({ family: 'query', lock: lock('ACCESS SHARE'), afterCrash: 'ask' });
  return rows({ effects: table === undefined ? [] : [effect('+', `rows of ${formatName(plain(table, server))}`)] });
}

/** Words before `(` that call nothing, and functions that change nothing. */
const harmless: ReadonlySet<string> = new Set(
  (
    'SELECT FROM WHERE IN AND OR NOT AS ON USING EXISTS ANY ALL SOME OVER FILTER WHEN THEN ELSE CASE BY HAVING UNION EXCEPT INTERSECT ' +
    'LATERAL JOIN WITH LIMIT OFFSET ARRAY ROW ROWS DISTINCT VALUES BETWEEN LIKE ILIKE IS RETURNING GROUPING SETS CUBE ROLLUP ' +
    'VARCHAR CHAR CHARACTER VARYING NUMERIC DECIMAL BIT TIMESTAMP TIMESTAMPTZ TIME INTERVAL FLOAT ' +
    'COUNT SUM MIN MAX AVG ARRAY_AGG STRING_AGG JSON_AGG JSONB_AGG COALESCE NULLIF GREATEST LEAST CAST EXTRACT NOW LOWER UPPER LENGTH TRIM ' +
    'SUBSTRING POSITION OVERLAY ROUND FLOOR CEIL ABS CONCAT FORMAT TO_CHAR DATE_TRUNC VERSION CURRENT_SETTING CURRENT_DATABASE ' +
    'CURRENT_SCHEMA ROW_NUMBER RANK DENSE_RANK GENERATE_SERIES UNNEST MD5 TO_REGCLASS'
  ).split(' '),
);

/** SELECT, VALUES, TABLE, SHOW. `SELECT … INTO` makes a table; `set_config` and `setval` change more than nothing. */
export function classifySelect(r: Reader, server: Server): Traits {
  r.take('SELECT');
  const callee = calledFirst(r);
  if (callee === 'SET_CONFIG') return session();
  if (callee === 'SETVAL' || callee === 'NEXTVAL') return rows({ lock: lock('none'), effects: [effect('~', 'position of a sequence')] });
  const seen = survey(r, server);
  if (seen.change !== undefined) return rows({ risks: seen.change.risks, effects: seen.change.effects });
  if (seen.into === undefined) return session({ family: 'query', lock: lock(seen.mode), afterCrash: seen.calls ? 'ask' : 'repeat' });
  const name = plain(seen.into, server);
  return structure({ effects: [effect('+', `table ${formatName(name)}`, tableKey(name))], touches: [tableKey(name)] });
}

/** The function that a query begins with calling. */
function calledFirst(r: Reader): string | undefined {
  const at = r.is('PG_CATALOG', '.') ? 2 : 0;
  return r.peek(at + 1).word === '(' ? r.peek(at).word : undefined;
}

interface Survey {
  into?: QualifiedName | undefined;
  mode: Mode;
  /** A function is called that may do anything. */
  calls: boolean;
  change?: RowChange;
}

/** Looks through the whole query for what makes it more than a look. */
function survey(r: Reader, server: Server): Survey {
  const seen: Survey = { mode: 'ACCESS SHARE', calls: false };
  let depth = 0;
  while (!r.ended) {
    if (depth === 0 && r.is('INTO')) seen.into = intoTable(r);
    if (r.is('FOR') && /^(UPDATE|SHARE|NO|KEY)$/.test(r.peek(1).word)) seen.mode = 'ROW SHARE';
    const token = r.skip();
    const opens = r.is('(');
    if (opens && (token.kind === 'name' || (token.kind === 'word' && !harmless.has(token.word)))) seen.calls = true;
    if (token.word === '(') depth++;
    else if (token.word === ')') depth--;
    if (token.word === '(' && changing.has(r.peek().word)) seen.change = rowChange(r, server);
  }
  return seen;
}

function intoTable(r: Reader): QualifiedName | undefined {
  r.skip();
  while (r.takeOne(['TEMPORARY', 'TEMP', 'UNLOGGED', 'LOCAL', 'GLOBAL', 'TABLE']) !== undefined);
  return r.name();
}
