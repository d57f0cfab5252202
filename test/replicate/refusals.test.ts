import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../../src/base/index.ts';
import { replicate } from '../../src/commands/index.ts';
import { type Flavour, freshDatabase, freshFolder, type TestDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

async function made(flavour: Flavour, ...statements: readonly string[]): Promise<TestDatabase> {
  const database = await freshDatabase(flavour);
  const connection = await database.connect();
  for (const sql of statements) await connection.query(sql);
  await connection.close();
  return database;
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Failure) return error;
  throw error ?? new Error('nothing failed');
}

const common = { env: {}, yes: true } as const;

test('every loss is named with what it concerns, and nothing runs until each is allowed', async () => {
  const source = await made(
    'mariadb',
    "CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, s set('a','b'), u timestamp NULL ON UPDATE current_timestamp(), n int(5) ZEROFILL, FULLTEXT KEY words (w), w text)",
    'CREATE VIEW v AS SELECT id FROM t',
    'CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.n = 1',
    "INSERT INTO t (s, n) VALUES ('a,b', 7)",
  );
  const target = await freshDatabase('sqlite');
  const options = { ...common, cwd: freshFolder(), from: source.url, to: target.url, data: true };
  const refused = await failure(replicate(options));
  expect(refused).toMatchObject({ code: 'replicate.lossy', exitCode: 3 });
  expect(refused.details.data?.['losses']).toEqual(
    expect.arrayContaining([
      { name: 'set', object: 'column t.s', becomes: expect.any(String) },
      { name: 'on-update-timestamp', object: 'column t.u', becomes: expect.any(String) },
      { name: 'zerofill', object: 'column t.n', becomes: expect.any(String) },
      { name: 'fulltext', object: 'index words of t', becomes: expect.any(String) },
      { name: 'view', object: 'view v', becomes: expect.any(String) },
      { name: 'trigger', object: 'trigger t/tr', becomes: expect.any(String) },
    ]),
  );
  const connection = await target.connect();
  expect((await connection.query('SELECT name FROM sqlite_schema')).rows).toEqual([]);
  await connection.close();
  const names = ['set', 'on-update-timestamp', 'zerofill', 'fulltext', 'view'];
  expect((await failure(replicate({ ...options, allowLossy: names }))).message).toMatch(/: trigger$/);
  expect((await failure(replicate({ ...options, allowLossy: ['triggers'] }))).code).toBe('usage.invalid-value');
  expect((await replicate({ ...options, allowLossy: [...names, 'trigger'] })).tables).toMatchObject([{ table: 't', rows: 1 }]);
  await source.drop();
  await target.drop();
});

test('a target that holds anything is refused, and left as it is', async () => {
  const source = await made('sqlite', 'CREATE TABLE a (id integer)');
  const target = await made('sqlite', 'CREATE TABLE b (id integer)', 'INSERT INTO b VALUES (1)');
  const refused = await failure(replicate({ ...common, cwd: freshFolder(), from: source.url, to: target.url }));
  expect(refused).toMatchObject({ code: 'replicate.not-empty', exitCode: 3, message: expect.stringContaining('table b') });
  await source.drop();
  await target.drop();
});

