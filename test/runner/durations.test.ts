import { expect, test } from 'vitest';
import { status, up } from '../../src/commands/index.ts';
import { type Flavour, flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

const sleeps: Readonly<Record<Flavour, (seconds: number) => string>> = {
  sqlite: () => 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 300000) SELECT count(*) FROM c',
  pglite: (seconds) => `SELECT pg_sleep(${seconds})`,
  postgres: (seconds) => `SELECT pg_sleep(${seconds})`,
  mariadb: (seconds) => `SELECT SLEEP(${seconds})`,
};

/** What the history keeps of a migration's time is a part of what the run saw pass, and all that its statements took. */
async function durations(flavour: Flavour, files: Readonly<Record<string, string>>, least: number, transaction?: 'all'): Promise<void> {
  const { options, drop } = await workbench(flavour, files);
  const run = await up({ ...options, ...(transaction === undefined ? {} : { transaction }) });
  expect(run.failures).toEqual([]);
  const { migrations } = await status(options);
  for (const { id, ms } of run.done) {
    const kept = migrations.find((one) => one.id === id)?.ms ?? Number.NaN;
    // Both are rounded.
    expect(kept).toBeLessThanOrEqual((ms ?? 0) + 1);
    expect(kept).toBeGreaterThanOrEqual(flavour === 'sqlite' ? 1 : least);
  }
  await drop();
}

test.each(flavours)('a migration in several transactions takes as long as all of them, on %s', async (flavour) => {
  const sleep = sleeps[flavour];
  const outside = flavour === 'mariadb' ? 'CREATE INDEX i ON a (id)' : flavour === 'sqlite' ? 'VACUUM' : 'VACUUM a';
  await durations(
    flavour,
    {
      'migrations/001_a.sql': `CREATE TABLE a (id integer);\n${sleep(0.1)};\n${outside};\n${sleep(0.02)};\n`,
      'migrations/002_b.sql': `-- lockstep:no-transaction\n${sleep(0.1)};\n${sleep(0.02)};\n`,
      'migrations/003_c.sql': `INSERT INTO a VALUES (1);\n${sleep(0.12)};\n`,
    },
    120,
  );
});

test.each(['sqlite', 'pglite', 'postgres'] as const)('each migration of one transaction takes its own time, on %s', async (flavour) => {
  const file = (table: string): string => `CREATE TABLE ${table} (id integer);\n${sleeps[flavour](0.1)};\n`;
  await durations(
    flavour,
    { 'migrations/001_a.sql': file('a'), 'migrations/002_b.sql': file('b'), 'migrations/003_c.sql': file('c') },
    100,
    'all',
  );
});
