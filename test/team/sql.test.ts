import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openSql } from '../../src/commands/index.ts';
import { type Flavour, freshDatabase } from '../support/database.ts';
import { type Desk, desk, rowsOf } from '../support/desk.ts';
import { openKeeper } from '../support/server/keep.ts';
import { findMariadb, startMariadb } from '../support/server/mariadb.ts';
import { dataOf, type TeamBench, teamBench } from '../support/team.ts';

const migration = '-- lockstep:up\nCREATE TABLE a (id integer NOT NULL PRIMARY KEY, name varchar(20));\n-- lockstep:down\nDROP TABLE a;\n';
const first = { 'migrations/20260101T000000_first.sql': migration };
const served: readonly Flavour[] = ['sqlite', 'postgres', 'mariadb'];

let own: Desk | undefined;
let bench: TeamBench | undefined;
afterEach(async () => {
  await own?.database.drop();
  own = undefined;
  await bench?.close();
  bench = undefined;
});

interface Recorded {
  readonly statements: readonly { readonly text: string; readonly seenBy: string }[];
  readonly watched: readonly string[];
}

describe.each(served)('lockstep sql on %s', (flavour) => {
  test('lets rows through, and structure only under a check-out, which writes it down', async () => {
    own = await desk(flavour, first);
    await own.lockstep('up');
    const rows = await own.lockstep('sql', "INSERT INTO a VALUES (1, 'x''y'), (2, NULL); SELECT id, name FROM a ORDER BY id");
    expect(rows).toMatchObject({ code: 0, stdout: expect.stringMatching(/2 rows\nid {2}name\n1 {3}x'y\n2 {3}NULL\n2 rows/) });
    const refused = await own.lockstep('sql', 'SELECT 1; CREATE TABLE b (id integer NOT NULL PRIMARY KEY)', '--json');
    expect(refused.code).toBe(3);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      problems: [{ code: 'guard.refused', line: 1, column: 11, state: 'the statement was not run; 1 of 2 statements ran before it' }],
    });
    expect(await own.lockstep('recorded')).toMatchObject({ code: 3, stderr: expect.stringContaining('checkout.none') });
    await own.lockstep('checkout', '-m', 'b');
    writeFileSync(
      join(own.folder, 'change.sql'),
      'CREATE TABLE b (id integer NOT NULL PRIMARY KEY);\n-- both\nDROP TABLE b;\nCREATE TABLE c (id integer NOT NULL PRIMARY KEY);\n',
    );
    expect(await own.lockstep('sql', '--file', 'change.sql')).toMatchObject({ code: 0 });
    const { statements, watched } = dataOf<Recorded>(await own.lockstep('recorded', '--json'));
    expect(statements.map(({ text, seenBy }) => [text, seenBy])).toEqual([
      ['CREATE TABLE b (id integer NOT NULL PRIMARY KEY)', 'shell'],
      ['DROP TABLE b', 'shell'],
      ['CREATE TABLE c (id integer NOT NULL PRIMARY KEY)', 'shell'],
    ]);
    expect(watched).toEqual(['shell']);
    expect((await own.lockstep('recorded', 'drop', '2')).stdout).toContain('2 structural statements');
    expect(await own.lockstep('recorded', 'drop', '9')).toMatchObject({ code: 64 });
    const done = await own.lockstep('checkin');
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('2 structural statements seen, 1 net') });
    expect(own.read(`migrations/${own.files().at(-1)}`)).not.toContain('"b"');
    expect(await own.lockstep('sql', 'DROP TABLE c')).toMatchObject({ code: 3 });
  });

  test('tells where a statement failed and what ran before it, and rolls back what was left open', async () => {
    own = await desk(flavour, first);
    await own.lockstep('up');
    const failed = await own.lockstep('sql', 'INSERT INTO a (id) VALUES (1);\nINSERT INTO nowhere VALUES (1)', '--json');
    expect(failed.code).toBe(2);
    expect(JSON.parse(failed.stdout)).toMatchObject({
      problems: [{ code: 'sql.failed', line: 2, state: '1 of 2 statements ran before it' }],
    });
    expect(await rowsOf(own.database, 'SELECT id FROM a')).toEqual(['1']);
    const open = await own.lockstep('sql', 'BEGIN; INSERT INTO a (id) VALUES (2)');
    expect(open).toMatchObject({ code: 0, stderr: expect.stringContaining('rolled back') });
    await own.lockstep('sql', 'BEGIN; INSERT INTO a (id) VALUES (3); COMMIT');
    expect(await rowsOf(own.database, 'SELECT id FROM a ORDER BY id')).toEqual(['1', '3']);
    expect(await own.lockstep('sql', "SELECT 'open")).toMatchObject({ code: 65 });
  });

  test('asks before it changes a protected database, and not before it reads', async () => {
    own = await desk(flavour, first);
    await own.lockstep('up');
    await own.lockstep('protect', 'precious', '-m', 'live');
    expect(await own.lockstep('sql', 'SELECT 1 AS one')).toMatchObject({ code: 0 });
    expect(await own.lockstep('sql', 'INSERT INTO a (id) VALUES (1)')).toMatchObject({ code: 5 });
    expect(await own.lockstep('sql', 'INSERT INTO a (id) VALUES (1)', '--confirm', 'precious')).toMatchObject({ code: 0 });
    expect(await rowsOf(own.database, 'SELECT id FROM a')).toEqual(['1']);
  });
});

