import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { makeDatabase, type TestDatabase } from '../test/support/server/database.ts';
import type { Provision } from '../test/support/server/provide.ts';
import { type Measured, measure, measureProgram } from './measure.ts';
import type { Served } from './structures.ts';
import type { Row } from './table.ts';
import type { Workload } from './workloads.ts';

interface Bench {
  readonly runs: number;
  readonly provision: Provision;
  readonly program: string;
}

/** The engine's own programs as a pipe of the shell, from the database of one URL into that of another. */
const pipes: Readonly<Record<Served, readonly [name: string, command: (from: URL, to: URL) => string]>> = {
  postgres: ['pg_dump | psql', (from, to) => `pg_dump -d '${from.href}' | psql -X -q -v ON_ERROR_STOP=1 -d '${to.href}' > /dev/null`],
  mariadb: ['mariadb-dump | mariadb', (from, to) => `mariadb-dump ${clientArguments(from)} | mariadb ${clientArguments(to)}`],
};

function clientArguments({ hostname, port, username, pathname }: URL): string {
  return `--no-defaults --host=${hostname} --port=${port} --user=${username} ${pathname.slice(1)}`;
}

/** Copies a database with its rows to an empty one of the same engine, in turns with the engine's own programs. */
export async function measureReplicate(flavour: Served, workload: Workload, { runs, provision, program }: Bench): Promise<Row> {
  const [against, command] = pipes[flavour];
  const results = { raw: [] as Measured[], lockstep: [] as Measured[] };
  const source = await empty(flavour, provision);
  await query(source, ...filling(flavour, workload.size));
  const onto = async (side: keyof typeof results, work: (target: TestDatabase) => Promise<Measured>): Promise<void> => {
    const target = await empty(flavour, provision);
    results[side].push(await work(target));
    await expectRows(target, workload.size);
    await target.drop();
  };
  for (let i = 0; i < runs; i++) {
    await onto('raw', ({ url }) => measureProgram('sh', ['-c', command(new URL(source.url), new URL(url))]));
    await onto('lockstep', ({ url, folder }) => measure([program, ...workload.args, '--from', source.url, '--to', url], folder));
  }
  await source.drop();
  return { workload, flavour, against, ...results };
}

function empty(flavour: Served, provision: Provision): Promise<TestDatabase> {
  const provided = provision[flavour];
  if ('missing' in provided) throw new Error(`no server "${flavour}": ${provided.missing}`);
  return makeDatabase(flavour, mkdtempSync(join(provision.folder, 'replicate-')), provided.url);
}

async function query(database: TestDatabase, ...statements: readonly string[]): Promise<number> {
  const connection = await database.connect();
  try {
    let last = 0;
    for (const sql of statements) last = Number((await connection.query(sql)).rows[0]?.['n']);
    return last;
  } finally {
    await connection.close();
  }
}

/** A copy that lacks rows would be the fastest. */
async function expectRows(database: TestDatabase, size: number): Promise<void> {
  const counts = ['wide', 'narrow', 'pairs', 'loose'].map((table) => `(SELECT count(*) FROM ${table})`);
  const found = await query(database, `SELECT ${counts.join(' + ')} AS n`);
  if (found !== size) throw new Error(`${found} of ${size} rows were copied`);
}

/** A fifth of the rows in a table of 16 columns with an index, half of them in one of two, the others with a key of two parts and without any. */
function filling(flavour: Served, size: number): readonly string[] {
  const isPostgres = flavour === 'postgres';
  const bytes = isPostgres ? 'bytea' : 'varbinary(32)';
  const numbers = (count: number): string =>
    isPostgres ? `generate_series(1, ${count}) AS s (i)` : `(SELECT seq AS i FROM seq_1_to_${count}) s`;
  const digest = isPostgres ? "decode(md5(i::text), 'hex')" : 'UNHEX(MD5(i))';
  const moment = (unit: string): string =>
    isPostgres ? `TIMESTAMP '2001-01-01 10:00:00' + i * INTERVAL '1 ${unit}'` : `TIMESTAMP '2001-01-01 10:00:00' + INTERVAL i ${unit}`;
  return [
    `CREATE TABLE wide (id bigint PRIMARY KEY, a integer NOT NULL, b bigint, c decimal(12,2), d double precision, e real, f boolean, g varchar(60),
      h text, i date, j ${isPostgres ? 'timestamp' : 'datetime'}, k ${bytes}, l varchar(20), m integer, n text, o smallint)`,
    `INSERT INTO wide SELECT i, i * 7 % 1000, i * 103, i % 100000 / 100.0, i / 3.0, i % 1000 / 8.0, i % 2 = 0, concat('name number ', i),
      concat('some text and some text and some text and some text ', i), ${moment('minute')}, ${moment('second')}, ${digest},
      CASE WHEN i % 3 = 0 THEN NULL ELSE concat('x', i) END, i % 77, concat('a line', ${isPostgres ? 'chr(10)' : 'char(10)'}, 'and another ', i), i % 300 FROM ${numbers(size / 5)}`,
    'CREATE INDEX wide_a ON wide (a)',
    'CREATE TABLE narrow (id integer PRIMARY KEY, n integer NOT NULL)',
    `INSERT INTO narrow SELECT i, i * 13 % 5000 FROM ${numbers(size / 2)}`,
    'CREATE TABLE pairs (a integer NOT NULL, b integer NOT NULL, note varchar(40), PRIMARY KEY (a, b))',
    `INSERT INTO pairs SELECT ${isPostgres ? 'i / 10' : 'i DIV 10'}, i % 10, concat('note ', i) FROM ${numbers(size / 5)}`,
    'CREATE TABLE loose (a integer, note varchar(80))',
    `INSERT INTO loose SELECT i, concat('line number ', i, ' of many') FROM ${numbers(size / 10)}`,
  ];
}
