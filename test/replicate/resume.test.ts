import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/base/index.ts';
import { type ReplicateOptions, replicate } from '../../src/commands/index.ts';
import type { RunEvent } from '../../src/contracts/index.ts';
import { type Flavour, freshDatabase, freshFolder, type TestDatabase } from '../support/database.ts';
import { type Fate, openProxy } from '../support/proxy.ts';

const rows = 12_000;

/** A table with a key of two parts, and one without any; both are larger than what goes over at once. */
async function filled(flavour: Flavour, options = ''): Promise<TestDatabase> {
  const database = await freshDatabase(flavour);
  const connection = await database.connect();
  const columns = 'part varchar(10) NOT NULL, id integer NOT NULL, note varchar(500), PRIMARY KEY (part, id)';
  await connection.query(`CREATE TABLE keyed (${columns})${options}`);
  await connection.query(`CREATE TABLE loose (id integer, note varchar(500))${options}`);
  const values = Array.from({ length: rows }, (_, i) => `('p${i % 3}', ${i}, '${`note ${i} `.repeat(40)}')`);
  for (let i = 0; i < rows; i += 3000) await connection.query(`INSERT INTO keyed VALUES ${values.slice(i, i + 3000).join(',')}`);
  await connection.query('INSERT INTO loose SELECT id, note FROM keyed');
  await connection.close();
  return database;
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Failure) return error;
  throw error ?? new Error('nothing failed');
}

async function query(database: TestDatabase, sql: string): Promise<readonly unknown[]> {
  const connection = await database.connect();
  try {
    return Object.values((await connection.query(sql)).rows[0] ?? {}).map(Number);
  } finally {
    await connection.close();
  }
}

const common = (): Pick<ReplicateOptions, 'cwd' | 'env' | 'yes' | 'data'> => ({ cwd: freshFolder(), env: {}, yes: true, data: true });

/** Tells when a table has come so far. */
function at(table: string | undefined, wanted: number, then: () => void): (event: RunEvent) => void {
  return (event) => {
    if (event.ev === 'rows' && (table ?? event.table) === event.table && event.rows >= wanted && event.done !== true) then();
  };
}

describe.each([
  ['mariadb', 'postgres', 'target'],
  ['mariadb', 'postgres', 'source'],
  ['postgres', 'mariadb', 'target'],
  ['postgres', 'mariadb', 'source'],
  ['postgres', 'postgres', 'target'],
  ['postgres', 'postgres', 'source'],
  ['mariadb', 'mariadb', 'target'],
] as const)('%s to %s, when the connection to the %s is lost', (from, to, side) => {
  test.each(side === 'source' ? ['any'] : ['keyed', 'loose'])(
    'in the table %s, the same command goes on and nothing is there twice',
    async (table) => {
      const [source, target] = [await filled(from), await freshDatabase(to)];
      const proxy = await openProxy(side === 'source' ? source.url : target.url);
      const urls = side === 'source' ? { from: proxy.url, to: target.url } : { from: source.url, to: proxy.url };
      const broken = await failure(replicate({ ...common(), ...urls, emit: at(side === 'source' ? undefined : table, 5000, proxy.cut) }));
      expect(broken.code).toBe('connection.lost');
      // What the source has sent is read to its end, so that it may be missed only in the next table.
      expect(broken.message).toMatch(side === 'source' ? /in table "\w+" after \d+ rows/ : `in table "${table}" after`);
      expect(broken.details.state).toContain('the same command goes on there');
      if (side === 'target') {
        const [there] = await query(target, `SELECT count(*) AS n FROM ${table}`);
        if (table === 'keyed') expect(there).toBeGreaterThanOrEqual(5000);
        expect(there).toBeLessThan(table === 'keyed' ? rows : 1);
      }

      const report = await replicate({ ...common(), ...urls });
      expect(report).toMatchObject({ resumed: true });
      expect(report.tables.map((one) => [one.table, one.rows]).sort()).toEqual([
        ['keyed', rows],
        ['loose', rows],
      ]);
      expect(await query(target, 'SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(id) AS total FROM keyed')).toEqual([
        rows,
        rows,
        (rows * (rows - 1)) / 2,
      ]);
      expect(await query(target, 'SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(id) AS total FROM loose')).toEqual([
        rows,
        rows,
        (rows * (rows - 1)) / 2,
      ]);
      await expect(query(target, 'SELECT count(*) FROM lockstep_replicate')).rejects.toThrow();
      await proxy.close();
      await source.drop();
      await target.drop();
    },
  );
});

test.each(['keyed', 'loose'])('a table without transactions begins anew when the copy broke off in it: %s', async (table) => {
  const [source, target] = [await filled('mariadb', ' ENGINE = MyISAM'), await freshDatabase('mariadb')];
  // The first rows are there when the connection is cut, and what was kept of how far it was is not.
  const proxy = await openProxy(target.url, behind(`INSERT INTO \`${table}\``, 'lockstep_replicate'));
  const broken = await failure(replicate({ ...common(), from: source.url, to: proxy.url }));
  expect(broken).toMatchObject({ code: 'connection.lost', details: { state: expect.stringContaining('begins there with it anew') } });
  expect((await query(target, `SELECT count(*) AS n FROM ${table}`))[0]).toBeGreaterThan(0);
  const report = await replicate({ ...common(), from: source.url, to: proxy.url });
  expect(report).toMatchObject({ resumed: true });
  for (const one of ['keyed', 'loose']) {
    expect(await query(target, `SELECT count(*) AS n, count(DISTINCT id) AS ids, sum(id) AS total FROM ${one}`)).toEqual([
      rows,
      rows,
      (rows * (rows - 1)) / 2,
    ]);
  }
  await proxy.close();
  await source.drop();
  await target.drop();
});

/** A judge that cuts the connection, once, before the first piece with the second text behind one with the first. */
function behind(first: string, second: string): (piece: string) => Fate {
  const waiting = [first, second];
  return (piece) => {
    if (waiting[0] === undefined || !piece.includes(waiting[0])) return 'pass';
    waiting.shift();
    return waiting.length === 0 ? 'cut' : 'pass';
  };
}

test('a copy that was interrupted is not mistaken for another one', async () => {
  const [source, other, target] = [await filled('sqlite'), await filled('sqlite'), await freshDatabase('sqlite')];
  const stop = new AbortController();
  const options = { ...common(), to: target.url };
  const broken = await failure(replicate({ ...options, from: source.url, stop: stop.signal, emit: at('keyed', 5000, () => stop.abort()) }));
  expect(broken.code).toBe('interrupted');
  expect((await failure(replicate({ ...options, from: other.url }))).code).toBe('replicate.not-empty');
  const connection = await source.connect();
  await connection.query("UPDATE keyed SET note = 'new' WHERE part = 'p0'");
  await connection.close();
  // What was copied is no longer what the source holds.
  expect((await failure(replicate({ ...options, from: source.url }))).code).toBe('replicate.differs');
  for (const database of [source, other, target]) await database.drop();
});
