import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeBrowser, openPage } from '../support/browser.ts';
import { pages, type ServedProject, servedProject, tables, visit } from '../support/web.ts';

const long = 'a_table_with_a_name_that_goes_on_and_on_until_it_is_long_enough_x';
let project: ServedProject;

beforeAll(async () => {
  project = await servedProject(
    'sqlite',
    {
      ...tables(6),
      'migrations/007_long.sql': `-- lockstep:up\nCREATE TABLE ${long} (id integer PRIMARY KEY, "a column with spaces and „quotes“" varchar(20));\n`,
      'migrations/008_pending.sql': '-- lockstep:up\nCREATE TABLE pending (id integer PRIMARY KEY);\n',
      'fixtures/main/names.yaml': 'table: table_1\nkey: id\nrows:\n  - { id: 1, name: one }\n',
    },
    {
      before: [
        ['to', '007_long'],
        ['checkout', '-m', 'something'],
        ['sql', 'CREATE TABLE mine (id integer PRIMARY KEY)'],
      ],
    },
  );
});
afterAll(async () => {
  await closeBrowser();
  await project.close();
});

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  test.each(pages)('%s has no violation that axe finds', async (path) => {
    const page = await openPage(project.url, { theme });
    await visit(page, path);
    await page.waitForLoadState('networkidle').catch(() => undefined);
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
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
    expect(violations).toEqual([]);
  });
});

test.each(pages)('%s fits into 320 pixels', async (path) => {
  const page = await openPage(project.url, { width: 320, height: 640 });
  await visit(page, path);
  const [wide, seen] = await page.evaluate<number[]>('[document.documentElement.scrollWidth, document.documentElement.clientWidth]');
  expect(wide).toBeLessThanOrEqual(seen ?? 0);
});
