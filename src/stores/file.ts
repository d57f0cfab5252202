import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { Failure, joined } from '../base/index.ts';
import type { Forgotten, Loaded, OutsideStore, PlainWrite, RenderedChange, StoreContext, WayBack } from '../contracts/index.ts';
import type { HistoryRow } from '../migration/index.ts';

export interface FileStoreOptions {
  /** The file, from the folder of the configuration: `.json`, or else YAML. It may hold the histories of several databases. */
  readonly file: string;
  /** The folder of the configuration. */
  readonly base: string;
  /** Runs work while nobody else, in any process, runs work with the same name, which is that of the file. */
  readonly alone: <T>(path: string, work: () => Promise<T>) => Promise<T>;
}

/** A row as it stands in the file: what the history says, and what is kept with it. */
type FileRow = HistoryRow & { readonly back?: WayBack; readonly rendered?: readonly RenderedChange[]; readonly probe?: string };
type Rows = ReadonlyMap<string, FileRow>;
/** The rows of each database by its name in the file. */
type Histories = ReadonlyMap<string, Rows>;

const states = ['applied', 'failed', 'covered', 'baseline', 'reverted'];
const heading = '# What Lockstep has done in each database. The program writes this file: keep it with the databases that it tells of.\n';

/**
 * The history in a file, a line a migration. Nothing is made in the database. It keeps no log and no texts of migrations, and cannot
 * know of a database that was brought back from a backup. Refuses a file that it did not write.
 */
export function fileStore(options: FileStoreOptions): OutsideStore {
  const path = resolve(options.base, options.file);
  const json = /\.json$/i.test(path);
  let seen: { readonly text: string; readonly histories: Histories } | undefined;
  const histories = async (): Promise<Histories> => {
    const text = await textOf(path);
    if (text === undefined) return new Map();
    if (seen?.text !== text) seen = { text, histories: await parsed(text, options.file, json) };
    return seen.histories;
  };
  const rowsOf = async (context: StoreContext): Promise<Rows | undefined> => {
    const all = await histories();
    return all.get(nameAmong(all, nameOf(context, options.base), options.file));
  };
  const change = (context: StoreContext, edit: (rows: Rows) => Rows): Promise<void> =>
    options.alone(path, async () => {
      const all = new Map(await histories());
      const name = nameAmong(all, nameOf(context, options.base), options.file);
      const rows = edit(all.get(name) ?? new Map());
      // One that says the same under another name goes, so that it never says something else.
      for (const other of namesOf(name)) all.delete(other);
      all.set(name, rows);
      const text = json ? jsonText(all) : yamlText(all);
      await replaceFile(path, text);
      seen = { text, histories: all };
    });
  return {
    name: 'file',
    read: async (context, ids) => {
      const rows = await rowsOf(context);
      const wanted = ids === undefined ? undefined : new Set(ids);
      return rows === undefined ? undefined : [...rows.values()].filter(({ id }) => wanted?.has(id) ?? true).map(listed);
    },
    load: async (context, id): Promise<Loaded> => {
      const row = (await rowsOf(context))?.get(id);
      return {
        ...(row?.back === undefined ? {} : { back: row.back }),
        ...(row?.rendered === undefined ? {} : { rendered: row.rendered }),
      };
    },
    probe: async (context, id) => (await rowsOf(context))?.get(id)?.probe,
    prepare: async (context) => {
      if ((await rowsOf(context)) === undefined) await change(context, (rows) => rows);
    },
    write: (context, entries) => change(context, (rows) => entries.reduce(changed, rows)),
  };
}

function changed(rows: Rows, entry: PlainWrite | Forgotten): Rows {
  const after = new Map(rows);
  if ('forget' in entry) after.delete(entry.forget);
  else {
    const { text: _, ...set } = entry.set;
    const probe = entry.probe === undefined ? {} : { probe: entry.probe };
    const row: Record<string, unknown> = { done: 0, total: 0, ...rows.get(entry.id), id: entry.id, ...set, ...probe };
    after.set(entry.id, Object.fromEntries(Object.entries(row).filter(([, value]) => value != null)) as unknown as FileRow);
  }
  return after;
}

function listed({ back: _, rendered: __, probe: ___, ...row }: FileRow): HistoryRow {
  return row;
}

/**
 * What a database is called in the file: its engine, host and name, or its path from the folder of the configuration. Neither user,
 * password nor parameters are part of it, so that everybody who reaches the database by one name shares one history.
 */
