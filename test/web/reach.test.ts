import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, expect, test } from 'vitest';
import { closeBrowser, openPage } from '../support/browser.ts';
import { type ServedProject, servedProject, tables, visit } from '../support/web.ts';

let project: ServedProject | undefined;
afterEach(async () => {
  await project?.close();
  project = undefined;
});
afterAll(closeBrowser);

const mostClicks = 3;

interface Way {
  /** What somebody wants to see or do. */
  readonly what: string;
  readonly clicks: (page: Page) => readonly Locator[];
  readonly there: (page: Page) => Locator;
}

const rail = (page: Page, name: string): Locator => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name });
const inPage = (page: Page): Locator => page.getByRole('main');
const button = (page: Page, name: string | RegExp): Locator => inPage(page).getByRole('button', { name });
const dialog = (page: Page): Locator => page.getByRole('dialog');
const chip = (page: Page): Locator => page.getByRole('banner').getByRole('link');

/** Goes each way from the overview, and counts. */
async function walk(page: Page, ways: readonly Way[]): Promise<void> {
  for (const { what, clicks, there } of ways) {
    await visit(page, '/');
    const steps = clicks(page);
    expect(steps.length, what).toBeLessThanOrEqual(mostClicks);
    for (const step of steps) await step.first().click();
    await there(page)
      .first()
      .waitFor({ timeout: 20_000 })
      .catch((error: unknown) => {
        throw new Error(`${what}: ${String(error)}`);
      });
  }
}

test('everything that the team and the list of migrations offer is at most three clicks from the overview', {
  timeout: 240_000,
}, async () => {
  project = await servedProject('sqlite', {
    ...tables(3),
    'migrations/004_wrong.sql': '-- lockstep:up\nALTER TABLE nowhere ADD COLUMN x integer;\n',
  });
  await project.lockstep('up', '--to', '1');
  const page = await openPage(project.url);
  const migrations = (): Locator => rail(page, 'Migrations');

  await walk(page, [
    { what: 'whether the structure is free', clicks: () => [], there: () => page.getByText('Free to check out') },
    { what: 'which are missing', clicks: () => [migrations()], there: () => inPage(page).getByText('002_table_2') },
    {
      what: 'who applied one, when, and how long it took',
      clicks: () => [migrations(), page.getByRole('link', { name: '001_table_1' })],
      there: () => inPage(page).getByText(/by \w+, took/),
    },
    {
      what: 'the SQL of one',
      clicks: () => [migrations(), page.getByRole('link', { name: '002_table_2' })],
      there: () => inPage(page).getByText('CREATE TABLE table_2'),
    },
    {
      what: 'run the next',
      clicks: () => [migrations(), button(page, 'Run next')],
      there: () => dialog(page).getByRole('button', { name: 'Run' }),
    },
    {
      what: 'run all',
      clicks: () => [migrations(), button(page, /^Run all/)],
      there: () => dialog(page).getByRole('button', { name: 'Run' }),
    },
    {
      what: 'run this one',
      clicks: () => [migrations(), page.getByRole('link', { name: '002_table_2' }), button(page, 'Run to here')],
      there: () => dialog(page).getByRole('button', { name: 'Run' }),
    },
    {
      what: 'take one back',
      clicks: () => [migrations(), page.getByRole('link', { name: '001_table_1' }), button(page, 'Take back')],
      there: () => dialog(page).getByRole('button', { name: 'Take back' }),
    },
    {
      what: 'why the structure is locked',
      clicks: () => [chip(page)],
      there: () => inPage(page).getByText('Nobody has the structure checked out'),
    },
    { what: 'who may do what', clicks: () => [rail(page, 'Team')], there: () => inPage(page).getByText(/role/i) },
    {
      what: 'the log that cannot be changed',
      clicks: () => [rail(page, 'Audit')],
      there: () => inPage(page).getByRole('heading', { name: 'Audit' }),
    },
  ]);

  // The log as it streams, and a failure with its state.
  await visit(page, '/');
  await migrations().click();
  await button(page, /^Run all/).click();
  await dialog(page).getByRole('button', { name: 'Run' }).click();
  await page.getByText('✖ failed').first().waitFor();
  await walk(page, [
    {
      what: 'what failed, and why',
      clicks: () => [migrations(), page.getByRole('link', { name: '004_wrong' })],
      there: () => inPage(page).getByText(/nowhere/),
    },
  ]);

  project.write('migrations/004_wrong.sql', '-- lockstep:up\nSELECT 1;\n-- lockstep:down\n');
  expect((await project.lockstep('up')).code).toBe(0);
  const ada = { env: { DATABASE_URL: project.database.url, USER: 'ada' } };
  expect(await project.run(['checkout', '-m', 'orders: add coupons'], ada)).toMatchObject({ code: 0 });
  await walk(page, [
    { what: 'who has it', clicks: () => [], there: () => chip(page).filter({ hasText: 'ada' }) },
    {
      what: 'since when, what for and on which version',
      clicks: () => [chip(page)],
      there: () => inPage(page).getByText('orders: add coupons'),
    },
    {
      what: 'that another is denied, by name',
      clicks: () => [chip(page)],
      there: () => inPage(page).getByRole('heading', { name: /Checked out by ada/ }),
    },
    { what: 'take it over', clicks: () => [chip(page), button(page, 'Take over…')], there: () => dialog(page).getByLabel('Why') },
  ]);

  expect(await project.run(['release'], ada)).toMatchObject({ code: 0 });
  expect(await project.lockstep('checkout', '-m', 'titles')).toMatchObject({ code: 0 });
  await project.query('ALTER TABLE table_1 ADD COLUMN title varchar(20)');
  await walk(page, [
    { what: 'what I have changed', clicks: () => [chip(page)], there: () => inPage(page).getByText('column table_1.title') },
    {
      what: 'what was recorded',
      clicks: () => [chip(page), inPage(page).getByText('Statements that were seen')],
      there: () => inPage(page).getByText(/Watched by/),
    },
    {
      what: 'discard it',
      clicks: () => [chip(page), button(page, 'Release…')],
      there: () => dialog(page).getByRole('button', { name: 'Take back and release' }),
    },
    { what: 'change something with SQL', clicks: () => [chip(page)], there: () => inPage(page).getByRole('region', { name: 'SQL' }) },
    {
      what: 'check in',
      clicks: () => [chip(page), inPage(page).getByRole('button', { name: 'Check in', exact: true })],
      there: () => page.getByText('Free to check out'),
    },
    { what: 'the number of the version', clicks: () => [rail(page, 'Changes')], there: () => inPage(page).getByText('1. titles') },
    { what: 'where the version is', clicks: () => [rail(page, 'Changes')], there: () => inPage(page).getByText(/to deploy|✔ deployed/) },
    {
      what: 'what the team has done',
      clicks: () => [rail(page, 'History'), page.getByRole('tab', { name: 'The team' })],
      there: () => inPage(page).getByText(/titles/),
    },
  ]);
});
