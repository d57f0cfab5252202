import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findBrowser } from '../test/support/server/browser.ts';

// Takes a picture of every page, in both themes and at the width of a phone, of a project that has something to show on each: long names, a
// failure, drift, a check-out, ten thousand rows. `npm run shots -- FOLDER` puts them elsewhere than in `shots`. To be looked at: docs/web-review.md.
const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'bin/lockstep');
const target = resolve(process.argv[2] ?? join(root, 'shots'));
const folder = mkdtempSync(join(tmpdir(), 'lockstep-shots-'));
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
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: folder, env, stdio: 'ignore' });
    child.on('error', fail);
    child.on('close', () => done());
  });
}

async function serve(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const child = spawn(process.execPath, [program, 'serve', '--port', '0'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
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

const browser = await findBrowser((line) => console.log(line));
if ('missing' in browser) throw new Error(browser.missing);
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
await lockstep('up', '--to', '005_events');
await lockstep('up', '--env', 'staging', '--to', '003_products');
await lockstep('up', '--env', 'prod/eu', '--to', '001_customers', '--confirm', 'prod/eu');
await lockstep('checkout', '-m', 'coupons for orders');
await lockstep('sql', 'CREATE TABLE coupons (id integer NOT NULL PRIMARY KEY, code varchar(20) NOT NULL UNIQUE)');
await lockstep('sql', 'ALTER TABLE orders ADD COLUMN coupon_id integer');
await lockstep('up', '--allow', 'destructive');
const server = await serve();
const chrome = await chromium.launch({
  executablePath: browser.path,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  mkdirSync(target, { recursive: true });
  for (const { name, width, height, colorScheme } of looks) {
    const context = await chrome.newContext({ baseURL: server.url, viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    for (const path of pages) {
      await page.goto(path);
      await page.locator('h1').waitFor();
      await page.waitForTimeout(700);
      const file = `${path.replaceAll('/', '-').slice(1) || 'overview'}-${name}.png`;
      await page.screenshot({ path: join(target, file), fullPage: name !== 'phone' });
    }
    await page.goto('/structure');
    await page.getByRole('tab', { name: 'Diagram' }).click();
    await page.waitForTimeout(1000);
    await page.screenshot({ path: join(target, `diagram-${name}.png`) });
    await page.goto('/migrations');
    await page.getByRole('button', { name: /^Run all/ }).click();
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(target, `dialog-${name}.png`) });
    await context.close();
  }
  console.log(`${looks.length * (pages.length + 2)} pictures in ${target}`);
} finally {
  await chrome.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
