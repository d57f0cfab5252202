import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { flavours, freshDatabase } from './support/database.ts';
import { sandbox } from './support/sandbox.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

describe.each(readdirSync(join(root, 'examples')))('the sample project %s', (name) => {
  test.each(flavours)('goes up, down and up again on %s, and its checks hold', async (flavour) => {
    const database = await freshDatabase(flavour);
    const project = sandbox();
    cpSync(join(root, 'examples', name), project.folder, { recursive: true });
    const call = async (...args: string[]): Promise<number> => {
      const { code, stdout, stderr } = await project.run([...args, '--url', database.url, '--json']);
      expect({ args, code, stdout: code === 0 ? '' : stdout, stderr: code === 0 ? '' : stderr }).toMatchObject({ code: 0 });
      return (JSON.parse(stdout) as { data: { done?: unknown[] } }).data.done?.length ?? 0;
    };
    const all = await call('up', '--verify');
    expect(all).toBeGreaterThan(1);
    expect(await call('down', 'all', '--yes')).toBe(all);
    expect(await call('up')).toBe(all);
    await call('verify');
    await database.drop();
  });
});

test.each(flavours)('the fixtures of the ERP are loaded once and go by their set on %s', async (flavour) => {
  const database = await freshDatabase(flavour);
  const project = sandbox();
  cpSync(join(root, 'examples/erp'), project.folder, { recursive: true });
  const call = async (...args: string[]): Promise<Answered> => {
    const { code, stdout, stderr } = await project.run([...args, '--url', database.url, '--json']);
    expect({ args, code, stdout: code === 0 ? '' : stdout, stderr: code === 0 ? '' : stderr }).toMatchObject({ code: 0 });
    return (JSON.parse(stdout) as { data: Answered }).data;
  };
  const demo = ['crm/demo/01_customers', 'crm/demo/02_contacts', 'sales/demo/01_orders'];
  const installed = await call('install', '--demo');
  expect(installed.fixtures?.done?.map(({ id }) => id)).toEqual(['core/01_currencies', 'core/02_admin', ...demo]);
  expect((await call('fixtures', 'status')).fixtures).toHaveLength(5);
  expect((await call('fixtures', 'load', '--set', 'main', '--set', 'demo')).done).toEqual([]);
  expect((await call('fixtures', 'remove', '--set', 'demo', '--yes')).done?.map(({ id }) => id)).toEqual(demo.toReversed());
  const connection = await database.connect();
  const counted = await connection.query(
    ['users', 'currencies', 'customers', 'orders', 'order_lines'].map((table) => `SELECT count(*) AS n FROM ${table}`).join(' UNION ALL '),
  );
  await connection.close();
  expect(counted.rows.map(({ n }) => Number(n))).toEqual([1, 3, 0, 0, 0]);
  await database.drop();
});

interface Answered {
  readonly done?: readonly { readonly id: string }[];
  readonly fixtures?: { readonly done?: readonly { readonly id: string }[] };
}

test('the demonstration does what it says', () => {
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'demo'], { cwd: root, encoding: 'utf8' });
  expect(status).toBe(0);
  expect(stdout).toContain('6 applied');
});

test('what the README and the pages link to exists', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...readdirSync(join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];
  const missing = pages.flatMap((page) => {
    const links = [...readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link ?? '');
    return links.filter((link) => !/^https?:/.test(link) && !existsSync(join(root, page, '..', link))).map((link) => `${page}: ${link}`);
  });
  expect(missing).toEqual([]);
});
