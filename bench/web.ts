import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../test/support/server/browser.ts';

const built = fileURLToPath(new URL('../dist/web', import.meta.url));
const program = fileURLToPath(new URL('../bin/lockstep', import.meta.url));
const [migrations, databases, tables] = [5000, 500, 1000];

/** What a page weighs, how soon the first is there, and how a very large matrix and a very large structure behave. Prints it. */
export async function measureWeb(folder: string): Promise<boolean> {
  const found = await findBrowser((line) => console.log(line));
  if ('missing' in found) throw new Error(found.missing);
  const scripts = firstLoad();
  const server = await serve(folder);
  const browser = await chromium.launch({
    executablePath: found.path,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const first = await firstPage(browser, server.url);
    const matrix = await largeMatrix(browser, server.url);
    const diagram = await largeDiagram(browser, server.url);
    console.log('web');
    console.log(`  first load   ${(scripts / 1000).toFixed(1)} kB of compressed script (180)`);
    console.log(`  first page   ${first.page.toFixed(0)} ms to its content, an empty page ${first.bare.toFixed(0)} ms (1000)`);
    console.log(
      `  matrix       ${migrations} × ${databases}: a filter ${matrix.filter.toFixed(0)} ms, the slowest frame of scrolling ${matrix.scroll.toFixed(0)} ms (50)`,
    );
    console.log(
      `  diagram      ${tables} tables: ${diagram.there.toFixed(0)} ms until it is there, longest block ${diagram.blocked.toFixed(0)} ms (100)`,
    );
    return scripts <= 180_000 && first.page <= 1000 && matrix.filter <= 50 && matrix.scroll <= 50 && diagram.blocked <= 100;
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** What the page asks for before anything is chosen: the script that it names, and all that this imports at once. */
function firstLoad(): number {
  const html = readFileSync(join(built, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, path]) => path ?? '');
  return named.reduce((sum, path) => sum + gzipSync(readFileSync(join(built, path)), { level: 9 }).length, 0);
}

async function serve(folder: string): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const home = mkdtempSync(join(folder, 'web-'));
  mkdirSync(join(home, 'migrations'));
  writeFileSync(join(home, 'migrations/001_a.sql'), 'CREATE TABLE a (id integer NOT NULL PRIMARY KEY);\n');
  const child = spawn(process.execPath, [program, 'serve', '--port', '0', '--url', 'sqlite:./a.db'], {
    cwd: home,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await new Promise<string>((done, fail) => {
    let said = '';
    child.stderr.on('data', (part: Buffer) => {
      said += part.toString();
      const at = /listens at (\S+)/.exec(said)?.[1];
      if (at !== undefined) done(at);
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

async function firstPage(browser: Browser, url: string): Promise<{ readonly page: number; readonly bare: number }> {
  const timed = async (path: string, content: string): Promise<number> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    const begun = performance.now();
    await page.goto(url + path);
    await page.locator(content).first().waitFor();
    const ms = performance.now() - begun;
    await context.close();
    return ms;
  };
  await timed('/healthz', 'body');
  const [pages, bares] = [[], []] as [number[], number[]];
  for (let round = 0; round < 5; round += 1) {
    bares.push(await timed('/healthz', 'body'));
    pages.push(await timed('/', '.cards .card'));
  }
  return { page: median(pages), bare: median(bares) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function answering(browser: Browser, url: string, path: string, data: unknown): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
  const body = JSON.stringify({ v: 1, ok: true, data, problems: [] });
  await page.route(`${url}/api/v1/${path}`, (route) => route.fulfill({ contentType: 'application/json', body }));
  return page;
}

async function largeMatrix(browser: Browser, url: string): Promise<{ readonly filter: number; readonly scroll: number }> {
  const page = await answering(browser, url, 'databases', {
    databases: Array.from({ length: databases }, (_, i) => ({
      name: `eu/${i}`,
      target: `postgres://eu-${i}/app`,
      protected: false,
      upToDate: false,
    })),
    migrations: Array.from({ length: migrations }, (_, i) => ({
      module: 'app',
      id: `${String(i).padStart(5, '0')}_change_number_${i}`,
      version: String(i),
      name: `change number ${i}`,
      cells: Array.from({ length: databases }, (_each, k) => ((i * 31 + k * 17) % 97 === 0 ? 'p' : 'a')).join(''),
    })),
    upToDate: false,
  });
  await page.goto(`${url}/matrix`);
  await page.locator('.grid-row').first().waitFor();
  // What a person feels: from the key to the frame that shows what came of it.
  const filter = await page.evaluate<number>(`(async () => {
    const input = document.querySelector('[data-filter]');
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const times = [];
    for (const text of ['4', '49', '499', '4999', '499', '49', '']) {
      const rows = document.querySelector('[role=status].muted').textContent;
      const begun = performance.now();
      set.call(input, text);
      input.dispatchEvent(new Event('input', { bubbles: true }));
      while (document.querySelector('[role=status].muted').textContent === rows && performance.now() - begun < 2000) await frame();
      times.push(performance.now() - begun);
    }
    return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  })()`);
  const scroll = await page.evaluate<number>(`(async () => {
    const grid = document.querySelector('.grid');
    let worst = 0;
    for (let step = 0; step < 60; step += 1) {
      const begun = performance.now();
      grid.scrollTop += 700;
      grid.scrollLeft += 300;
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      if (step > 2) worst = Math.max(worst, performance.now() - begun);
    }
    return worst;
  })()`);
  await page.context().close();
  return { filter, scroll };
}

async function largeDiagram(browser: Browser, url: string): Promise<{ readonly there: number; readonly blocked: number }> {
  const page = await answering(browser, url, 'structure', {
    database: 'large',
    target: 'postgres://large',
    server: 'PostgreSQL 18',
    others: [],
    unread: [],
    tables: Array.from({ length: tables }, (_, i) => ({
      name: `table_${i}`,
      columns: Array.from({ length: 12 }, (_each, k) => ({ name: `column_${k}`, type: 'varchar(80)', nullable: true, inKey: k === 0 })),
      key: ['column_0'],
      references: i === 0 ? [] : [{ columns: ['column_1'], table: `table_${Math.floor(i / 6)}`, target: ['column_0'] }],
      rules: [],
      indexes: [],
    })),
  });
  await page.goto(`${url}/structure`);
  await page.getByRole('tab', { name: 'Diagram' }).waitFor();
  await page.evaluate(
    `window.blocked = 0; new PerformanceObserver((list) => { for (const one of list.getEntries()) window.blocked = Math.max(window.blocked, one.duration); }).observe({ type: 'longtask' })`,
  );
  const begun = performance.now();
  await page.getByRole('tab', { name: 'Diagram' }).click();
  await page.locator('.table-box').first().waitFor();
  const there = performance.now() - begun;
  await page.waitForTimeout(500);
  const blocked = await page.evaluate<number>('window.blocked');
  await page.context().close();
  return { there, blocked };
}
