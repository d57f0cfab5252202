import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../src/base/index.ts';
import { diff, down, up } from '../../src/commands/index.ts';
import type { Engine } from '../../src/contracts/index.ts';
import { builtInEngines } from '../../src/engines/index.ts';
import { makeDatabase, type TestDatabase } from '../../test/support/server/database.ts';
import { ownPrograms } from './engine.ts';
import { flat } from './flat.ts';
import { flavourOf, type History, type Place } from './history.ts';

/** Two structures as scripts of an engine; the first may be empty. */
export interface Pair {
  readonly id: string;
  readonly engine: History['engine'];
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The name of the database that the scripts speak of. */
  readonly database?: string;
}

export interface Verdict {
  readonly pair: Pair;
  /** `wrong` is a way that was shown and is none; `unloadable` a script that the engine's own program does not run. */
  readonly kind: 'passed' | 'refused' | 'wrong' | 'unloadable';
  readonly why: string;
}

interface Case {
  readonly id: string;
  readonly engine: History['engine'];
  readonly before: string;
  readonly after: string;
  readonly setup?: string;
  readonly db_name?: string;
}

/** The pairs of `diffcases.json`. */
export function diffCases(corpora: string): readonly Pair[] {
  const cases = JSON.parse(readFileSync(join(corpora, 'diffcases.json'), 'utf8')) as readonly Case[];
  return cases.map(({ id, engine, before, after, setup, db_name }) => {
    const first = setup === undefined ? [] : [setup];
    return { id, engine, before: [...first, before], after: [...first, after], ...(db_name === undefined ? {} : { database: db_name }) };
  });
}

/** The whole schemas of `schemas.json`, each as the way from nothing to it. */
export function wholeSchemas(corpora: string): readonly Pair[] {
  const schemas = JSON.parse(readFileSync(join(corpora, 'schemas.json'), 'utf8')) as readonly { id: string; engine: string }[];
  const files = readdirSync(join(corpora, 'schemas')).sort();
  return schemas.map(({ id, engine }) => ({
    id,
    engine: (engine === 'mariadb' ? 'mysql' : engine) as History['engine'],
    before: [],
    after: files.filter((file) => file === `${id}.sql` || file.startsWith(`${id}.`)).map((file) => `schemas/${file}`),
  }));
}

/** Goes from before to after and back by what `diff` writes, and holds each end against what the engine's own program dumps. */
export async function runPair(pair: Pair, place: Place): Promise<Verdict> {
  const databases: TestDatabase[] = [];
  const roles: string[] = [];
  const fresh = async (): Promise<TestDatabase> => {
    const made = await makeDatabase(flavourOf[pair.engine], mkdtempSync(join(place.folder, 'pair-')), place.admin(flavourOf[pair.engine]));
    databases.push(made);
    return made;
  };
  try {
    return await compare(pair, place, { fresh, roles });
  } finally {
    for (const database of databases) await database.drop();
    for (const role of roles) await statement(`DROP ROLE "${role}"`, pair, place);
  }
}

interface Making {
  readonly fresh: () => Promise<TestDatabase>;
  /** Roles that a script speaks of and nobody had. */
  readonly roles: string[];
}

/** A database with what the files make; a role that they expect is made for them. */
async function loaded(
  files: readonly string[],
  { pair, place, fresh, roles }: Making & { readonly pair: Pair; readonly place: Place },
): Promise<TestDatabase> {
  const database = await fresh();
  try {
    await load(files, pair, place, database);
    return database;
  } catch (error) {
    const role = /role "([^"]+)" does not exist/.exec(firstLine(error))?.[1];
    if (role === undefined || roles.includes(role)) throw error;
    await statement(`CREATE ROLE "${role}"`, pair, place);
    roles.push(role);
    return loaded(files, { pair, place, fresh, roles });
  }
}

async function statement(sql: string, { engine }: Pair, { admin, folder }: Place): Promise<void> {
  const file = join(mkdtempSync(join(folder, 'role-')), 'role.sql');
  writeFileSync(file, sql);
  await ownPrograms[engine].run(admin(flavourOf[engine]), file);
}

