import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Flavour, flavours, isServed, makeDatabase, type TestDatabase } from '../test/support/server/database.ts';
import { type Provision, provideServers } from '../test/support/server/provide.ts';
import { measureFixtures } from './fixtures.ts';
import { type Measured, measure } from './measure.ts';
import { measureModules } from './modules.ts';
import { measureReplicate } from './replicate.ts';
import { measurePure, measureStructure } from './schemas.ts';
import { printTable, type Row } from './table.ts';
import { measureTeam } from './team.ts';
import { measureWeb } from './web.ts';
import { flavoursOf, groups, type Workload, workloads, writeMigrations } from './workloads.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));
const raw = (flavour: Flavour): string => fileURLToPath(new URL(`raw/${flavour}.js`, import.meta.url));

const usage = `npm run bench -- [${Object.keys(groups).join(' | ')} | team | web] [--only ${workloads.map(({ name }) => name).join(',')}]
                 [--engines ${flavours.join(',')}] [--runs 5] [--seconds 60]`;

interface Bench {
  readonly runs: number;
  readonly provision: Provision;
  readonly program: string;
}

/** One of the two that are compared, on a database of its own. */
interface Side {
  readonly name: 'raw' | 'lockstep';
  args(workload: Workload, database: TestDatabase, migrations: string, verb: 'up' | 'look'): readonly string[];
}

