import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeBrowser, openPage } from '../support/browser.ts';
import { pages, type ServedProject, servedProject, tables, violations, visit } from '../support/web.ts';

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
    expect(await violations(page)).toEqual([]);
  });

  test('nor has what is opened on a page', async () => {
    const page = await openPage(project.url, { theme });
    await visit(page, '/migrations/008_pending');
    await page.getByRole('tab', { name: 'Structure and checks' }).click();
    await page.getByRole('button', { name: 'Diagram' }).click();
    await page.getByRole('link', { name: /^. pending, added/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('tab', { name: 'Review' }).click();
    expect(await violations(page)).toEqual([]);
    await visit(page, '/checkout');
    await page.getByText('Statements that were seen').click();
    await page.getByText(/Watched by/).waitFor();
    expect(await violations(page)).toEqual([]);
    await visit(page, '/structure');
    await page.getByRole('tab', { name: 'Diagram' }).click();
    await page.getByRole('group', { name: 'Tables and their relations' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

test.each(pages)('%s fits into 320 pixels', async (path) => {
  const page = await openPage(project.url, { width: 320, height: 640 });
  await visit(page, path);
  const [wide, seen] = await page.evaluate<number[]>('[document.documentElement.scrollWidth, document.documentElement.clientWidth]');
  expect(wide).toBeLessThanOrEqual(seen ?? 0);
});
