import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../test/support/server/browser.ts';

// Takes a picture of every page, in both themes and at the width of a phone, of a project that has something to show on each: long names, a
// failure, drift, a check-out, ten thousand rows. `npm run shots -- FOLDER` puts them elsewhere than in `shots`. To be looked at: docs/web-review.md.
const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'bin/lockstep');
const target = resolve(process.argv[2] ?? join(root, 'shots'));
const space = mkdtempSync(join(tmpdir(), 'lockstep-shots-'));
const [folder, calm, empty] = ['shop', 'calm', 'empty'].map((name) => join(space, name)) as [string, string, string];
for (const one of [folder, calm, empty]) mkdirSync(one);
const env = { PATH: process.env['PATH'] ?? '', HOME: folder, USER: 'ada', DATABASE_URL: 'sqlite:./shop.db' };

const long = 'customers_with_a_name_that_goes_on_until_sixty_three_bytes_are_used';
const table = (name: string, rest = ''): string => `CREATE TABLE ${name} (id integer NOT NULL PRIMARY KEY, name varchar(80)${rest});`;
const migration = (up: string, down: string): string => `-- lockstep:up\n${up}\n-- lockstep:down\n${down}\n`;
const files: Readonly<Record<string, string>> = {
  'lockstep.config.json': JSON.stringify({
    environments: {
      dev: { url: 'sqlite:./shop.db' },
      staging: { url: 'sqlite:./staging.db' },
      prod: { databases: { eu: 'sqlite:./eu.db', us: 'postgres://127.0.0.1:1/nobody' }, protected: true },
    },
  }),
  'migrations/001_customers.sql': migration(table('customers', ', email varchar(200) NOT NULL'), 'DROP TABLE customers;'),
  'migrations/002_orders.sql': migration(
    table('orders', ', customer_id integer NOT NULL REFERENCES customers (id), total decimal(10,2)'),
    'DROP TABLE orders;',
  ),
  'migrations/003_products.sql': migration(
    `${table('products', ', price decimal(10,2)')}\nCREATE TABLE order_lines (id integer NOT NULL PRIMARY KEY, order_id integer REFERENCES orders (id), product_id integer REFERENCES products (id));`,
    'DROP TABLE order_lines;\nDROP TABLE products;',
  ),
  [`migrations/004_${long}.sql`]: migration(table(long), `DROP TABLE ${long};`),
  'migrations/005_events.sql': migration(
    `${table('events')}\nWITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO events SELECT i, 'event ' || i FROM n;`,
    'DROP TABLE events;',
  ),
  'migrations/006_wrong.sql': migration('ALTER TABLE missing ADD COLUMN a integer;', ''),
  'migrations/007_later.sql': migration('ALTER TABLE customers DROP COLUMN email;', ''),
  'fixtures/main/countries.yaml': 'table: customers\nkey: id\nrows:\n  - { id: 1, name: Ada, email: ada@example.org }\n',
};
const pages = [
  '/',
  '/migrations',
  '/migrations/002_orders',
  '/migrations/006_wrong',
  '/migrations/007_later',
  '/matrix',
  '/structure',
  '/structure/orders',
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
];
const looks = [
  { name: 'light', width: 1280, height: 900, colorScheme: 'light' },
  { name: 'dark', width: 1280, height: 900, colorScheme: 'dark' },
  { name: 'phone', width: 390, height: 844, colorScheme: 'light' },
] as const;

function lockstep(...args: readonly string[]): Promise<void> {
  return lockstepIn(folder, ...args);
}

function lockstepIn(cwd: string, ...args: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [program, ...args], { cwd, env, stdio: 'ignore' });
    child.on('error', fail);
    child.on('close', () => done());
  });
}

async function serve(cwd: string, own: NodeJS.ProcessEnv = env): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [program, 'serve', '--port', '0'], { cwd, env: own, stdio: ['ignore', 'ignore', 'pipe'] });
  const url = await new Promise<string>((done, fail) => {
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part.toString();
      const found = /listens at (\S+)/.exec(said)?.[1];
      if (found !== undefined) done(found);
    });
    child.on('close', () => fail(new Error(said)));
  });
  const stop = (): Promise<void> =>
    new Promise((done) => {
      child.on('close', () => done());
      child.kill('SIGTERM');
    });
  return { url, stop };
}

function write(under: string, path: string, text: string): void {
  mkdirSync(dirname(join(under, path)), { recursive: true });
  writeFileSync(join(under, path), text);
}

