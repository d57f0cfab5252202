import { describe, expect, test } from 'vitest';
import { upsInLog } from '../support/crash.ts';
import { flavours, freshDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

const files = Object.fromEntries(
  [1, 2, 3, 4, 5].map((n) => [`migrations/00${n}_t${n}.sql`, `CREATE TABLE t${n} (id integer);\nINSERT INTO t${n} (id) VALUES (${n});`]),
);

describe.each(flavours)('on %s', (flavour) => {
  test.each([2, 10])(
    '%i processes that start at once on an empty database all succeed, and each migration runs once',
    async (n) => {
      const database = await freshDatabase(flavour);
      const project = sandbox(files);
      const outcomes = await Promise.all(
        Array.from({ length: n }, () =>
          project.run(['up', '--json', '--lock-timeout', '4m'], { env: { DATABASE_URL: database.url }, timeout: 300_000 }),
        ),
      );
      for (const outcome of outcomes) expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0);
      const done = outcomes.flatMap((outcome) => JSON.parse(outcome.stdout).data.done.map((item: { id: string }) => item.id));
      expect(done.sort()).toEqual(['001_t1', '002_t2', '003_t3', '004_t4', '005_t5']);
      expect(Object.values(await upsInLog(database))).toEqual([1, 1, 1, 1, 1]);
      await database.drop();
    },
    300_000,
  );
});
