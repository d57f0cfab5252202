import { describe, expect, inject, test } from 'vitest';
import { benchOf } from './fuzz/benches.ts';
import { fuzz } from './fuzz/run.ts';
import { flavours, freshFolder } from './support/database.ts';
import { rounds } from './support/effort.ts';

const budgets = { sqlite: rounds(40, 500), pglite: rounds(2, 60), postgres: rounds(2, 60), mariadb: rounds(3, 60) } as const;

describe.each(flavours)('on %s', (flavour) => {
  test('random structures with rows lead to one another and back', { timeout: 1_800_000 }, async ({ skip }) => {
    const [postgresUrl, mysqlUrl, missing] = [inject('postgresUrl'), inject('mysqlUrl'), inject('missingServers')];
    const served = { pglite: '', sqlite: '', postgres: postgresUrl, mariadb: mysqlUrl }[flavour];
    if (served === undefined) skip(`no server "${flavour}"`);
    const bench = benchOf(flavour, {
      folder: freshFolder(),
      postgres: postgresUrl === undefined ? { missing: missing.postgres ?? '' } : { url: postgresUrl },
      mariadb: mysqlUrl === undefined ? { missing: missing.mariadb ?? '' } : { url: mysqlUrl },
    });
    try {
      const { failures, passed } = await fuzz(bench, { rounds: budgets[flavour], seed: 1, shrinkMs: 20_000, most: 3 });
      expect(failures).toEqual([]);
      expect(passed).toBeGreaterThan(0);
    } finally {
      await bench.close();
    }
  });
});
