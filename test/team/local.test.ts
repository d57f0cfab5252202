import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

const first = '-- lockstep:up\nCREATE TABLE orders (id integer NOT NULL PRIMARY KEY);\n-- lockstep:down\nDROP TABLE orders;\n';

async function project() {
  const database = await freshDatabase('sqlite');
  const box = sandbox({ 'lockstep.config.json': JSON.stringify({ url: database.url }), 'migrations/001_first.sql': first });
  const query = async (sql: string): Promise<void> => {
    const connection = await database.connect();
    try {
      await connection.query(sql);
    } finally {
      await connection.close();
    }
  };
  return { ...box, query };
}

test('one developer checks out and in without any server', async () => {
  const { run, query, read } = await project();
  expect(await run(['up'])).toMatchObject({ code: 0 });
  expect(await run(['checkin', '-m', 'x'])).toMatchObject({ code: 3, stderr: expect.stringContaining('checkout.none') });
  expect(await run(['checkout', '-m', 'coupons'])).toMatchObject({ code: 0, stdout: expect.stringContaining('is yours until') });
  expect(await run(['checkout', '-m', 'coupons'])).toMatchObject({ code: 0, stdout: expect.stringContaining('is still yours until') });
  expect((await run(['locks'])).stdout).toMatch(/check-out 1\s+all\s+tester/);

  expect(await run(['checkin', '-m', 'nothing'])).toMatchObject({ code: 3, stderr: expect.stringContaining('checkin.empty') });
  await query('CREATE TABLE coupon (id integer NOT NULL PRIMARY KEY)');
  const done = await run(['checkin', '-m', 'add coupons', '--json']);
  expect(done).toMatchObject({ code: 0 });
  const { data } = JSON.parse(done.stdout) as { readonly data: { readonly file: string; readonly version: { readonly number: number } } };
  expect(data).toMatchObject({ file: 'migrations/002_add_coupons.sql', version: { number: 1 } });
  expect(read(data.file)).toContain('CREATE TABLE');
  expect((await run(['status'])).stdout).toContain('0 pending · 2 applied');
  expect((await run(['locks'])).stdout).toBe('Nothing is checked out.\n');
  // It is an ordinary migration, with a way back.
  expect(await run(['down', '--yes'])).toMatchObject({ code: 0 });
  await expect(query('SELECT id FROM coupon')).rejects.toThrow('coupon');
  expect(await run(['up'])).toMatchObject({ code: 0 });
  expect(await run(['audit', '--verify'])).toMatchObject({ code: 0, stdout: expect.stringContaining('unbroken') });
});

test('differences from before a check-out are not taken for its work unawares', async () => {
  const { run, query } = await project();
  await run(['up']);
  await query('CREATE TABLE left_over (id integer)');
  expect(await run(['checkout', '-m', 'x'])).toMatchObject({ code: 3, stderr: expect.stringMatching(/checkout\.drift.*left_over/s) });
  expect((await run(['locks'])).stdout).toBe('Nothing is checked out.\n');
  expect(await run(['checkout', '-m', 'x', '--with-drift'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 difference from before'),
  });
  expect(await run(['checkin'])).toMatchObject({ code: 0, stdout: expect.stringContaining('left_over') });
});

test('an empty database without a history can be checked out, and its first structure checked in', async () => {
  const { run, query, remove } = await project();
  remove('migrations/001_first.sql');
  expect(await run(['checkout', '-m', 'begin'])).toMatchObject({ code: 0 });
  await query('CREATE TABLE first_table (id integer NOT NULL PRIMARY KEY)');
  expect(await run(['checkin'])).toMatchObject({ code: 0, stdout: expect.stringContaining('first_table') });
  expect((await run(['status'])).stdout).toContain('0 pending · 1 applied');
});

test('a check-out that ends soon, or has run out, is told with the next command, and is still its holder’s while nobody comes', async () => {
  const { run, query } = await project();
  await run(['up']);
  await run(['checkout', '-m', 'x', '--for', '10m']);
  expect((await run(['status'])).stderr).toMatch(/check-out 1 ends in (?:9|10) min/);
  expect((await run(['status', '--json'])).stderr).toBe('');
  expect(await run(['checkout', '-m', 'x', '--for', '3h'])).toMatchObject({ code: 0 });
  expect((await run(['status'])).stderr).toBe('');
  await query('CREATE TABLE more (id integer)');
  expect(await run(['checkin'])).toMatchObject({ code: 0 });
});

test('what a working copy cannot have without a server is said', async () => {
  const { run } = await project();
  await run(['up']);
  for (const call of [
    ['team', 'foo'],
    ['checkout', '-m', 'x', '--scope', 'shop'],
    ['checkout'],
    ['keys', 'revoke'],
    ['users', 'add', 'a'],
  ]) {
    expect(await run(call), call.join(' ')).toMatchObject({ code: 64 });
  }
  expect(await run(['login', 'http://127.0.0.1:9', '--key-file', '-'], { stdin: 'lsk_x' })).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('team.unreachable'),
  });
  expect(await run(['login', 'http://example.org', '--key-file', '-'], { stdin: 'lsk_x' })).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('could be read on the way'),
  });
  expect(await run(['team', 'withdraw', '1', '-m', 'x'])).toMatchObject({ code: 3, stderr: expect.stringContaining('announce.unknown') });
});

test('leaving keeps what happened, and destroys it when that is asked for and confirmed', async () => {
  const { run, query, write, folder } = await project();
  const kept = () => readdirSync(join(folder, '.lockstep')).filter((name) => name !== '.gitignore');
  await run(['up']);
  await run(['checkout', '-m', 'x']);
  expect(await run(['team', 'leave', '--purge', '--yes'])).toMatchObject({ code: 4, stderr: expect.stringContaining('checkout.held') });
  await query('CREATE TABLE b (id integer PRIMARY KEY)');
  expect(await run(['checkin'])).toMatchObject({ code: 0 });
  write('.lockstep/other.db', 'not of the team');

  expect(await run(['team', 'leave'])).toMatchObject({ code: 0 });
  expect((await run(['history', '--team'])).stdout).toContain('check-out 1');
  expect(await run(['team', 'leave', '--purge'])).toMatchObject({ code: 5, stderr: expect.stringContaining('.lockstep/team.db') });
  expect(kept()).toContain('team.db');
  const purged = await run(['team', 'leave', '--purge', '--yes']);
  expect(purged).toMatchObject({ code: 0, stdout: expect.stringContaining('Destroyed here: .lockstep/team.db') });
  expect(kept()).toEqual(['other.db']);
  expect(await run(['status'])).toMatchObject({ code: 0 });
});
