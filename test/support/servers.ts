import type { TestProject } from 'vitest/node';
import { findBrowser } from './server/browser.ts';
import { type Provided, provideServers } from './server/provide.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A URL of a PostgreSQL server whose user may create databases, or nothing when none can be had. */
    postgresUrl: string | undefined;
    /** The same for MySQL or MariaDB. */
    mysqlUrl: string | undefined;
    /** Why a server could not be had. */
    missingServers: { readonly postgres?: string; readonly mariadb?: string };
    /** The path of a Chromium, or nothing when none can be had. */
    browser: string | undefined;
    /** Why there is none. */
    missingBrowser: string | undefined;
    /** A folder that goes when the run ends, however it ends. */
    runFolder: string;
  }
}

/** Makes the servers that the tests need and stops them afterwards. Where CI is set, a server that cannot be had ends the run. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (line: string): void => {
    process.stderr.write(`tests: ${line}\n`);
  };
  const browser = await findBrowser(say);
  if ('missing' in browser) say(`NO BROWSER, its tests do not run: ${browser.missing}`);
  const { postgres, mariadb, folder, close } = await provideServers(say);
  const missing = { ...reason('postgres', postgres), ...reason('mariadb', mariadb) };
  for (const [name, why] of Object.entries(missing)) say(`NO SERVER "${name}", its tests do not run: ${why}`);
  if (Object.keys(missing).length > 0 && process.env['CI'] === 'true') {
    await close();
    throw new Error(`with CI=true every server must be there; missing: ${Object.keys(missing).join(', ')}`);
  }
  project.provide('browser', 'path' in browser ? browser.path : undefined);
  project.provide('missingBrowser', 'missing' in browser ? browser.missing : undefined);
  project.provide('postgresUrl', urlOf(postgres));
  project.provide('mysqlUrl', urlOf(mariadb));
  project.provide('missingServers', missing);
  project.provide('runFolder', folder);
  return close;
}

function urlOf(provided: Provided): string | undefined {
  return 'url' in provided ? provided.url : undefined;
}

function reason(name: string, provided: Provided): Record<string, string> {
  return 'missing' in provided ? { [name]: provided.missing } : {};
}