function nameOf({ engine, server, target }: StoreContext, base: string): string {
  const [, host] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]+)/i.exec(target.url) ?? [];
  if (host !== undefined) return `${engine.name}://${host.toLowerCase()}/${server.database}`;
  const path = decodeURIComponent(target.url.replace(/^[a-z][a-z0-9+.-]*:(\/\/)?/i, '').replace(/[?#].*$/, ''));
  if (path === '' || path.startsWith(':')) return `${engine.name}:${path}${path === '' ? server.database : ''}`;
  return `${engine.name}:${relative(base, resolve(target.base, path)).split(sep).join('/')}`;
}

/** How people call the machine that they work on. */
const here = ['localhost', '127.0.0.1', '[::1]'];

/** All names of a database on the machine that one works on; of any other its own. */
function namesOf(name: string): readonly string[] {
  const [, before, after] = /^([^:]+:\/\/)(?:localhost|127\.0\.0\.1|\[::1\])([:/].*)$/.exec(name) ?? [];
  return before === undefined || after === undefined ? [name] : here.map((word) => before + word + after);
}

/**
 * The name under which the file has the history of a database: its own, or that of the same machine by another word. Refuses two that say
 * different things: which of them is true, only a person knows.
 */
function nameAmong(all: Histories, name: string, file: string): string {
  const known = namesOf(name).filter((one) => all.has(one));
  const texts = new Set(known.map((one) => JSON.stringify([...(all.get(one)?.values() ?? [])].map(sorted).sort())));
  if (texts.size > 1) throw foreign(file, `${joined(known)} are one database, and their histories differ; keep the one that is true`);
  return known.includes(name) ? name : (known[0] ?? name);
}

/** A row with its properties in one order. */
function sorted(row: FileRow): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(path, error);
  }
}

async function parsed(text: string, file: string, json: boolean): Promise<Histories> {
  let value: unknown;
  try {
    value = json ? JSON.parse(text) : (await import('./shared/yaml.ts')).readYaml(text);
  } catch (error) {
    throw foreign(file, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
  if (!isObject(value) || value['lockstep'] !== 1 || !isObject(value['databases'])) throw foreign(file, 'it does not say `lockstep: 1`');
  const histories = new Map<string, Rows>();
  for (const [name, rows] of Object.entries(value['databases'])) {
    if (!Array.isArray(rows)) throw foreign(file, `${name} has no list of migrations`);
    const byId = new Map<string, FileRow>();
    for (const row of rows as readonly unknown[]) {
      if (!isRow(row)) throw foreign(file, `a row of ${name} is none of a history: ${JSON.stringify(row)?.slice(0, 80)}`);
      if (byId.has(row.id)) throw foreign(file, `${row.id} has two rows in ${name}`);
      byId.set(row.id, row);
    }
    histories.set(name, byId);
  }
  return histories;
}

function isRow(value: unknown): value is FileRow {
  if (!isObject(value)) return false;
  const { id, state, done, total } = value;
  return typeof id === 'string' && states.includes(String(state)) && typeof done === 'number' && typeof total === 'number';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One line a migration, so that a merge of two branches of the file is one of lines; JSON in a line is YAML too. */
function yamlText(histories: Histories): string {
  const parts = [...histories].map(([name, rows]) => {
    const lines = [...rows.values()].map((row) => `    - ${JSON.stringify(row)}\n`).join('');
    return rows.size === 0 ? `  ${JSON.stringify(name)}: []\n` : `  ${JSON.stringify(name)}:\n${lines}`;
  });
  return `${heading}lockstep: 1\ndatabases:${parts.length === 0 ? ' {}' : ''}\n${parts.join('')}`;
}

function jsonText(histories: Histories): string {
  const parts = [...histories].map(
    ([name, rows]) =>
      `    ${JSON.stringify(name)}: [\n${[...rows.values()].map((row) => `      ${JSON.stringify(row)}`).join(',\n')}\n    ]`,
  );
  return `{\n  "lockstep": 1,\n  "databases": {\n${parts.join(',\n')}\n  }\n}\n`;
}

/** Puts a text in the place of the file, whole or not at all, whenever the machine stops. */
async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(beside, 'w', 0o644);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    throw unusable(path, error);
  }
}

/** The new name is safe when its folder is; some systems cannot, and then do it by themselves. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function foreign(file: string, why: string): Failure {
  return new Failure('history.foreign', `the file "${file}" is not a history of Lockstep: ${why}`, {
    place: { file, line: 1, column: 1 },
    state: 'nothing was changed',
    fix: ['name another file as history.file in lockstep.config.ts', 'bring the file back from where it is kept'],
  });
}

function unusable(path: string, error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('history.unwritten', `the history "${path}" cannot be read or written: ${message}`, {}, error);
}