/** The program as its users have it: a clone compares its sources with the build at every start, a package has none. */
function install(folder: string): string {
  const root = join(folder, 'installed');
  mkdirSync(root);
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(repository, part), join(root, part), { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  return join(root, 'bin/lockstep');
}

function sides(flavour: Flavour, program: string): readonly Side[] {
  return [
    { name: 'raw', args: (_, { url }, migrations, verb) => [raw(flavour), url, migrations, verb] },
    {
      name: 'lockstep',
      args: (workload, { url }, migrations, verb) => [
        program,
        ...(verb === 'up' ? ['up'] : workload.args),
        '--url',
        url,
        '--dir',
        migrations,
      ],
    },
  ];
}

async function measureStart(workload: Workload, { runs, provision: { folder }, program }: Bench): Promise<Row> {
  const results = { raw: [] as Measured[], lockstep: [] as Measured[] };
  for (let i = 0; i < runs; i++) {
    results.raw.push(await measure(['-e', '0'], folder));
    results.lockstep.push(await measure([program, ...workload.args], folder));
  }
  return { workload, flavour: undefined, ...results };
}

/** Both sides take turns, so that what else the machine does meets both. */
async function measureOn(flavour: Flavour, workload: Workload, { runs, provision, program }: Bench): Promise<Row> {
  const results = { raw: [] as Measured[], lockstep: [] as Measured[] };
  const folder = mkdtempSync(join(provision.folder, 'bench-'));
  const migrations = join(folder, 'migrations');
  writeMigrations(migrations, workload.size, workload.kind === 'apply' ? 'tables' : 'nothing');
  const fresh = (): Promise<TestDatabase> => makeDatabase(flavour, mkdtempSync(join(folder, 'database-')), adminUrl(flavour, provision));
  if (workload.kind === 'apply') {
    for (let i = 0; i < runs; i++) {
      for (const side of sides(flavour, program)) {
        const database = await fresh();
        results[side.name].push(await measure(side.args(workload, database, migrations, 'up'), database.folder));
        await expectTables(database, workload.size);
        await database.drop();
      }
    }
    return { workload, flavour, ...results };
  }
  const prepared = await Promise.all(sides(flavour, program).map(async (side) => ({ side, database: await fresh() })));
  for (const { side, database } of prepared) await measure(side.args(workload, database, migrations, 'up'), folder);
  for (let i = 0; i < runs; i++) {
    for (const { side, database } of prepared) {
      results[side.name].push(await measure(side.args(workload, database, migrations, 'look'), database.folder));
    }
  }
  for (const { database } of prepared) await database.drop();
  return { workload, flavour, ...results };
}

/** A run that did nothing would be the fastest: the tables must stand. */
async function expectTables(database: TestDatabase, size: number): Promise<void> {
  const connection = await database.connect();
  const { rows } = await connection.query(`SELECT count(*) AS n FROM t${size}`);
  await connection.close();
  if (Number(rows[0]?.['n']) !== 0) throw new Error(`table t${size} was not made`);
}

function adminUrl(flavour: Flavour, { postgres, mariadb }: Provision): string {
  if (flavour !== 'postgres' && flavour !== 'mariadb') return '';
  const provided = flavour === 'postgres' ? postgres : mariadb;
  if ('missing' in provided) throw new Error(`no server "${flavour}": ${provided.missing}`);
  return provided.url;
}

function chosen<T extends string>(given: string | undefined, all: readonly T[], what: string): readonly T[] {
  if (given === undefined) return all;
  const names = given.split(',');
  const unknown = names.filter((name) => !(all as readonly string[]).includes(name));
  if (unknown.length > 0) throw new Error(`there is no ${what} "${unknown.join('", "')}"\n${usage}`);
  return all.filter((name) => names.includes(name));
}

/** How one workload is measured on one engine, or on none. */
function measureOne(workload: Workload, flavour: Flavour | undefined, bench: Bench): Promise<Row> {
  if (flavour === undefined) return workload.kind === 'pure' ? measurePure(workload, bench) : measureStart(workload, bench);
  if (workload.kind === 'modules') return measureModules(workload, bench);
  const isStructure = workload.kind === 'read' || workload.kind === 'compare' || workload.kind === 'differ';
  if (workload.kind === 'fixtures') return measureFixtures(flavour, workload, bench);
  if (workload.kind === 'replicate' && isServed(flavour)) return measureReplicate(flavour, workload, bench);
  return isStructure && isServed(flavour) ? measureStructure(flavour, workload, bench) : measureOn(flavour, workload, bench);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    engines: { type: 'string' },
    runs: { type: 'string' },
    seconds: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) console.log(usage);
else if (positionals[0] === 'team') await inFolder((folder) => measureTeam(folder, Number(values.seconds ?? 60)));
else if (positionals[0] === 'web') await inFolder(measureWeb);
else {
  const names = chosen(
    values.only ?? inGroups(positionals),
    workloads.map(({ name }) => name),
    'workload',
  );
  const on = chosen(values.engines, flavours, 'engine');
  const runs = Number(values.runs ?? 5);
  const provision = await provideServers(console.error);
  try {
    const rows: Row[] = [];
    const bench: Bench = { runs, provision, program: install(provision.folder) };
    for (const workload of workloads.filter(({ name }) => names.includes(name))) {
      for (const flavour of flavoursOf(workload, on) ?? [undefined]) rows.push(await measureOne(workload, flavour, bench));
    }
    const bare = workloads.some(({ name, size, budget }) => names.includes(name) && size === 10_000 && budget(undefined)?.kind === 'growth')
      ? await bareNode(runs, provision.folder)
      : 0;
    printTable(rows, bare);
  } finally {
    await provision.close();
  }
}

/** Measures in a folder of its own; what was not reached is an exit code. */
async function inFolder(measureIn: (folder: string) => Promise<boolean>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-bench-'));
  try {
    if (!(await measureIn(folder))) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The names of the workloads of groups; nothing where no group is named. */
function inGroups(given: readonly string[]): string | undefined {
  if (given.length === 0) return undefined;
  const wanted = chosen(given.join(','), Object.keys(groups), 'group');
  return workloads
    .filter((workload) => wanted.some((group) => groups[group]?.(workload)))
    .map(({ name }) => name)
    .join(',');
}

async function bareNode(runs: number, folder: string): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < runs; i++) all.push((await measure(['-e', '0'], folder)).cpu);
  return Math.min(...all);
}
