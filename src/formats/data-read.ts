import { canonicalJson, count, Failure, joined, type Place, together } from '../base/index.ts';
import type { FormatTools, Parsed, Significant, SourcedChange } from '../contracts/index.ts';
import type { Header, Migration, SourceFile } from '../migration/index.ts';
import {
  type AuthoredKind,
  type ChangeSpec,
  type ChangeSpecs,
  type Conventions,
  type MigrationSpec,
  type Path,
  type Problem,
  readChange,
  type TableSpec,
  withDefaultColumns,
} from '../schema/index.ts';
import { dataTitles, isData, readData } from './data.ts';
import type { ReadText } from './document.ts';

/** The properties that win over the file's name, as far as they can be understood. */
export async function readHeader(file: SourceFile): Promise<Header> {
  const text = await readData(file);
  const data = isMapping(text.data) ? text.data : {};
  // `007` and `1.10` are labels here and no numbers.
  const version = ['number', 'bigint'].includes(typeof data['version']) ? text.written(['version']) : data['version'];
  const { order, requires } = data;
  const covers = ['number', 'bigint'].includes(typeof data['covers']) ? text.written(['covers']) : data['covers'];
  return {
    ...(typeof version === 'string' ? { version } : {}),
    ...(typeof order === 'number' ? { order } : {}),
    ...(Array.isArray(requires) ? { requires: requires.filter((one) => typeof one === 'string') } : {}),
    ...(typeof covers === 'string' ? { covers } : {}),
  };
}

/** Reads a migration, from one file or a pair. Throws one `Failure` for all that is wrong. */
export async function readMigration(migration: Migration, tools: FormatTools): Promise<Parsed> {
  const main = await readFile(migration.file, tools);
  const pair =
    migration.downFile === undefined ? undefined : { file: migration.downFile, read: await readDownFile(migration.downFile, tools) };
  const problems = [...main.problems, ...(pair?.read.problems ?? [])];
  if (pair !== undefined && main.spec.down !== undefined) {
    const message = `the way back is given twice: here and in ${pair.file.path}`;
    problems.push(main.text.failure('migration.invalid', message, { path: ['down'], key: true }));
  }
  if (problems.length > 0) throw together(problems, (n) => `${count(n, 'problem')} in ${migration.file.path}`);
  const { verify } = main.spec;
  const transaction = transactionOf(main.spec);
  const back =
    pair === undefined ? downOf(main.spec.down, main.down) : downOf(pair.read.spec.down ?? [], [...pair.read.down, ...pair.read.up]);
  return {
    up: { kind: 'changes', changes: main.up },
    ...(back === undefined ? {} : { down: back }),
    ...(verify === undefined || verify === null ? {} : { verify: { kind: 'changes', changes: main.verify } }),
    transaction: pair === undefined ? transaction : { ...transaction, down: transaction.down && transactionOf(pair.read.spec).down },
  };
}

function transactionOf({ transaction = true }: MigrationSpec): Parsed['transaction'] {
  return typeof transaction === 'boolean' ? { up: transaction, down: transaction } : { up: true, down: true, ...transaction };
}

function downOf(spec: MigrationSpec['down'], changes: readonly SourcedChange[]): Parsed['down'] {
  if (spec === undefined || spec === null || spec === 'auto') return undefined;
  return 'irreversible' in spec ? { kind: 'irreversible', why: spec.irreversible } : { kind: 'changes', changes };
}

/** A file as it was read. What is beside the problems is of use only when there are none. */
interface ReadFile {
  readonly text: ReadText;
  readonly spec: MigrationSpec;
  readonly up: readonly SourcedChange[];
  readonly down: readonly SourcedChange[];
  readonly verify: readonly SourcedChange[];
  readonly problems: readonly Failure[];
}

async function readFile(file: SourceFile, tools: FormatTools): Promise<ReadFile> {
  const text = await readData(file);
  if (text.data === undefined) return { text, spec: {}, up: [], down: [], verify: [], problems: text.faults };
  // The grammar's library costs more than everything else here, and listing files does not need it.
  const { checkMigration } = await import('./grammar-problems.ts');
  const misfits = checkMigration(text.data);
  const spec = (isMapping(text.data) ? text.data : {}) as MigrationSpec;
  const unread = new Set(misfits.map(({ path }) => JSON.stringify(path.slice(0, 2))));
  const problems: Problem[] = [];
  const changesOf = (section: 'up' | 'down', entries: MigrationSpec['up' | 'down']): readonly SourcedChange[] => {
    if (!Array.isArray(entries)) return [];
    return entries.flatMap((entry: ChangeSpec, i) => {
      if (unread.has(JSON.stringify([section, i]))) return [];
      const [[kind, own]] = Object.entries(entry) as [[AuthoredKind, ChangeSpecs[AuthoredKind]]];
      const path: Path = [section, i, kind];
      const changes = readChange(kind, own, {
        path,
        problems,
        engines: tools.engines,
        conventions: spec.conventions === false ? {} : (tools.conventions ?? {}),
      });
      const at = text.place({ path, key: true });
      return changes.map((change) => ({ change, at }));
    });
  };
  const up = changesOf('up', spec.up);
  const down = changesOf('down', spec.down);
  const verify = Array.isArray(spec.verify) ? spec.verify.map((sql, i) => sqlAt(sql, text.place({ path: ['verify', i] }))) : [];
  const failures = [
    ...misfits.map((problem) => text.failure(problem.code, problem.message, problem)),
    ...problems.map((problem) => text.failure('migration.invalid', problem.message, problem)),
  ];
  // Where the text itself is at fault, what the grammar says of the same place is a consequence.
  const faulty = new Set(text.faults.map(position));
  return { text, spec, up, down, verify, problems: inOrder([...text.faults, ...failures.filter((one) => !faulty.has(position(one)))]) };
}

