import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onDatabase } from './activity.ts';
import { contentsOf, upsInLog } from './crash.ts';
import { type Flavour, freshDatabase, type TestDatabase } from './database.ts';
import type { Outcome, Sandbox } from './sandbox.ts';

/** What a database has come to: everything that must not depend on what happened on the way. */
export interface Ending {
  /** The structure in the engine's own words, and the rows of the named tables. */
  readonly contents: string;
  /** How often each migration ran. */
  readonly ups: Readonly<Record<string, number>>;
  /** What the history says of each. */
  readonly states: Readonly<Record<string, unknown>>;
}

/** What has become of a database. */
export async function endingOf(database: TestDatabase, tables: readonly string[]): Promise<Ending> {
  // Opening an embedded database may take a second, so it is done once.
  const connection = await database.connect();
  const shared: TestDatabase = { ...database, connect: () => Promise.resolve({ ...connection, close: () => Promise.resolve() }) };
  try {
    const rows = await onDatabase(shared, 'SELECT id, state FROM lockstep_history ORDER BY id');
    return {
      contents: await contentsOf(shared, tables),
      ups: await upsInLog(shared),
      states: Object.fromEntries(rows.map((row) => [String(row['id']), row['state']])),
    };
  } finally {
    await connection.close();
  }
}

/** Runs `up` to its end, and tells what has become of the database. */
export async function upToEnd(project: Sandbox, database: TestDatabase, tables: readonly string[]): Promise<Ending> {
  const outcome = await project.run(['up'], { env: { DATABASE_URL: database.url } });
  if (outcome.code !== 0) throw new Error(`it does not come to its end:\n${outcome.stdout}${outcome.stderr}`);
  return endingOf(database, tables);
}

/** A database on which some statements ran before any migration. */
export async function databaseWith(flavour: Flavour, ...statements: readonly string[]): Promise<TestDatabase> {
  const database = await freshDatabase(flavour);
  if (statements.length > 0) await onDatabase(database, ...statements);
  return database;
}

const endings = new Map<string, Promise<Ending>>();

/** The same on an empty database on which nothing happens in between; `before` is made there first. */
export function undisturbed(
  flavour: Flavour,
  project: Sandbox,
  { tables, before = [] }: { readonly tables: readonly string[]; readonly before?: readonly string[] },
): Promise<Ending> {
  const begin = async (): Promise<Ending> => {
    const database = await databaseWith(flavour, ...before);
    const ending = await upToEnd(project, database, tables);
    await database.drop();
    return ending;
  };
  // What comes of the same files is the same each time.
  const folder = join(project.folder, 'migrations');
  const files = readdirSync(folder).sort();
  const key = JSON.stringify([flavour, tables, before, files.map((file) => [file, readFileSync(join(folder, file), 'utf8')])]);
  const known = endings.get(key) ?? begin();
  endings.set(key, known);
  return known;
}

/** What a run that failed says of itself with `--json`. */
export interface Broken {
  readonly code: number | null;
  /** The codes of all that went wrong. */
  readonly codes: readonly string[];
  /** What is said to remain. */
  readonly state: string;
  readonly message: string;
  /** Migrations by what became of them. */
  readonly done: readonly string[];
  readonly failed: readonly string[];
  readonly untouched: readonly string[];
  /** The last migration that is said to be in the database; absent when that is not known. */
  readonly at?: string;
}

/** Reads the answer of a run with `--json`, or the last line of one with `--json=stream`. */
export function brokenRun({ code, stdout, stderr }: Outcome): Broken {
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error(`no answer in JSON:\n${stdout}${stderr}`);
  const { data, problems } = JSON.parse(last) as Answer;
  const ids = (items: readonly { readonly id: string }[] | undefined): readonly string[] => (items ?? []).map(({ id }) => id);
  return {
    code,
    codes: problems.map((problem) => problem.code),
    state: problems[0]?.state ?? '',
    message: problems[0]?.message ?? '',
    done: ids(data?.done),
    failed: ids(data?.failed),
    untouched: ids(data?.untouched),
    ...(data?.at === undefined ? {} : { at: Object.values(data.at).join(', ') }),
  };
}

interface Answer {
  readonly data: {
    readonly [list in 'done' | 'failed' | 'untouched']?: readonly { readonly id: string }[];
  } & { readonly at?: Readonly<Record<string, string>> };
  readonly problems: readonly { readonly code: string; readonly message: string; readonly state?: string }[];
}
