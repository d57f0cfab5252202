import { Failure } from '../base/index.ts';
import { defineConfig } from '../config/index.ts';
import { libsql, mysql2, nodeSqlite, pg, pglite } from '../drivers/index.ts';
import { fixture } from '../fixtures/index.ts';
import { extension, migration } from '../runner/index.ts';

/** What `import … from 'lockstep'` gives inside migrations and configurations: the running copy's own functions. */
export const authoringModule: Readonly<Record<string, unknown>> = {
  defineConfig,
  extension,
  fixture,
  migration,
  Failure,
  libsql,
  mysql2,
  nodeSqlite,
  pg,
  pglite,
};