test('the binary log of a MariaDB tells of every tool', async () => {
  const keeper = openKeeper();
  try {
    const programs = await findMariadb(() => undefined);
    if (typeof programs === 'string') throw new Error(programs);
    const root = await startMariadb(keeper, programs, { binaryLog: true });
    own = await desk('sqlite', first);
    const connection = await (await import('mysql2/promise')).createConnection(root);
    await connection.query('CREATE DATABASE `od``d`');
    await connection.query('CREATE DATABASE other');
    const there = { ...own.database, url: root.replace('/mysql', '/od%60d') };
    expect(await own.on(there, 'up')).toMatchObject({ code: 0 });
    await connection.query('CREATE TABLE `od``d`.before_it (id int)');
    await connection.query('DROP TABLE `od``d`.before_it');
    expect(await own.on(there, 'checkout', '-m', 'x')).toMatchObject({ code: 0 });
    await connection.query('USE `od``d`');
    await connection.query("CREATE TABLE b (id int NOT NULL PRIMARY KEY, t varchar(9) DEFAULT '/*x*/')");
    await connection.query('INSERT INTO b VALUES (1, 2)');
    await connection.query('FLUSH BINARY LOGS');
    await connection.query('ALTER TABLE b ADD COLUMN c int');
    await connection.query('USE other');
    await connection.query('CREATE TABLE b (id int)');
    await connection.end();
    expect(await own.on(there, 'sql', 'CREATE INDEX b_c ON b (c)')).toMatchObject({ code: 0 });
    const { statements, watched } = dataOf<Recorded>(await own.on(there, 'recorded', '--json'));
    expect(statements).toMatchObject([
      { text: "CREATE TABLE b (id int NOT NULL PRIMARY KEY, t varchar(9) DEFAULT '/*x*/')", seenBy: 'server' },
      { text: 'ALTER TABLE b ADD COLUMN c int', seenBy: 'server' },
      { text: 'CREATE INDEX b_c ON b (c)', seenBy: 'server' },
    ]);
    expect(watched).toEqual(['server', 'shell']);
    expect(await own.on(there, 'recorded', 'drop', '1')).toMatchObject({ code: 64, stderr: expect.stringContaining("server's own log") });
    expect(await own.on(there, 'checkin')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 structural statements seen, 1 net'),
    });
  } finally {
    await keeper.close();
  }
});

test('a program can have such a connection', async () => {
  own = await desk('sqlite', first);
  await own.lockstep('up');
  const sql = await openSql({ cwd: own.folder, url: own.database.url, env: {} });
  try {
    const [, counted] = await sql.run("INSERT INTO a VALUES (1, 'x'); SELECT count(*) AS n FROM a");
    expect(counted?.rows).toEqual([{ n: 1 }]);
    await expect(sql.run('DROP TABLE a')).rejects.toMatchObject({ code: 'guard.refused' });
    expect(sql.isWhole("SELECT ';")).toBe(false);
    expect(sql.isWhole('SELECT 1')).toBe(false);
    expect(sql.isWhole("SELECT ';';")).toBe(true);
  } finally {
    await sql.close();
  }
});

