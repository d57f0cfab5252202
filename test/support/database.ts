import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { inject, TestRunner } from 'vitest';
import { type Flavour, isServed, makeDatabase, type TestDatabase } from './server/database.ts';

export { type Flavour, flavours, type TestDatabase } from './server/database.ts';

/** An empty database of a kind, with a name that nobody else has. The test that asks is skipped where its server is missing. */
export async function freshDatabase(flavour: Flavour): Promise<TestDatabase> {
  return await makeDatabase(flavour, freshFolder(), isServed(flavour) ? serverUrl(flavour) : '');
}

/** An empty folder of the test's own, in memory where there is room. It goes at the end of the run at the latest. */
export function freshFolder(): string {
  return mkdtempSync(join(inject('runFolder'), 'test-'));
}

/** Where a server is missing, ends the running test as one that did not run. In a hook, which cannot be skipped, it is an error. */
function serverUrl(flavour: 'postgres' | 'mariadb'): string {
  const url = flavour === 'postgres' ? inject('postgresUrl') : inject('mysqlUrl');
  if (url !== undefined) return url;
  const why = `no server "${flavour}": ${inject('missingServers')[flavour] ?? 'unknown reason'}`;
  TestRunner.getCurrentTest()?.context.skip(why);
  throw new Error(why);
}
