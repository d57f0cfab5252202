import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makeDatabase, type TestDatabase } from '../test/support/server/database.ts';
import type { Provision } from '../test/support/server/provide.ts';
import { type Measured, measure, measureProgram } from './measure.ts';
import { type Served, structure } from './structures.ts';
import type { Row } from './table.ts';
import type { Workload } from './workloads.ts';

interface Bench {
  readonly runs: number;
  readonly provision: Provision;
  readonly program: string;
}

/** The programs with which an engine dumps itself. */
const dumps: Readonly<Record<Served, (url: URL) => readonly [string, readonly string[]]>> = {
  postgres: (url) => ['pg_dump', ['--schema-only', '--dbname', url.href]],
  mariadb: (url) => [
    'mariadb-dump',
    ['--no-defaults', '--no-data', `--host=${url.hostname}`, `--port=${url.port}`, `--user=${url.username}`, url.pathname.slice(1)],
  ],
};

/**
 * Reads a structure, or compares two databases that hold the same, in turns with the engine's own dump of one: whole processes. `dump` of
 * Lockstep reads, orders and writes all of it; `diff` reads both sides and compares them, and makes no scratch database where they are equal.
 * Where one column differs it makes both structures anew, and goes there and back with rows.
 */
export async function measureStructure(flavour: Served, workload: Workload, { runs, provision, program }: Bench): Promise<Row> {
  const results = { raw: [] as Measured[], lockstep: [] as Measured[] };
  const databases = [await filled(flavour, workload.size, provision)];
  if (workload.kind !== 'read') databases.push(await filled(flavour, workload.size, provision));
  if (workload.kind === 'differ') await change(databases.at(-1));
  const [one, other] = databases.map(({ url }) => url) as [string, string?];
  const args = other === undefined ? ['dump', '--from', one] : ['diff', '--from', one, '--to', other];
  for (let i = 0; i < runs; i++) {
    const dumped = await measureProgram(...dumps[flavour](new URL(one)));
    expectAll(dumped.stdout, workload.size);
    results.raw.push(dumped);
    const own = await measure([program, ...args], provision.folder);
    if (other === undefined) expectAll(own.stdout, workload.size);
    results.lockstep.push(own);
  }
  for (const database of databases) await database.drop();
  return { workload, flavour, against: dumps[flavour](new URL(one))[0], ...results };
}

/** A dump that lacks tables would be the fastest. */
function expectAll(dumped: string, size: number): void {
  const tables = dumped.match(/^CREATE TABLE /gm)?.length ?? 0;
  if (tables !== size) throw new Error(`${tables} of ${size} tables were dumped`);
}

async function change(database: TestDatabase | undefined): Promise<void> {
  const connection = await database?.connect();
  await connection?.query('ALTER TABLE t1 ADD COLUMN added integer');
  await connection?.close();
}

async function filled(flavour: Served, size: number, provision: Provision): Promise<TestDatabase> {
  const provided = provision[flavour];
  if ('missing' in provided) throw new Error(`no server "${flavour}": ${provided.missing}`);
  const database = await makeDatabase(flavour, mkdtempSync(join(provision.folder, 'structure-')), provided.url);
  const connection = await database.connect();
  // As many in one message as the locks of one transaction allow.
  let waiting: string[] = [];
  for (const statement of structure(flavour, size)) {
    if (waiting.push(statement) < 200) continue;
    await connection.script(waiting.join(';\n'));
    waiting = [];
  }
  if (waiting.length > 0) await connection.script(waiting.join(';\n'));
  await connection.close();
  return database;
}

/** The CPU of comparing two structures in memory, without reading them or loading anything; the memory is that of the whole process. */
export async function measurePure(workload: Workload, { runs, provision }: Bench): Promise<Row> {
  const outfile = join(mkdtempSync(join(provision.folder, 'pure-')), 'pure.mjs');
  const entry = fileURLToPath(new URL('pure.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  const lockstep: Measured[] = [];
  for (let i = 0; i < runs; i++) {
    const measured = await measure([outfile, ...workload.args], provision.folder);
    const { cpu, changes } = JSON.parse(measured.stdout) as { cpu: number; changes: number };
    if ((changes === 0) !== workload.args.includes('equal')) throw new Error(`${workload.name}: ${changes} changes`);
    lockstep.push({ ...measured, cpu });
  }
  return { workload, flavour: undefined, raw: [], lockstep };
}