test('tables that are excluded are no drift, are in no check-in, and give no rows', async () => {
  own = await desk('sqlite', {
    ...first,
    'lockstep.config.json': JSON.stringify({ record: { exclude: ['cache_*'], data: ['a', 'cache_a'] } }),
  });
  await own.lockstep('up');
  await own.query(
    'CREATE TABLE cache_a (id integer PRIMARY KEY)',
    'CREATE INDEX cache_i ON cache_a (id)',
    'CREATE TABLE user_cachet (id integer NOT NULL PRIMARY KEY)',
  );
  const drift = await own.lockstep('drift', '--json');
  expect(dataOf<{ readonly differences: readonly { readonly name: string }[] }>(drift).differences.map(({ name }) => name)).toEqual([
    'user_cachet',
  ]);
  expect(await own.lockstep('checkout', '-m', 'x', '--with-drift')).toMatchObject({ code: 0 });
  await own.query('INSERT INTO cache_a VALUES (1)', "INSERT INTO a VALUES (1, 'x')");
  expect(await own.lockstep('checkin')).toMatchObject({ code: 0 });
  const text = own.read(`migrations/${own.files().at(-1)}`);
  expect(text).toContain('user_cachet');
  expect(text).not.toContain('cache_a');
  const elsewhere = await freshDatabase('sqlite');
  expect(await own.on(elsewhere, 'up')).toMatchObject({ code: 0 });
  await elsewhere.drop();
  expect(await own.lockstep('drift')).toMatchObject({ code: 0 });
});

test('only included tables count where there are such', async () => {
  own = await desk('sqlite', { ...first, 'lockstep.config.json': JSON.stringify({ record: { include: ['shop_*', 'a'] } }) });
  await own.lockstep('up');
  await own.query('CREATE TABLE other (id integer)', 'CREATE TABLE shop_x (id integer)');
  const { differences } = dataOf<{ readonly differences: readonly { readonly name: string }[] }>(await own.lockstep('drift', '--json'));
  expect(differences.map(({ name }) => name)).toEqual(['shop_x']);
});

describe('where check-outs are wanted', () => {
  const config = (checkouts: string) => `${JSON.stringify({ checkouts })}\n`;

  test('what nobody has announced runs only under a check-out, and is announced by the check-in', async () => {
    bench = await teamBench('sqlite', migration);
    const stage = await bench.copy('staging');
    expect(await stage.lockstep('up')).toMatchObject({ code: 0 });
    const server = await bench.serve(stage);
    const [ada, ben] = [await bench.copy('ada'), await bench.copy('ben')];
    await bench.join(server, ada, 'ada@example.org', 'developer');
    await bench.join(server, ben, 'ben@example.org', 'developer');
    for (const copy of [ada, ben]) writeFileSync(join(copy.folder, 'lockstep.config.json'), config('required'));
    for (const copy of [ada, ben]) expect(await copy.lockstep('up')).toMatchObject({ code: 0 });

    const file = 'migrations/20260201T000000_by_hand.sql';
    for (const copy of [ada, ben])
      writeFileSync(
        join(copy.folder, file),
        '-- lockstep:up\nCREATE TABLE h (id integer NOT NULL PRIMARY KEY);\n-- lockstep:down\nDROP TABLE h;\n',
      );
    expect(await ada.lockstep('up')).toMatchObject({ code: 3, stderr: expect.stringContaining('checkout.required') });
    expect(await ada.lockstep('checkout', '-m', 'by hand')).toMatchObject({ code: 0 });
    expect(await ada.lockstep('up')).toMatchObject({ code: 0 });
    expect(await ben.lockstep('up')).toMatchObject({ code: 3, stderr: expect.stringContaining('checkout.required') });
    expect(await ada.lockstep('checkin')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Version 1 is announced: 20260201T000000_by_hand'),
    });
    // From now on it is a version like any other.
    expect(await ben.lockstep('up')).toMatchObject({ code: 0 });
    expect((await ben.lockstep('team', 'status')).stdout).toContain('by hand');

    writeFileSync(
      join(stage.folder, file),
      '-- lockstep:up\nCREATE TABLE h (id integer NOT NULL PRIMARY KEY);\n-- lockstep:down\nDROP TABLE h;\n',
    );
    const deployed = await fetch(`${server.url}/api/v1/update`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${(await import('node:fs')).readFileSync(join(stage.folder, 'admin.key'), 'utf8').trim()}`,
        'Content-Type': 'application/json',
      },
      body: '{}',
    });
    expect(await deployed.json()).toMatchObject({ ok: true, data: { deployed: [1] } });
  });

  test('advisory only warns', async () => {
    own = await desk('sqlite', { ...first, 'lockstep.config.json': config('advisory') });
    expect(await own.lockstep('up')).toMatchObject({ code: 0, stderr: expect.stringContaining('nobody has announced') });
  });

  test('without a server it wants a check-out of this folder', async () => {
    own = await desk('sqlite', { ...first, 'lockstep.config.json': config('required') });
    expect(await own.lockstep('up')).toMatchObject({ code: 3, stderr: expect.stringContaining('checkout.required') });
    expect(await own.lockstep('checkout', '-m', 'first')).toMatchObject({ code: 0 });
    expect(await own.lockstep('up')).toMatchObject({ code: 0 });
  });
});
