import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { type Flavour, freshDatabase, type TestDatabase } from './database.ts';
import { type Running, type Sandbox, sandbox } from './sandbox.ts';

/** A project with a server of its own, as somebody has it who types `lockstep serve`. */
export interface ServedProject extends Sandbox {
  readonly url: string;
  readonly database: TestDatabase;
  readonly running: Running;
  /** What any other tool would do. */
  query(...statements: readonly string[]): Promise<void>;
  lockstep(...args: readonly string[]): ReturnType<Sandbox['run']>;
  close(): Promise<void>;
}

/** Makes one, with these files; `before` are commands that are run first. */
export async function servedProject(
  flavour: Flavour,
  files: Readonly<Record<string, string>>,
  { before = [], args = [] }: { readonly before?: readonly (readonly string[])[]; readonly args?: readonly string[] } = {},
): Promise<ServedProject> {
  const box = sandbox(files);
  const database = await freshDatabase(flavour);
  const env = { DATABASE_URL: database.url };
  for (const command of before) {
    const { code, stderr, stdout } = await box.run(command, { env });
    if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  }
  const running = box.start(['serve', '--port', '0', ...args], { env, timeout: 600_000 });
  await running.until('Deploy:');
  const url = /listens at (\S+)/.exec(running.said().stderr)?.[1];
  if (url === undefined) throw new Error(running.said().stderr);
  return {
    ...box,
    url,
    database,
    running,
    query: async (...statements) => {
      const connection = await database.connect();
      try {
        for (const sql of statements) await connection.query(sql);
      } finally {
        await connection.close();
      }
    },
    lockstep: (...command) => box.run(command, { env }),
    close: async () => {
      running.kill('SIGTERM');
      await running.done;
      await database.drop();
    },
  };
}

/** Migrations that make so many tables, each with a relation to the one before. */
export function tables(n: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: n }, (_, i) => [
      `migrations/${String(i + 1).padStart(3, '0')}_table_${i + 1}.sql`,
      `-- lockstep:up\nCREATE TABLE table_${i + 1} (id integer NOT NULL PRIMARY KEY, name varchar(80)${i === 0 ? '' : `, before_id integer REFERENCES table_${i} (id)`});\n-- lockstep:down\nDROP TABLE table_${i + 1};\n`,
    ]),
  );
}

/** All pages, each in a state in which it has something to show. */
export const pages = [
  '/',
  '/migrations',
  '/migrations/001_table_1',
  '/matrix',
  '/structure',
  '/structure/table_2',
  '/checkout',
  '/changes',
  '/databases',
  '/drift',
  '/history',
  '/fixtures',
  '/team',
  '/audit',
  '/settings',
  '/nowhere',
] as const;

/** Goes to a page and waits until what it asked for is there. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator('h1').waitFor();
  await page.waitForLoadState('domcontentloaded');
  await page.getByText('Asking the server…').waitFor({ state: 'detached' });
}

/** What axe finds against WCAG 2.2 AA and good practice, each as a text. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const tool = (
      globalThis as unknown as {
        axe: {
          run(
            options: object,
          ): Promise<{ violations: readonly { id: string; nodes: readonly { html: string; failureSummary: string }[] }[] }>;
        };
      }
    ).axe;
    const found = await tool.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] });
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`).join('\n')}`,
    );
  });
}
