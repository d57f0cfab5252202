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
