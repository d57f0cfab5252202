import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { OutsideStore, PlainWrite } from '../../src/contracts/index.ts';
import { type Config, defineConfig, status, up } from '../../src/index.ts';
import type { HistoryRow } from '../../src/migration/index.ts';
import { flavours, freshDatabase, freshFolder } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

const file = { 'migrations/001_a.sql': '-- lockstep:up\nCREATE TABLE a (id integer);\n-- lockstep:down\nDROP TABLE a;' };
const inFile = (name: string): Readonly<Record<string, string>> => ({
  ...file,
  'lockstep.config.mjs': `export default { history: { file: '${name}' } };`,
});

describe.each(flavours)('on %s', (flavour) => {
  test('tables that may not be made are asked for with their statements, and running those is enough', async () => {
    const database = await freshDatabase(flavour);
    const { run } = sandbox({ ...file, 'lockstep.config.mjs': 'export default { history: { autoCreate: false } };' });
    const env = { DATABASE_URL: database.url };
    const refused = await run(['up', '--json'], { env });
    expect(refused.code).toBe(3);
    const { problems } = JSON.parse(refused.stdout) as {
      readonly problems: readonly { readonly code: string; readonly message: string }[];
    };
    expect(problems[0]?.code).toBe('history.missing');
    const [, ...statements] = (problems[0]?.message ?? '').split('\n');
    const connection = await database.connect();
    await expect(connection.query('SELECT * FROM a')).rejects.toThrow();
    for (const sql of statements.join('\n').split(';\n')) await connection.query(sql.replace(/;$/, ''));
    await connection.close();
    const done = await run(['up'], { env });
    expect(done.code, done.stderr).toBe(0);
    await database.drop();
  });
});

test('two databases keep their histories in one JSON file, also while they run at once', async () => {
  const { run, folder } = sandbox(inFile('kept/history.json'));
  const outcomes = await Promise.all(['one', 'two'].map((name) => run(['up', '--url', `sqlite:./${name}.db`])));
  expect(outcomes.map(({ code, stderr }) => ({ code, stderr }))).toEqual([
    { code: 0, stderr: '' },
    { code: 0, stderr: '' },
  ]);
  const kept = JSON.parse(readFileSync(join(folder, 'kept/history.json'), 'utf8')) as { readonly databases: Record<string, HistoryRow[]> };
  const states = Object.entries(kept.databases).map(([name, rows]) => [name, rows.map(({ id, state }) => `${id} ${state}`)]);
  expect(states.sort()).toEqual([
    ['sqlite:one.db', ['001_a applied']],
    ['sqlite:two.db', ['001_a applied']],
  ]);
});

test('neither user nor password of a database stand in the file', async () => {
  const database = await freshDatabase('postgres');
  const { run, read } = sandbox(inFile('history.yaml'));
  const url = new URL(database.url);
  url.password = 'geheim';
  const done = await run(['up'], { env: { DATABASE_URL: url.href } });
  expect(done.code, done.stderr).toBe(0);
  expect(read('history.yaml')).toContain(`postgres://${url.host}/`);
  expect(read('history.yaml')).not.toContain('geheim');
  await database.drop();
});

test('localhost and 127.0.0.1 are one database with one history, and two that differ are refused', async () => {
  const database = await freshDatabase('postgres');
  const [byWord, byNumber] = ['localhost', '127.0.0.1'].map((host) => database.url.replace(/localhost|127\.0\.0\.1/, host));
  const { run, folder } = sandbox(inFile('h.json'));
  const kept = (): Record<string, readonly unknown[]> => {
    return (JSON.parse(readFileSync(join(folder, 'h.json'), 'utf8')) as { databases: Record<string, readonly unknown[]> }).databases;
  };
  expect((await run(['up', '--url', byNumber ?? ''])).code).toBe(0);
  const again = await run(['up', '--url', byWord ?? '']);
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('0 pending')]);
  const [name = ''] = Object.keys(kept());
  expect([Object.keys(kept()).length, name]).toEqual([1, expect.stringContaining('127.0.0.1')]);
  const both = (other: readonly unknown[]): string => {
    const text = JSON.stringify({ lockstep: 1, databases: { ...kept(), [name.replace('127.0.0.1', 'localhost')]: other } });
    writeFileSync(join(folder, 'h.json'), text);
    return text;
  };
  const text = both([]);
  const refused = await run(['status', '--url', byWord ?? '']);
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringMatching(/are one database, and their histories differ/)]);
  expect((await run(['down', '--yes', '--url', byNumber ?? ''])).code).toBe(3);
  expect(readFileSync(join(folder, 'h.json'), 'utf8')).toBe(text);
  // Two that say the same are one, and the first write leaves one.
  both(kept()[name] ?? []);
  expect((await run(['down', '--yes', '--url', byWord ?? ''])).code).toBe(0);
  expect(Object.keys(kept())).toHaveLength(1);
  await database.drop();
});

