import { type Connection, DatabaseError, type Driver, type Result, type Target } from './contracts/index.ts';
import type { Nonconformity } from './testing-files.ts';

/** A text that any quoting, encoding or line handling would spoil. */
const awkward = `it's "quoted" \\ back\nnew line, ünï → 漢字, NULL, $1 ? -- '`;
const table = 'lockstep_conformance';

/** A database of its own to try a driver on. */
export interface DriverSample {
  readonly target: Target;
  /** How the engine writes the first parameter of a query: `$1` or `?`. */
  readonly parameter: string;
}

/**
 * Tries a driver on a database that it can reach, and gives everything that it does otherwise than the contract says; nothing when it keeps
 * it. A table is made there and dropped again.
 */
export async function conformDriver(driver: Driver, { target, parameter }: DriverSample): Promise<readonly Nonconformity[]> {
  const found: Nonconformity[] = [];
  const rule = async (name: string, work: () => Promise<readonly [holds: boolean, seen: unknown]>): Promise<void> => {
    try {
      const [holds, seen] = await work();
      if (!holds) found.push({ rule: name, found: JSON.stringify(seen) ?? 'nothing' });
    } catch (error) {
      found.push({ rule: name, found: error instanceof Error ? error.message : String(error) });
    }
  };
  const connected = async <T>(work: (connection: Connection) => Promise<T>): Promise<T> => {
    const connection = await driver.connect(target, { label: 'lockstep conformance' });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  };
  const { name, engine, schemes } = driver;
  const isNamed = name !== '' && engine !== '' && schemes.length > 0 && schemes.every((scheme) => !scheme.includes(':'));
  await rule('it has a name, an engine, and schemes without a colon', async () => [isNamed, { name, engine, schemes }]);
  await rule('a row is an object of its columns', () =>
    connected(async (connection) => {
      const { rows } = await connection.query(`SELECT 'x' AS first, NULL AS second`);
      return [rows.length === 1 && rows[0]?.['first'] === 'x' && rows[0]['second'] === null, rows];
    }),
  );
  await rule('a query without rows gives none', () =>
    connected(async (connection) => {
      const { rows } = await connection.query('SELECT 1 AS one WHERE 1 = 0');
      return [rows.length === 0, rows];
    }),
  );
  await rule('a parameter arrives as it was given', () =>
    connected(async (connection) => {
      const { rows } = await connection.query(`SELECT CAST(${parameter} AS char(100)) AS given`, [awkward]);
      return [String(rows[0]?.['given']).trimEnd() === awkward, rows];
    }),
  );
  await rule('what the database refuses is a DatabaseError, and the connection lives on', () =>
    connected(async (connection) => {
      const error = await refusalOf(() => connection.query(`SELECT * FROM ${table}_nowhere`));
      const { rows } = await connection.query('SELECT 1 AS one');
      return [error instanceof DatabaseError && !error.lost && error.message !== '' && rows.length === 1, String(error)];
    }),
  );
  await rule('a script runs to its last statement, and another connection sees what it did', async () => {
    await connected((connection) =>
      connection.script(`DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (id integer); INSERT INTO ${table} VALUES (1), (2)`),
    );
    const { rows }: Result = await connected((connection) => connection.query(`SELECT id FROM ${table} ORDER BY id`));
    return [rows.length === 2, rows];
  });
  await rule('what a data statement changed is counted, or not told at all', () =>
    connected(async (connection) => {
      const { affected } = await connection.query(`DELETE FROM ${table} WHERE id = 1`);
      return [affected === undefined || affected === 1, affected];
    }),
  );
  await rule('a script with a statement that fails is refused with a DatabaseError', () =>
    connected(async (connection) => {
      const error = await refusalOf(() => connection.script(`SELECT 1; SELECT * FROM ${table}_nowhere; SELECT 2`));
      return [error instanceof DatabaseError, String(error)];
    }),
  );
  await rule('its table can be dropped', () =>
    connected(async (connection) => {
      await connection.query(`DROP TABLE IF EXISTS ${table}`);
      return [true, undefined];
    }),
  );
  return found;
}

async function refusalOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return 'it was not refused';
  } catch (error) {
    return error;
  }
}
