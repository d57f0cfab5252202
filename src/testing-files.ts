import type { Format, FormatTools, Source } from './contracts/index.ts';
import type { Migration, SourceFile } from './migration/index.ts';

/** What a plug-in does otherwise than its contract says, in one sentence. */
export interface Nonconformity {
  readonly rule: string;
  readonly found: string;
}

/**
 * Tries a source that has at least one file, and gives everything that it does otherwise than the contract says; nothing when it keeps it.
 * Nothing is run.
 */
export async function conformSource(source: Source): Promise<readonly Nonconformity[]> {
  const found: Nonconformity[] = [];
  const expect = (rule: string, holds: boolean, seen: unknown): void => {
    if (!holds) found.push({ rule, found: JSON.stringify(seen) ?? 'nothing' });
  };
  const [first, second] = [await source.list(), await source.list()];
  const shown = (files: readonly SourceFile[]): string => JSON.stringify(files.map(({ path, text, module }) => [path, text, module]));
  expect('it has a name', source.name !== '', source.name);
  expect('it gives at least one file to be tried with', first.length > 0, first);
  expect('asked again it gives the same files in the same order', shown(first) === shown(second), [first.length, second.length]);
  const paths = first.map(({ path }) => path);
  expect('every file has a path of its own', new Set(paths).size === paths.length, paths);
  for (const { path, name, folders, module, text } of first) {
    expect('a path has / between its parts', path !== '' && !path.includes('\\'), path);
    expect('a name has no folders and keeps its ending', /^[^/\\]+\.[^./\\]+$/.test(name), name);
    expect(
      'folders are single names',
      folders.every((folder) => folder !== '' && !/[/\\]/.test(folder)),
      folders,
    );
    expect('a file belongs to a module', module !== '', { path, module });
    expect('a text has no byte order mark', !text.startsWith('\ufeff'), path);
  }
  return found;
}

/** A migration of a format with a change of its text that means nothing, and one that means something. */
export interface FormatSample {
  readonly migration: Migration;
  /** The same migration in another spelling: other comments or white space. */
  readonly same: string;
  /** Another migration. */
  readonly other: string;
  /** A text that the format must refuse. */
  readonly broken: string;
  /** Of a format for code: runs a text and gives what it exports, as a source would. */
  readonly load?: (text: string) => Promise<unknown>;
}

/** Tries a format with a sample, and gives everything that it does otherwise than the contract says; nothing when it keeps it. */
export async function conformFormat(format: Format, tools: FormatTools, sample: FormatSample): Promise<readonly Nonconformity[]> {
  const found: Nonconformity[] = [];
  const expect = (rule: string, holds: boolean, seen: unknown): void => {
    if (!holds) found.push({ rule, found: JSON.stringify(seen) ?? 'nothing' });
  };
  const spelt = (text: string): Migration => {
    const { load } = sample;
    return { ...sample.migration, file: { ...sample.migration.file, text, ...(load === undefined ? {} : { load: () => load(text) }) } };
  };
  const up = async (text: string): Promise<string> => (await format.significant(spelt(text), tools)).up;
  const own = sample.migration.file.text;
  expect(
    'its endings have no dot',
    format.extensions.length > 0 && format.extensions.every((one) => !one.includes('.')),
    format.extensions,
  );
  const first = await format.read(spelt(own), tools);
  expect('a part is a script, changes or code', ['script', 'changes', 'code'].includes(first.up.kind), first.up.kind);
  expect('what means the same has one checksum', (await up(own)) === (await up(sample.same)), await up(sample.same));
  expect('what means something else has another checksum', (await up(own)) !== (await up(sample.other)), await up(sample.other));
  const refusal = await Promise.resolve()
    .then(() => format.read(spelt(sample.broken), tools))
    .then(
      () => 'it was read',
      (error: unknown) => error,
    );
  const place = (refusal as { readonly details?: { readonly place?: { readonly file?: string; readonly line?: number } } }).details?.place;
  expect(
    'what is broken is refused with its file and line',
    place?.file === sample.migration.file.path && (place.line ?? 0) > 0,
    String(refusal),
  );
  const ending = sample.migration.file.name.split('.').at(-1) ?? '';
  const skeleton = format.skeleton('a title', ending, '..');
  expect('an empty migration can be read', await reads(format, spelt(skeleton), tools), skeleton);
  return found;
}

async function reads(format: Format, migration: Migration, tools: FormatTools): Promise<boolean> {
  // Code is run by its source, and the text of a skeleton is in no file yet.
  if (/^[cm]?[tj]s$/.test(format.extensions[0] ?? '')) return true;
  try {
    await format.read(migration, tools);
    return true;
  } catch {
    return false;
  }
}