test.each([
  [
    'sqlite',
    'CREATE TABLE t (id INT PRIMARY KEY, n INT)',
    "INSERT INTO t VALUES (1, 5), (2, 'five')",
    'postgres',
    /"n".*five.*\(id\) = \(2\)/,
  ],
  [
    'sqlite',
    'CREATE TABLE t (id INT PRIMARY KEY, n VARCHAR(3))',
    "INSERT INTO t VALUES (1, 'abc'), (2, 'abcd')",
    'postgres',
    /too long.*\(id\) = \(2\)/,
  ],
  [
    'sqlite',
    'CREATE TABLE t (id INT PRIMARY KEY, n TEXT)',
    "INSERT INTO t VALUES (1, 'a'), (2, 'a' || char(0))",
    'postgres',
    /"n".*\(id\) = \(2\)/,
  ],
  [
    'mariadb',
    'CREATE TABLE t (id int PRIMARY KEY, n tinyint(1))',
    'INSERT INTO t VALUES (1, 1), (2, 2)',
    'sqlite',
    /"n".*holds 2.*\(id\) = \(2\)/,
  ],
  [
    'mariadb',
    'CREATE TABLE t (id int PRIMARY KEY, n bigint unsigned)',
    'INSERT INTO t VALUES (1, 1), (2, 18446744073709551615)',
    'sqlite',
    /18446744073709551615.*\(id\) = \(2\)/,
  ],
  [
    'postgres',
    'CREATE TABLE t (id integer PRIMARY KEY, n float8)',
    "INSERT INTO t VALUES (1, 1), (2, 'NaN')",
    'sqlite',
    /NaN.*\(id\) = \(2\)/,
  ],
  [
    'postgres',
    'CREATE TABLE t (id integer PRIMARY KEY, n date)',
    "INSERT INTO t VALUES (1, '2000-01-01'), (2, 'infinity')",
    'mariadb',
    /date.*\(id\) = \(2\)/,
  ],
] as const)('a value of %s that the target cannot hold is refused with its place: %s', async (from, table, row, to, said) => {
  const [source, target] = [await made(from, table, row), await freshDatabase(to)];
  const refused = await failure(replicate({ ...common, cwd: freshFolder(), from: source.url, to: target.url, data: true }));
  expect(refused).toMatchObject({ code: 'replicate.value', message: expect.stringMatching(said) });
  await source.drop();
  await target.drop();
});

test('a row that does not fit into one statement of the target is refused with its key, not taken for a lost connection', async () => {
  const [source, target] = [await made('mariadb', 'CREATE TABLE t (id int PRIMARY KEY, b longblob)'), await freshDatabase('mariadb')];
  const connection = await source.connect();
  const [row] = (await connection.query('SELECT @@max_allowed_packet AS most')).rows;
  await connection.query(`INSERT INTO t VALUES (7, 'a'), (8, REPEAT('x', ${Number(row?.['most']) / 2 + 1}))`);
  await connection.close();
  const refused = await failure(replicate({ ...common, cwd: freshFolder(), from: source.url, to: target.url, data: true }));
  expect(refused).toMatchObject({
    code: 'replicate.value',
    message: expect.stringMatching(/takes \d+ bytes.*less than \d+.*\(id\) = \(8\)/),
  });
  await source.drop();
  await target.drop();
});

test('without a terminal the answer must be given, and a file holds structure and rows', async () => {
  const project = sandbox();
  const source = await made('sqlite', 'CREATE TABLE t (id integer PRIMARY KEY, b blob)', "INSERT INTO t VALUES (1, x'00ff'), (2, 'it''s')");
  const asked = await project.run(['replicate', '--from', source.url, '--to', 'sqlite:copy.db', '--data']);
  expect(asked).toMatchObject({ code: 5, stderr: expect.stringContaining('--yes') });
  const written = await project.run(['replicate', '--from', source.url, '--to', 'copy.sql', '--data']);
  expect(written).toMatchObject({ code: 0 });
  expect(existsSync(join(project.folder, 'copy.sql'))).toBe(true);
  const copy = await made('sqlite', ...readFileSync(join(project.folder, 'copy.sql'), 'utf8').split(/;\n/).filter(Boolean));
  const connection = await copy.connect();
  expect((await connection.query('SELECT id, hex(b) AS b, typeof(b) AS t FROM t ORDER BY id')).rows).toEqual([
    { id: 1, b: '00FF', t: 'blob' },
    { id: 2, b: '69742773', t: 'text' },
  ]);
  await connection.close();
  const done = await project.run(['replicate', '--from', source.url, '--to', 'sqlite:copy.db', '--data', '--yes', '--json']);
  expect(JSON.parse(done.stdout)).toMatchObject({ ok: true, data: { tables: [{ table: 't', rows: 2 }], losses: [] } });
  await source.drop();
  await copy.drop();
});
