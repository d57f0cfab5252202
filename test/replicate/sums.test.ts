import { describe, expect, test } from 'vitest';
import { replicate } from '../../src/commands/index.ts';
import type { Connection, Driver } from '../../src/contracts/index.ts';
import { type Flavour, freshDatabase, freshFolder, type TestDatabase } from '../support/database.ts';

/** A driver behind which a statement runs on the target as soon as rows of the table `t` are there for good. */
function meddling({ driver, url }: TestDatabase, statements: readonly string[]): Driver {
  return {
    ...driver,
    connect: async (to, how) => {
      const connection = await driver.connect(to, how);
      return to.url === url ? meddled(connection, statements) : connection;
    },
  };
}

function meddled(connection: Connection, statements: readonly string[]): Connection {
  let came = false;
  const { copy, each } = connection;
  return {
    ...connection,
    query: async (sql, parameters) => {
      const result = await connection.query(sql, parameters);
      came ||= /^INSERT INTO \W?t\W/.test(sql);
      if (came && /^COMMIT/i.test(sql)) {
        came = false;
        for (const one of statements) await connection.query(one);
      }
      return result;
    },
    ...(copy === undefined
      ? {}
      : {
          copy: async (sql, data) => {
            came = true;
            await copy.call(connection, sql, data);
          },
        }),
    ...(each === undefined
      ? {}
      : {
          each: async (sql, rows) => {
            came = true;
            await each.call(connection, sql, rows);
          },
        }),
  };
}

async function filled(flavour: Flavour): Promise<TestDatabase> {
  const database = await freshDatabase(flavour);
  const connection = await database.connect();
  await connection.query('CREATE TABLE t (id integer PRIMARY KEY, a varchar(10), b varchar(10), n double precision)');
  await connection.query("INSERT INTO t VALUES (1, 'one', 'two', 0.1), (2, NULL, '', 0.2), (3, 'n', NULL, 0.3), (4, 'é', 'É', NULL)");
  await connection.close();
  return database;
}

async function run(source: TestDatabase, target: TestDatabase, statements: readonly string[]): Promise<unknown> {
  const driver = meddling(target, statements);
  const config = { drivers: [driver] };
  return replicate({ cwd: freshFolder(), env: {}, config, yes: true, from: source.url, to: target.url, data: true }).then(
    ({ tables }) => tables[0]?.rows,
    (error: { readonly code: string }) => error.code,
  );
}

const changes: Readonly<Record<string, readonly string[]>> = {
  'a value is another one': ["UPDATE t SET a = 'One' WHERE id = 1"],
  'a value has a blank more': ["UPDATE t SET a = 'one ' WHERE id = 1"],
  'a number has another last digit': ['UPDATE t SET n = 0.30000000000000004 WHERE id = 3'],
  'an empty text is no value': ['UPDATE t SET b = NULL WHERE id = 2'],
  'no value is an empty text': ["UPDATE t SET a = '' WHERE id = 2"],
  'no value is the letter n': ["UPDATE t SET b = 'n' WHERE id = 3"],
  'two columns have changed places': ["UPDATE t SET a = 'two', b = 'one' WHERE id = 1"],
  'two rows have changed a value': ["UPDATE t SET b = 'É' WHERE id = 1", "UPDATE t SET b = 'two' WHERE id = 4"],
  'a row is missing': ['DELETE FROM t WHERE id = 4'],
  'a row is another one': ['DELETE FROM t WHERE id = 4', "INSERT INTO t VALUES (5, 'é', 'É', NULL)"],
};

describe.each([
  ['sqlite', 'sqlite'],
  ['postgres', 'postgres'],
  ['mariadb', 'mariadb'],
  ['postgres', 'mariadb'],
  ['mariadb', 'postgres'],
] as const)('%s to %s', (from, to) => {
  test('what was changed in the target behind its rows is noticed, whatever it was', async () => {
    const source = await filled(from);
    const kept: string[] = [];
    for (const [what, statements] of Object.entries(changes)) {
      const target = await freshDatabase(to);
      if ((await run(source, target, statements)) !== 'replicate.differs') kept.push(what);
      await target.drop();
    }
    const untouched = await freshDatabase(to);
    expect(await run(source, untouched, ["UPDATE t SET a = 'one' WHERE id = 1"])).toBe(4);
    expect(kept).toEqual([]);
    await untouched.drop();
    await source.drop();
  });
});
