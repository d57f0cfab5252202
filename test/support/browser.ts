import type { Browser, BrowserContext, Page } from 'playwright-core';
import { inject, onTestFinished, TestRunner } from 'vitest';

let shared: Promise<Browser> | undefined;

/** What a page needs to be opened with. */
export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
}

/** Starts one browser for all tests of a file. It speaks to nobody but the servers of the tests. */
async function browser(): Promise<Browser> {
  const path = inject('browser');
  if (path === undefined) {
    const why = `no browser: ${inject('missingBrowser') ?? 'unknown reason'}`;
    TestRunner.getCurrentTest()?.context.skip(why);
    throw new Error(why);
  }
  const { chromium } = await import('playwright-core');
  shared ??= chromium.launch({
    executablePath: path,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
    ],
  });
  return shared;
}

/** A page of a person of their own: no other shares its cookies. Whatever its console says of errors fails the test. */
export async function openPage(base: string, options: PageOptions = {}): Promise<Page> {
  const { width = 1280, height = 800, theme = 'light' } = options;
  const context: BrowserContext = await (await browser()).newContext({
    baseURL: base,
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => {
    // What a server refuses is told by the browser too; the page shows it, and the tests look at that.
    if (message.type() === 'error' && !message.text().includes('Failed to load resource')) wrong.push(message.text());
  });
  onTestFinished(async () => {
    await context.close();
    if (wrong.length > 0) throw new Error(`the page complained:\n${wrong.join('\n')}`);
  });
  return page;
}

/** Ends the browser of a file. */
export async function closeBrowser(): Promise<void> {
  const open = await shared;
  shared = undefined;
  await open?.close();
}