async function compare(pair: Pair, place: Place, making: Making): Promise<Verdict> {
  const { fresh } = making;
  let old: TestDatabase;
  let wanted: TestDatabase;
  try {
    old = await loaded(pair.before, { pair, place, ...making });
    wanted = await loaded(pair.after, { pair, place, ...making });
  } catch (error) {
    return { pair, kind: 'unloadable', why: firstLine(error) };
  }
  const engine = await engineOf(pair.engine);
  const dump = async (database: TestDatabase): Promise<readonly string[]> => normal(await settledDump(pair, database, fresh), engine);
  const [start, end] = [await dump(old), await dump(wanted)];
  const project = join(old.folder, 'project');
  mkdirSync(join(project, 'migrations'), { recursive: true });
  const common = { cwd: project, url: old.url, env: { USER: 'corpora' } };
  try {
    const report = await diff({ ...common, to: wanted.url, renames: 'never', write: 'the difference' });
    if (report.proven !== true) return { pair, kind: 'refused', why: report.proven.why };
    if (report.changes.length > 0) await finished(up({ ...common, allow: ['destructive'] }));
    expectSame(await dump(old), end, 'forth');
    const again = await diff({ ...common, to: wanted.url, renames: 'never' });
    if (again.changes.length > 0) throw new Error(`a second difference is not empty: ${again.statements.map(({ sql }) => sql).join('; ')}`);
    if (report.changes.length > 0) await finished(down({ ...common, count: 'all', yes: true, allow: ['destructive'] }));
    expectSame(await dump(old), start, 'back');
    return { pair, kind: 'passed', why: report.changes.length === 0 ? 'no difference' : `${report.statements.length} statements` };
  } catch (error) {
    const refused = error instanceof Failure && /^(diff|change)\./.test(error.code);
    return { pair, kind: refused ? 'refused' : 'wrong', why: firstLine(error) };
  }
}

async function finished(run: ReturnType<typeof up>): Promise<void> {
  const { failed } = await run;
  const [first] = failed;
  if (first !== undefined) throw new Error(first.problem?.message ?? 'a migration failed');
}

async function engineOf(name: string): Promise<Engine> {
  const entry = builtInEngines.find((one) => one.name === name);
  if (entry === undefined) throw new Error(`there is no engine "${name}"`);
  return entry.load();
}

async function load(files: readonly string[], { engine, database }: Pair, place: Place, into: TestDatabase): Promise<void> {
  const own = new URL(into.url.replace(/^sqlite:/, 'file://')).pathname.slice(1);
  for (const [at, file] of files.entries()) {
    const text = readFileSync(join(place.corpora, file), 'utf8');
    const copy = join(into.folder, `${at}.sql`);
    writeFileSync(copy, database === undefined ? text : text.replaceAll(database, own));
    await ownPrograms[engine].run(into.url, copy);
  }
}

/** The dump of a copy that was made from the dump: a server's own words settle only when it has read them once. */
async function settledDump({ engine }: Pair, database: TestDatabase, fresh: () => Promise<TestDatabase>): Promise<string> {
  const own = ownPrograms[engine];
  if (own.read !== undefined) return own.read(database.url);
  const text = await own.dump(database.url);
  const copy = await fresh();
  const file = join(copy.folder, 'dump.sql');
  writeFileSync(file, text);
  await own.run(copy.url, file);
  return own.dump(copy.url);
}

const quotedDefault = /DEFAULT '(-?\d+(?:\.\d+)?)'::(?:numeric|smallint|integer|bigint|real|double precision)(?![\w([])/g;

/**
 * The statements of a dump without an order, each as its tokens. The order of columns is no part of a structure; what MySQL prints of an
 * index only when it was written by hand, and the quotes of names outside PostgreSQL, are spelling. So are the quotes of a number that is
 * a default as a whole: PostgreSQL keeps whether they were there, and gives every row the same value.
 */
export function normal(dump: string, engine: Engine): readonly string[] {
  const parts = engine.name === 'sqlite' ? dump.split('\n') : dump.replace(/^--.*\n/gm, '').split(/;\n/);
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => (/^CREATE (UNLOGGED )?TABLE/i.test(part) ? sortedLines(part) : part))
    .map((part) => part.replaceAll(/ +/g, ' '))
    .map((part) => (engine.name === 'postgres' ? part.replaceAll(quotedDefault, 'DEFAULT $1').replace(statistics, sortedStatistics) : part))
    .map((part) => engine.tokens(part.replace(/ AUTO_INCREMENT=\d+/, '').replaceAll(' USING BTREE', '')))
    .map((part) => (engine.name === 'postgres' ? flat(part.split('\u001f')).join('\u001f') : part.replaceAll(/["`[\]\\]/g, '')))
    .sort();
}

const statistics = /^(CREATE STATISTICS .* ON )(.*)( FROM .*)$/s;

function sortedStatistics(_: string, head: string, columns: string, tail: string): string {
  return `${head}${columns.split(', ').sort().join(', ')}${tail}`;
}

function sortedLines(table: string): string {
  const lines = table.split('\n').map((line) => line.trim().replace(/,$/, ''));
  return lines.sort().join('\n');
}

function expectSame(found: readonly string[], wanted: readonly string[], what: string): void {
  const [has, needs] = [new Set(found), new Set(wanted)];
  const shown = (part: string): string => part.replaceAll('\u001f', ' ').slice(0, 300);
  const missing = wanted.filter((part) => !has.has(part)).map(shown);
  const extra = found.filter((part) => !needs.has(part)).map(shown);
  if (missing.length + extra.length > 0) throw new Error(`${what} the dump differs: - ${missing.join(' - ')} + ${extra.join(' + ')}`);
}

function firstLine(error: unknown): string {
  const { message, stderr } = error as { message: string; stderr?: string };
  return (stderr?.trim() || message).split('\n')[0]?.slice(0, 600) ?? '';
}
