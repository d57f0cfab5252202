import { canonicalJson, Failure, together } from '../base/index.ts';
import type { FormatTools, Parsed, SourcedChange } from '../contracts/index.ts';
import type { SourceFile } from '../migration/index.ts';
import {
  type AuthoredKind,
  type ChangeSpec,
  type ChangeSpecs,
  type Path,
  type Problem,
  type RowSpec,
  readChange,
} from '../schema/index.ts';
import { readData } from './data.ts';
import type { ReadText } from './document.ts';
import { checkHead, type FixtureText, headKeys, unknownProperty } from './fixture-head.ts';
import { checkMigration } from './grammar-problems.ts';

const known = [...headKeys, 'table', 'key', 'rows', 'up', 'remove', '$schema'];
type Data = Readonly<Record<string, unknown>>;

/**
 * A fixture that is data: `rows` by the names of their tables, or `table` with its `rows`; or changes under `up`, as migrations have them.
 * `remove` holds changes that take it away.
 */
export async function readDataFixture(file: SourceFile, tools: FormatTools): Promise<FixtureText> {
  const text = await readData(file);
  if (text.faults.length > 0) throw together(text.faults.map((fault) => new Failure('fixture.invalid', fault.message, fault.details)));
  const fail = (message: string, path: Path, key = true): Failure => text.failure('fixture.invalid', message, { path, key });
  if (!isMapping(text.data)) throw fail('a fixture is a mapping with `rows` or `up`', []);
  const { data } = text;
  const problems: Failure[] = Object.keys(data).flatMap((key) => (known.includes(key) ? [] : [fail(unknownProperty(key, known), [key])]));
  const { head, wrong } = checkHead(withLabels(data, text));
  problems.push(...wrong.map(({ key, message }) => fail(message, [key], false)));
  const context: Context = { text, tools, problems };
  const up = [...changesIn('up', data['up'], context), ...rowsIn(data, context)];
  const remove = data['remove'] === undefined ? undefined : changesIn('remove', data['remove'], context);
  if (data['up'] === undefined && data['rows'] === undefined && problems.length === 0)
    problems.push(fail('a fixture needs `rows` or `up`', []));
  const keys = keysIn(data, context);
  if (problems.length > 0) throw together(problems, (n) => `${n} problems in ${file.path}`);
  const content = Object.fromEntries(Object.entries(data).filter(([key]) => !headKeys.includes(key) && key !== '$schema'));
  const parsed: Parsed = {
    up: { kind: 'changes', changes: up },
    ...(remove === undefined ? {} : { down: { kind: 'changes', changes: remove } }),
    transaction: { up: true, down: true },
  };
  return { head, parsed, keys, significant: canonicalJson(content) };
}

interface Context {
  readonly text: ReadText;
  readonly tools: FormatTools;
  readonly problems: Failure[];
}

/** `1.10` is a label and no number. */
function withLabels(data: Data, text: ReadText): Data {
  const isNumber = ['number', 'bigint'].includes(typeof data['version']);
  return isNumber ? { ...data, version: text.written(['version']) } : data;
}

/** Changes as the grammar of migrations has them. */
function changesIn(section: 'up' | 'remove', entries: unknown, { text, tools, problems }: Context): readonly SourcedChange[] {
  if (entries === undefined || entries === null) return [];
  const here = (path: Path): Path => [section, ...path.slice(1)];
  const misfits = checkMigration({ up: entries });
  problems.push(...misfits.map((one) => text.failure(one.code, one.message, { ...one, path: here(one.path) })));
  const unread = new Set(misfits.map(({ path }) => path[1]));
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: ChangeSpec, i) => {
    if (unread.has(i)) return [];
    const [[kind, own]] = Object.entries(entry) as [[AuthoredKind, ChangeSpecs[AuthoredKind]]];
    return read(kind, own, { path: [section, i, kind], shown: (path) => path, text, tools, problems });
  });
}

interface Reading extends Context {
  readonly path: Path;
  /** Where in the file a path of the change is. */
  readonly shown: (path: Path) => Path;
}

function read(
  kind: AuthoredKind,
  own: ChangeSpecs[AuthoredKind],
  { path, shown, text, tools, problems }: Reading,
): readonly SourcedChange[] {
  const found: Problem[] = [];
  const changes = readChange(kind, own, { path, problems: found, engines: tools.engines, conventions: tools.conventions ?? {} });
  problems.push(...found.map((one) => text.failure('fixture.invalid', one.message, { ...one, path: shown(one.path) })));
  const place = text.place({ path: shown(path), key: true });
  return changes.map((change) => ({ change, at: place }));
}

function rowsIn(data: Data, context: Context): readonly SourcedChange[] {
  const { table, rows } = data;
  const { text, problems } = context;
  const wrong = (message: string, path: Path): readonly SourcedChange[] => {
    problems.push(text.failure('fixture.invalid', message, { path }));
    return [];
  };
  if (table !== undefined && (typeof table !== 'string' || rows === undefined))
    return wrong('`table` names the table of `rows`', ['table']);
  if (rows === undefined || rows === null) return [];
  const tables: readonly (readonly [string, unknown, Path])[] =
    typeof table === 'string'
      ? [[table, rows, ['rows']]]
      : isMapping(rows)
        ? Object.entries(rows).map(([name, own]) => [name, own, ['rows', name]] as const)
        : [];
  if (tables.length === 0 && !isMapping(rows))
    return wrong('`rows` is a mapping of tables to their rows, unless `table` names one', ['rows']);
  return tables.flatMap(([name, own, path]) => {
    if (!Array.isArray(own)) return wrong(`the rows of "${name}" must be a list`, path);
    const odd = own.findIndex((row) => !isMapping(row));
    if (odd >= 0) return wrong('a row is a mapping of columns to values', [...path, odd]);
    // What is wrong inside of a change is told by the way to it there: its property `rows` is the list here.
    const shown = (inner: Path): Path => [...path, ...inner.slice(path.length + 1)];
    return own.length === 0 ? [] : read('insert', { into: name, rows: own as readonly RowSpec[] }, { ...context, path, shown });
  });
}

function keysIn({ key, table, rows }: Data, { text, problems }: Context): FixtureText['keys'] {
  if (key === undefined) return {};
  const isList = (value: unknown): value is readonly string[] =>
    Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
  if (typeof key === 'string') return { '*': [key] };
  if (isList(key)) return { '*': key };
  if (isMapping(key) && table === undefined && isMapping(rows)) {
    const stray = Object.keys(key).find((name) => !Object.hasOwn(rows, name));
    const lists = Object.entries(key).map(([name, one]) => [name, typeof one === 'string' ? [one] : one] as const);
    if (stray === undefined && lists.every(([, one]) => isList(one))) return Object.fromEntries(lists) as FixtureText['keys'];
  }
  problems.push(text.failure('fixture.invalid', '`key` is a list of columns, or a mapping of tables to theirs', { path: ['key'] }));
  return {};
}

function isMapping(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