test('a file that is no history is left alone', async () => {
  const { run, write, read } = sandbox(inFile('history.yaml'));
  for (const text of [
    'a: 1\n',
    'lockstep: 1\ndatabases: { "sqlite:a.db": [{ id: 1 }] }\n',
    '{',
    'lockstep: 1\ndatabases: &a { b: *a }\n',
  ]) {
    write('history.yaml', text);
    const refused = await run(['up', '--url', 'sqlite:./a.db']);
    expect(refused.code, text).toBe(3);
    expect(refused.stderr).toContain('history.foreign');
    expect(read('history.yaml')).toBe(text);
  }
});

test('a whole run in one transaction is told behind its commit, and a rehearsal tells nothing', async () => {
  const { run, folder, read, write } = sandbox(inFile('history.yaml'));
  const url = ['--url', 'sqlite:./a.db'];
  expect((await run(['up', '--rehearse', ...url])).code).toBe(0);
  expect(existsSync(join(folder, 'history.yaml'))).toBe(false);
  write('migrations/002_b.sql', 'INSERT INTO a VALUES (1);');
  expect((await run(['up', '--transaction', 'all', ...url])).code).toBe(0);
  expect(read('history.yaml').match(/"state":"applied"/g)).toHaveLength(2);
  write('migrations/003_c.sql', 'INSERT INTO a VALUES (1);');
  write('migrations/004_d.sql', 'INSERT INTO nowhere VALUES (1);');
  expect((await run(['up', '--transaction', 'all', ...url])).code).toBe(2);
  expect(read('history.yaml')).toMatch(/"id":"004_d".*"state":"failed"/);
  expect(read('history.yaml')).not.toContain('"id":"003_c"');
});

test('a commit that the engine refuses leaves nothing but the failure', async () => {
  const { run, read, write } = sandbox({
    ...inFile('history.yaml'),
    'migrations/002_b.sql': `CREATE TABLE p (id integer PRIMARY KEY);
      CREATE TABLE c (p integer REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED);
      INSERT INTO c VALUES (1);`,
  });
  const database = await freshDatabase('postgres');
  const env = { DATABASE_URL: database.url };
  expect((await run(['up'], { env })).code).toBe(2);
  const line =
    read('history.yaml')
      .split('\n')
      .find((one) => one.includes('002_b')) ?? '';
  expect(JSON.parse(line.replace(/^ *- /, ''))).toMatchObject({ state: 'failed', done: 0 });
  expect(line).not.toContain('intent');
  write('migrations/002_b.sql', 'CREATE TABLE p (id integer PRIMARY KEY);');
  expect((await run(['up'], { env })).code).toBe(0);
  await database.drop();
});

test('a store of the configuration keeps the history', async () => {
  const rows = new Map<string, HistoryRow>();
  let ready = false;
  const store: OutsideStore = {
    name: 'memory',
    read: async (_context, ids) => (ready ? [...rows.values()].filter(({ id }) => ids?.includes(id) ?? true) : undefined),
    load: async () => ({}),
    probe: async () => undefined,
    prepare: async () => {
      ready = true;
    },
    write: async (_context, entries) => {
      for (const entry of entries) {
        if ('forget' in entry) rows.delete(entry.forget);
        else rows.set(entry.id, merged(rows.get(entry.id), entry));
      }
    },
  };
  const config: Config = defineConfig({ store });
  const options = {
    cwd: freshFolder(),
    url: 'sqlite:./a.db',
    config,
    migrations: [{ name: '001_a.sql', text: 'CREATE TABLE a (id integer)' }],
  };
  expect((await up(options)).done.map(({ id }) => id)).toEqual(['001_a']);
  expect([...rows.values()].map(({ id, state }) => [id, state])).toEqual([['001_a', 'applied']]);
  expect((await status(options)).upToDate).toBe(true);
});

function merged(row: HistoryRow | undefined, { id, set }: PlainWrite): HistoryRow {
  const all = { done: 0, total: 0, ...row, ...set, id };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as unknown as HistoryRow;
}