/** What is opened on a page before its picture is taken. */
const opened: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  diagram: async (page) => {
    await page.goto('/structure');
    await page.getByRole('tab', { name: 'Diagram' }).click();
    await page.waitForTimeout(500);
  },
  dialog: async (page) => {
    await page.goto('/migrations');
    await page.getByRole('button', { name: /^Run all/ }).click();
  },
  checks: async (page) => {
    await page.goto('/migrations/003_products');
    await page.getByRole('tab', { name: 'Structure and checks' }).click();
    await page.getByRole('button', { name: 'Diagram' }).click();
    await page.getByRole('group', { name: 'Tables and their relations' }).waitFor();
  },
  review: async (page) => {
    await page.goto('/migrations/003_products');
    await page.getByRole('tab', { name: 'Review' }).click();
  },
};
/** The same in a project in which nothing else is amiss. */
const openedInCalm: typeof opened = {
  proposed: async (page) => {
    await page.goto('/checkout');
    await page.getByText('Statements that were seen').click();
    await page.getByRole('button', { name: 'Show the migration' }).click();
    await page.getByText('✔ ran there and back').waitFor();
  },
  edited: async (page) => {
    await page.goto('/checkout');
    await page.getByRole('button', { name: 'Show the migration' }).click();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Up', { exact: true }).fill('-- lockstep:up\nCREATE TABLE other (id integer);\n');
    await page.getByRole('button', { name: 'Prove the edited text' }).click();
    await page.getByText('does not arrive').waitFor();
  },
};

const browser = await findBrowser((line) => console.log(line));
if ('missing' in browser) throw new Error(browser.missing);
for (const [path, text] of Object.entries(files)) write(folder, path, text);
await lockstep('up', '--to', '005_events');
await lockstep('up', '--env', 'staging', '--to', '003_products');
await lockstep('up', '--env', 'prod/eu', '--to', '001_customers', '--confirm', 'prod/eu');
await lockstep('checkout', '-m', 'coupons for orders');
await lockstep('sql', 'CREATE TABLE coupons (id integer NOT NULL PRIMARY KEY, code varchar(20) NOT NULL UNIQUE)');
await lockstep('sql', 'ALTER TABLE orders ADD COLUMN coupon_id integer');
await lockstep('up', '--allow', 'destructive');
for (const name of ['001_customers', '002_orders', '003_products'])
  write(calm, `migrations/${name}.sql`, files[`migrations/${name}.sql`] ?? '');
await lockstepIn(calm, 'up');
await lockstepIn(calm, 'checkout', '-m', 'coupons for orders');
await lockstepIn(calm, 'sql', 'CREATE TABLE coupons (id integer NOT NULL PRIMARY KEY, code varchar(20) NOT NULL UNIQUE)');
await lockstepIn(calm, 'sql', 'ALTER TABLE orders ADD COLUMN coupon_id integer');
const servers = [await serve(folder), await serve(calm), await serve(empty, { ...env, DATABASE_URL: '' })];
const [server, ofCalm, ofEmpty] = servers.map(({ url }) => url);
const chrome = await chromium.launch({
  executablePath: browser.path,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  mkdirSync(target, { recursive: true });
  let taken = 0;
  for (const { name, width, height, colorScheme } of looks) {
    const context = (baseURL: string | undefined): Promise<BrowserContext> =>
      chrome.newContext({ baseURL: baseURL ?? '', viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
    const picture = async (page: Page, title: string): Promise<void> => {
      await page.waitForTimeout(700);
      await page.screenshot({ path: join(target, `${title}-${name}.png`), fullPage: name !== 'phone' });
      taken += 1;
    };
    const page = await (await context(server)).newPage();
    for (const path of pages) {
      await page.goto(path);
      await page.locator('h1').waitFor();
      await picture(page, path.replaceAll('/', '-').slice(1) || 'overview');
    }
    for (const [title, open] of Object.entries(opened)) {
      await open(page);
      await picture(page, title);
    }
    const inCalm = await (await context(ofCalm)).newPage();
    for (const [title, open] of Object.entries(openedInCalm)) {
      await open(inCalm);
      await picture(inCalm, title);
    }
    const inEmpty = await (await context(ofEmpty)).newPage();
    await inEmpty.goto('/');
    await picture(inEmpty, 'welcome');
    for (const one of [page, inCalm, inEmpty]) await one.context().close();
  }
  console.log(`${taken} pictures in ${target}`);
} finally {
  await chrome.close();
  for (const { stop } of servers) await stop();
  rmSync(space, { recursive: true, force: true });
}