/** The second file of a pair: like a file of SQL or code, it may call what it does `up`. */
async function readDownFile(file: SourceFile, tools: FormatTools): Promise<ReadFile> {
  if (!isData(file.name)) {
    const message = `"${file.path}" cannot be the way back of a migration that is data; it must be data, too: ${joined(dataTitles, 'or')}`;
    throw new Failure('migration.invalid', message, { place: { file: file.path, line: 1, column: 1 } });
  }
  const read = await readFile(file, tools);
  if (read.problems.length > 0) return read;
  const keys = Object.keys(read.spec);
  const allowed = ['up', 'down', 'transaction', '$schema'];
  const stray = keys.find((key) => !allowed.includes(key)) ?? (keys.includes('up') && keys.includes('down') ? 'up' : undefined);
  if (stray === undefined) return read;
  const message = `this file of a pair only holds the way back; "${stray}" belongs to the other one`;
  return { ...read, problems: [read.text.failure('migration.invalid', message, { path: [stray], key: true })] };
}

function sqlAt(sql: string, at: Place): SourcedChange {
  return { change: { kind: 'sql', up: { any: sql } }, at };
}

function inOrder(failures: readonly Failure[]): readonly Failure[] {
  return [...failures].sort((a, b) => position(a) - position(b));
}

function position({ details: { place } }: Failure): number {
  return (place?.line ?? 0) * 1e6 + (place?.column ?? 0);
}

/**
 * Canonical JSON of `up` and `down`: comments, order of keys, style and line ends do not count, nor does what in SQL is no token. A
 * text that cannot be parsed is significant as a whole.
 */
export async function significantParts(migration: Migration, tools: FormatTools): Promise<Significant> {
  const own = await partsOf(migration.file, tools);
  if (migration.downFile === undefined) return own;
  const other = await partsOf(migration.downFile, tools);
  return { up: own.up, down: other.down === '' ? other.up : other.down };
}

async function partsOf(file: SourceFile, tools: FormatTools): Promise<Significant> {
  const { data, faults } = await readData(file);
  if (faults.length > 0) return { up: file.text, down: file.text };
  const { up, down, conventions } = isMapping(data) ? data : {};
  const isAuto = down === undefined || down === null || down === 'auto';
  const own = conventions === false ? { ...tools, conventions: {} } : tools;
  return { up: canonicalJson(tokenised(up ?? [], own)), down: isAuto ? '' : canonicalJson(tokenised(down, own)) };
}

/** The changes with the tokens of `sql` entries in place of their text, and with what the project's conventions make of them. */
function tokenised(entries: unknown, tools: FormatTools): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.map((entry: unknown) => {
    if (!isMapping(entry)) return entry;
    if (Object.hasOwn(entry, 'sql')) return { ...entry, sql: tokens(entry['sql'], tools) };
    return conventional(entry, tools.conventions ?? {});
  });
}

const named = ['createTable', 'addColumn', 'addConstraint', 'createIndex', 'createView', 'renameTable', 'renameColumn'];

/** A change as it would be if the default columns stood in it. Where names may be made by a policy, that is part of it. */
function conventional(entry: Readonly<Record<string, unknown>>, conventions: Conventions): unknown {
  const table = entry['createTable'];
  const isTable = isMapping(table) && Array.isArray(table['columns']) && table['columns'].every(isMapping);
  const isPlain = (conventions.defaultColumns ?? []).length === 0;
  const whole = isTable && !isPlain ? { ...entry, createTable: withDefaultColumns(table as unknown as TableSpec, conventions) } : entry;
  const isNamed = conventions.naming !== undefined && named.some((kind) => Object.hasOwn(entry, kind));
  return isNamed ? { ...whole, naming: conventions.naming } : whole;
}

function tokens(sql: unknown, tools: FormatTools): unknown {
  if (typeof sql === 'string') return tools.tokens(sql);
  return isMapping(sql) ? Object.fromEntries(Object.entries(sql).map(([key, inner]) => [key, tokens(inner, tools)])) : sql;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
