import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { count, Failure, lineStarts, type Place, placeAt, together } from '../base/index.ts';
import type { Part, SourcedChange } from '../contracts/index.ts';
import { formatOf, type Migration, rootModule, type SourceFile } from '../migration/index.ts';
import { evaluate, type Session } from '../runner/index.ts';
import { type AuthoredKind, type Change, type ChangeSpecs, readChange } from '../schema/index.ts';
import { fileSource, pathSource } from '../sources/index.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, formatTools, type Project } from './project.ts';

/** A statement of a file, and where it stands. */
export interface Piece {
  readonly sql: string;
  readonly copyData?: string;
  readonly file: string;
  /** The place of what stands so many characters behind its beginning, and the text around it. */
  at(inside: number): { readonly place: Place; readonly source?: string };
}

/** What files say of a structure: statements, and changes that are rendered when what is there by then is known. */
export interface Description {
  readonly pieces: readonly Piece[];
  readonly changes: readonly SourcedChange[];
  /** Files of a folder that say nothing of a structure. */
  readonly ignored: readonly string[];
}

const state = 'nothing was compared';

/** A line of a script that says what became of a name: `-- lockstep:rename users.name:full_name`, `-- lockstep:drop users.name`. */
export const hintLine = /^([ \t]*--[ \t]*)lockstep:(rename|drop)([ \t]+)(\S.*?)[ \t]*$/gm;

/**
 * Whether a folder holds migrations: then every file that could be one bears a label. Refuses a mixture, of which nobody can tell
 * what it means.
 */
export async function isMigrations(path: string, shown: string, project: Project, options: CommonOptions): Promise<boolean> {
  const { migrations, unmatched } = await collectMigrations(project, { ...options, dir: path });
  const unlabelled = unmatched.filter((file) => formatOf(file, project.formats) !== undefined).map((file) => file.path);
  if (migrations.length === 0 || unlabelled.length === 0) return migrations.length > 0;
  throw new Failure(
    'source.unreadable',
    `"${shown}" holds migrations beside files without a label: ${unlabelled.slice(0, 5).join(', ')}${unlabelled.length > 5 ? ', …' : ''}`,
    {
      state,
      fix: ['name one file, or put the two kinds into folders of their own', `lockstep diff --from ${shown}@MIGRATION   its migrations`],
    },
  );
}

/** Reads a file, or a folder of files, that describes a structure. Refuses one that holds nothing. */
export async function readDescription(path: string, shown: string, project: Project, session: Session): Promise<Description> {
  const isFolder = statSync(path).isDirectory();
  const context = { shownFrom: project.base, module: rootModule, loader: project.loader };
  const source = isFolder ? pathSource(path, project.base, context) : fileSource(path, dirname(path), context);
  const [pieces, changes, ignored]: [Piece[], SourcedChange[], string[]] = [[], [], []];
  const listed = await source.list().catch((error: unknown) => Promise.reject(error instanceof Failure ? error.with({ state }) : error));
  const files = listed.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of files) {
    const part = /\.down\.\w+$/.test(file.name) ? undefined : await partOf(file, project, session);
    if (part === undefined) ignored.push(file.path);
    else if (part.kind === 'changes') changes.push(...part.changes);
    else pieces.push(...piecesOf(part, file, session));
  }
  if (pieces.length > 0 || changes.length > 0) return { pieces, changes, ignored };
  const why =
    files.length === 0 ? 'holds no file' : ignored.length === files.length ? 'holds no file of a known ending' : 'describes nothing';
  if (!isFolder && ignored.length > 0) {
    const known = project.formats.flatMap(({ extensions }) => extensions.map((one) => `.${one}`));
    throw new Failure('source.unreadable', `"${shown}" is no file of a structure: its ending is none of ${known.join(', ')}`, { state });
  }
  throw new Failure('source.unreadable', `"${shown}" ${why}`, {
    state,
    fix: ['name another one', '--from empty, --to empty   where nothing is meant'],
  });
}

type Known = Exclude<Part, { readonly kind: 'code' }>;

async function partOf(file: SourceFile, project: Project, session: Session): Promise<Known | undefined> {
  const format = formatOf(file, project.formats);
  if (format === undefined) return undefined;
  const listed = file.load === undefined ? undefined : await listOf(file);
  if (listed !== undefined) return { kind: 'changes', changes: listed };
  // Hints are for whoever compares, and to a format a directive that it does not know. Only what it asks of a file is needed: nothing here is put into an order or a history.
  const plain = { ...file, text: file.text.replace(hintLine, '$1lockstep $2$3$4') };
  const migration = {
    id: file.path,
    module: rootModule,
    version: '',
    name: file.name,
    format: format.name,
    file: plain,
  } as unknown as Migration;
  const tools = formatTools(project, session.engine);
  const { up } = await format.read(migration, tools);
  if (up.kind !== 'code') return up;
  const { engine, server } = session;
  const { changes, boundary } = await evaluate(up.run, { engine, server, engines: tools.engines, file: file.path });
  if (boundary === undefined) return { kind: 'changes', changes };
  throw new Failure('source.unreadable', `"${file.path}" needs ${boundary}, and only changes describe a structure`, {
    state,
    place: { file: file.path, line: 1, column: 1 },
  });
}

/** Changes that a code file exports as a list, as YAML has them or as the library does; nothing where it exports something else. */
async function listOf(file: SourceFile): Promise<readonly SourcedChange[] | undefined> {
  const at: Place = { file: file.path, line: 1, column: 1 };
  // What cannot be loaded is told by its format.
  const module = (await file.load?.().catch(() => undefined)) as { readonly default?: unknown } | undefined;
  const list = module?.default;
  if (!Array.isArray(list)) return undefined;
  const problems: { path: readonly (string | number)[]; message: string }[] = [];
  const changes = list.flatMap((entry: Change | Readonly<Record<string, never>>, i): readonly Change[] => {
    if (typeof entry === 'object' && entry !== null && 'kind' in entry) return [entry as Change];
    const [[kind, spec] = ['', undefined]] = Object.entries(entry ?? {}) as [AuthoredKind, ChangeSpecs[AuthoredKind]][];
    return readChange(kind as AuthoredKind, spec as never, { path: [i, kind], problems });
  });
  if (problems.length === 0) return changes.map((change) => ({ change, at }));
  const failures = problems.map(
    ({ path, message }) => new Failure('migration.invalid', `${path.join('.')}: ${message}`, { place: at, state }),
  );
  throw together(failures, (n) => `${count(n, 'problem')} in "${file.path}"`);
}

function piecesOf(part: Extract<Part, { readonly kind: 'script' }>, { path }: SourceFile, { engine }: Session): readonly Piece[] {
  const { statements, problems } = engine.split(part.text);
  let starts: readonly number[] | undefined;
  const at = (offset: number): ReturnType<Piece['at']> => {
    starts ??= lineStarts(part.source);
    return { place: placeAt(path, starts, part.offset + offset), source: part.source };
  };
  if (problems.length > 0) {
    throw together(
      problems.map(({ code, message, offset }) => new Failure(code, message, { ...at(offset), state })),
      (n) => `${n} places of "${path}" cannot be understood`,
    );
  }
  return statements.map(({ sql, copyData, offset }) => ({
    sql,
    ...(copyData === undefined ? {} : { copyData }),
    file: path,
    at: (inside) => at(offset + inside),
  }));
}
