import { sqliteDriver } from '../../src/drivers/index.ts';
import { sqlite } from '../../src/engines/sqlite/index.ts';
import { ask } from '../support/ask.ts';
import type { Bench, Place } from './bench.ts';
import { sqliteDialect } from './sqlite.ts';

/** Rounds in memory; every other one checks foreign keys. */
export function sqliteBench(): Bench {
  return {
    dialect: sqliteDialect,
    place: async (settings) => {
      const url = `sqlite::memory:${settings % 2 === 0 ? '' : '?foreign_keys=on'}`;
      const driver = sqliteDriver();
      const connection = await driver.connect({ url, shown: url, base: '/' }, { label: 'lockstep fuzz' });
      for (const sql of sqlite.session.start) await connection.query(sql);
      return { connection, driver, engine: sqlite, server: await ask(connection, sqlite.identify()), url, done: () => connection.close() };
    },
    dump: (place) => facts(place),
    close: () => Promise.resolve(),
  };
}

const tables = (pragma: string): string =>
  `FROM sqlite_schema m, pragma_${pragma}(m.name) x WHERE m.type = 'table' AND m.name <> 'sqlite_sequence'`;

/** What SQLite says of its tables, and what of their texts it says nothing about: checks, expressions, collations, clauses. */
const queries: readonly string[] = [
  `SELECT json_array('column', m.name, x.name, replace(x.type, ' ', ''), x."notnull" AND NOT (x.pk = 1 AND upper(x.type) = 'INTEGER'), iif(lower(x.dflt_value) IN ('true', 'false'), upper(x.dflt_value), ltrim(x.dflt_value, '+')), x.pk, x.hidden) AS line ${tables('table_xinfo')}`,
  `SELECT json_array('key', m.name, group_concat(x.seq || ' ' || x."from" || ' > ' || x."table" || ' ' || coalesce(x."to", '') || x.on_update || x.on_delete, '; ')) AS line ${tables('foreign_key_list')} GROUP BY m.name, x.id`,
  `SELECT json_array('index', m.name, iif(x.origin = 'c', x.name, ''), x."unique", x.origin, x.partial,
     (SELECT group_concat(coalesce(i.name, '') || i."desc" || i.coll || i.key, '; ') FROM (SELECT * FROM pragma_index_xinfo(x.name) ORDER BY iif(key, seqno, 1e6), name) i)) AS line ${tables('index_list')}`,
  `SELECT json_array('table', x.name, x.type, x.wr, x.strict) AS line FROM pragma_table_list x WHERE x.schema = 'main' AND x.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
];

async function facts({ connection }: Place): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const sql of queries) {
    const { rows } = await connection.query(sql);
    lines.push(...rows.map(({ line }) => spelling(line)));
  }
  const { rows } = await connection.query(`SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'sqlite_sequence'`);
  for (const { type, name, sql } of rows) {
    const tokens = spelling(sqlite.tokens(String(sql))).split('\u001f');
    if (type !== 'table')
      lines.push(`${type} ${name} ${(type === 'index' ? tokens.filter((token) => token !== 'ASC') : tokens).join(' ')}`);
    else lines.push(...clausesOf(tokens).map((clause) => `${name}: ${clause}`));
  }
  return lines;
}

function spelling(value: unknown): string {
  return String(value).replaceAll(/["`[\]]/g, '');
}

/** Clauses of the text of a table that can be told without reading it as a whole. */
function clausesOf(tokens: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const [at, token] of tokens.entries()) {
    const word = token.toUpperCase();
    if ((word === 'CHECK' || word === 'AS') && tokens[at + 1] === '(') found.push(`${word} ${group(tokens, at + 1)}`);
    if (word === 'COLLATE') found.push(`${word} ${tokens[at + 1]?.toUpperCase()}`);
    if (word === 'CONFLICT') found.push(`${word} ${tokens[at + 1]?.toUpperCase()}`);
    if (['AUTOINCREMENT', 'STORED', 'DEFERRABLE', 'INITIALLY', 'USING'].includes(word))
      found.push(`${word} ${word === 'USING' ? tokens.slice(at).join(' ') : ''}`);
    if (word === 'CONSTRAINT' && ['UNIQUE', 'CHECK', 'FOREIGN', 'PRIMARY'].includes(tokens[at + 2]?.toUpperCase() ?? ''))
      found.push(`${word} ${tokens[at + 1]}`);
  }
  return found;
}

function group(tokens: readonly string[], from: number): string {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    if (tokens[at] === '(') depth++;
    else if (tokens[at] === ')' && --depth === 0) return tokens.slice(from, at + 1).join(' ');
  }
  return tokens.slice(from).join(' ');
}
