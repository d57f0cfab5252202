import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mysql } from '../../src/engines/mysql/index.ts';
import { nameLiteral } from '../../src/engines/mysql/quote.ts';
import type { RowValue } from '../../src/schema/index.ts';
import { ask } from '../support/ask.ts';
import { empty, type OnServer, onServer } from './mysql-support.ts';

let server: OnServer;
beforeEach(() => empty(server));
beforeAll(async () => {
  server = await onServer();
});
afterAll(() => server.close());

const { literal, identifier, name } = mysql.quote;
const texts = [
  '',
  "'",
  "''",
  '\\',
  "\\'",
  '\\n',
  '"',
  '`',
  '%_',
  'ünï',
  '漢字',
  '😀 beyond',
  'a\nb\r\nc\td',
  '\0',
  'a\0b',
  '\x1a',
  "'; DROP TABLE x; --",
  '-- ',
  '/* */',
  '?',
  ':x',
  '#{a}',
  ' ',
  'a ',
  "🎉'\\",
];
const modes = ['', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES,PIPES_AS_CONCAT', 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', 'ORACLE'];

describe.each(modes)('under sql_mode "%s"', (mode) => {
  test.each(['utf8mb4', 'latin1'])('texts come back as they were, with SET NAMES %s', async (names) => {
    await server.run(`SET sql_mode = '${mode}'; SET character_set_client = ${names}, character_set_connection = ${names}`);
    for (const text of texts) {
      const [row] = await server.rows(`SELECT HEX(CONVERT(${literal(text)} USING utf8mb4)) AS hex`);
      expect([text, row?.['hex']]).toEqual([text, Buffer.from(text, 'utf8').toString('hex').toUpperCase()]);
    }
    await server.run('SET sql_mode = DEFAULT; SET NAMES utf8mb4');
  });

  test('names come back as they were', async () => {
    await server.run(`SET sql_mode = '${mode}'`);
    const names = ['select', 'a b', 'a`b', '"', "'", 'a.b', 'ünï', '漢字', '\\', 'A', 'x'.repeat(64), '1', '$', '--', '/*'];
    for (const one of names) {
      await server.connection.query(`CREATE TABLE ${name({ schema: server.server.database, name: one })} (${identifier(one)} INT)`);
      const [row] = await server.rows(
        `SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ${nameLiteral(one)}`,
      );
      expect(row).toEqual({ t: one, c: one });
      await server.connection.query(`DROP TABLE ${identifier(one)}`);
    }
    await server.run('SET sql_mode = DEFAULT');
  });

  test('comments, defaults and values of an enum come back as they were', async () => {
    await server.run(`SET sql_mode = '${mode}'`);
    const connection = await server.database.connect();
    await connection.query(`SET sql_mode = '${mode}'`);
    const met = await ask(connection, mysql.identify());
    const wanted = ["it's", '\\', "\\'", 'a\\nb', '"', 'ünï', '%', 'a\nb'];
    const table = {
      kind: 'table',
      name: { name: 'hostile' },
      columns: wanted.map(
        (text, i) =>
          ({
            name: `c${i}`,
            type: { kind: 'enum', values: [text, 'x'] },
            nullable: false,
            default: { value: text },
            comment: text,
          }) as const,
      ),
      constraints: [],
      indexes: [],
      options: { collation: 'utf8mb4_bin' },
      comment: wanted.join(),
    } as const;
    const rendered = mysql.render.createTable(
      { kind: 'createTable', table },
      { server: met, before: { objects: new Map(), scope: 'all' } },
    );
    if (!Array.isArray(rendered)) throw new Error(JSON.stringify(rendered));
    for (const { sql } of rendered) await connection.query(sql);
    const schema = await ask(connection, mysql.inspect(met, [{ name: 'hostile' }]));
    expect(schema.objects.get('table hostile')).toEqual(table);
    await connection.query('DROP TABLE hostile');
    await connection.close();
    await server.run('SET sql_mode = DEFAULT');
  });
});

test.each<readonly [string, RowValue, unknown]>([
  ['NULL', null, null],
  ['TRUE', true, 1],
  ['a big integer', 18446744073709551615n, '18446744073709551615'],
  ['a negative number', -1.5, '-1.5'],
  ['a very small number', 1e-300, 1e-300],
  ['bytes', new Uint8Array([0, 39, 92, 255]), Buffer.from([0, 39, 92, 255])],
  ['no bytes', new Uint8Array(), Buffer.from([])],
  ['SQL', { sql: '1 + 2' }, 3],
])('%s comes back as it was', async (_, value, expected) => {
  const [row] = await server.rows(`SELECT ${literal(value)} AS v`);
  expect(row?.['v'] ?? null).toEqual(expected);
});

test('JSON is valid JSON, whatever is in it', async () => {
  const value = { a: ['\\', '"', "'", '😀', null, 1.5] };
  const [row] = await server.rows(`SELECT JSON_VALID(${literal({ json: value })}) AS valid, ${literal({ json: value })} AS v`);
  expect(row?.['valid']).toBe(1);
  expect(JSON.parse(String(row?.['v']))).toEqual(value);
});

test.each(['', 'a\0b', '😀', '\ud800'])('the name %j is refused, because the server would not keep it', (one) => {
  expect(() => identifier(one)).toThrow(/cannot be a name/);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is refused', (value) => {
  expect(() => literal(value)).toThrow(/is no number/);
});

test('half a character is refused', () => {
  expect(() => literal('a\ud83d')).toThrow(/half a character/);
});
