import { canonicalJson, type Digest, Failure } from '../base/index.ts';
import type { CodeFunction, Format, FormatTools, Group, Parsed, Part, RenderedChange, Statement, WayBack } from '../contracts/index.ts';
import { type Entry, type HistoryRow, isPartial, type Migration, type Placeholders } from '../migration/index.ts';
import { groupsOf, readScript, renderChanges, wayBackOf } from '../plan/index.ts';
import { evaluate } from './code/evaluate.ts';
import { placeInStack } from './code/place.ts';
import { begunChanges, renderedChanges, statementsOf } from './rendered.ts';
import { editedFailure, resumePoint } from './resume.ts';
import type { Checks, Identity, Step } from './run-types.ts';
import type { SchemaView } from './schema-view.ts';
import type { Session } from './session.ts';

/** What turns files into steps. */
export interface Preparer {
  readonly session: Session;
  readonly formats: readonly Format[];
  readonly tools: FormatTools;
  readonly placeholders?: Placeholders;
  readonly digest: Digest;
  readonly view: SchemaView;
}

export interface Prepared {
  readonly step: Step | undefined;
  /** Everything that forbids running it; nothing may run while there is any. */
  readonly problems: readonly Failure[];
}

type ChangesPart = Extract<Part, { readonly kind: 'changes' }>;

interface Body {
  readonly groups: readonly Group[];
  readonly problems: readonly Failure[];
  readonly back: WayBack;
  readonly code?: CodeFunction;
  readonly late?: ChangesPart;
  readonly boundary?: string;
  readonly rendered?: readonly RenderedChange[];
}

/** Reads a migration and works out, without changing anything, what taking it up would do. */
export async function prepareUp(preparer: Preparer, entry: Entry): Promise<Prepared> {
  const { migration } = entry;
  if (migration === undefined) throw new Error(`${entry.id} has no file`);
  try {
    const { parsed, identity } = await readMigration(preparer, migration);
    const broken = entry.row !== undefined && isPartial(entry.row) && entry.row.direction !== 'down' ? entry.row : undefined;
    const body =
      broken !== undefined && parsed.up.kind === 'changes'
        ? await resumedBody(preparer, broken, parsed.up, parsed.transaction.up)
        : await bodyOf(preparer, migration, parsed.up, parsed.transaction.up);
    const declared = declaredBack(preparer, parsed);
    const { checks, problems: unchecked } = checksOf(preparer, parsed);
    const step: Step = {
      identity,
      direction: 'up',
      groups: body.groups,
      back: declared.back ?? body.back,
      ...(declared.back === undefined ? {} : { ownBack: true }),
      ...(body.code === undefined ? {} : { code: body.code }),
      ...(body.late === undefined ? {} : { late: body.late }),
      ...(body.boundary === undefined ? {} : { boundary: body.boundary }),
      checks,
      transaction: parsed.transaction.up,
      ...(body.rendered === undefined ? {} : { rendered: body.rendered }),
      ...(broken === undefined ? {} : { resume: broken }),
    };
    return { step, problems: [...body.problems, ...declared.problems, ...unchecked] };
  } catch (error) {
    if (error instanceof Failure) return { step: undefined, problems: error.details.problems ?? [error] };
    throw error;
  }
}

export async function readMigration(
  preparer: Preparer,
  migration: Migration,
): Promise<{ readonly parsed: Parsed; readonly identity: Identity }> {
  const format = preparer.formats.find((candidate) => candidate.name === migration.format);
  if (format === undefined) throw new Error(`no format "${migration.format}"`);
  const parsed = await format.read(migration, preparer.tools);
  const { digest } = preparer;
  const significant = await format.significant(migration, preparer.tools);
  const identity: Identity = {
    id: migration.id,
    module: migration.module,
    version: migration.version,
    name: migration.name,
    checksum: digest(significant.up),
    downChecksum: digest(significant.down),
    textHash: textHash(migration, digest),
    file: migration.file.path,
    format: migration.format,
    text: migration.file.text,
  };
  return { parsed, identity };
}

/** A digest of everything that belongs to a migration, letter by letter. */
export function textHash(migration: Migration, digest: Digest): string {
  if (migration.downFile === undefined && migration.file.imports === undefined) return digest(migration.file.text);
  const parts = [migration.file, ...(migration.file.imports ?? []), ...(migration.downFile === undefined ? [] : [migration.downFile])];
  return digest(parts.map((part) => part.text).join('\0'));
}

export async function bodyOf(preparer: Preparer, migration: Migration, part: Part, transaction: boolean): Promise<Body> {
  switch (part.kind) {
    case 'script':
      return scriptBody(preparer, part, transaction);
    case 'changes':
      return changesBody(preparer, part, transaction);
    case 'code':
      return codeBody(preparer, migration, part, transaction);
  }
}

function scriptBody(preparer: Preparer, part: Extract<Part, { readonly kind: 'script' }>, transaction: boolean): Body {
  const { engine, server } = preparer.session;
  const { groups, problems } = readScript(part, {
    engine,
    server,
    transaction,
    ...(preparer.placeholders === undefined ? {} : { placeholders: preparer.placeholders }),
  });
  if (groups.length === 0) return { groups, problems, back: { kind: 'statements', statements: [] } };
  preparer.view.lose();
  return { groups, problems, back: { kind: 'none', why: 'SQL has a way back only when it is written down' } };
}

async function changesBody(preparer: Preparer, part: ChangesPart, transaction: boolean): Promise<Body> {
  const { session, view } = preparer;
  const { engine, server } = session;
  await view.ensure(part.changes.map(({ change }) => change));
  const before = view.current();
  const rendered = renderChanges(part.changes, engine, server, before);
  const { back, unsure } = wayBackOf(part.changes, engine, { server, before, after: rendered.after, statements: rendered.statements });
  const late = rendered.deferred !== undefined || (unsure && before.scope !== 'all' && before.scope.size === 0);
  view.advance(rendered.after);
  return {
    groups: groupsOf(rendered.statements, transaction),
    problems: rendered.problems,
    back,
    rendered: renderedChanges(rendered.parts, preparer.digest),
    ...(late ? { late: part } : {}),
  };
}

/**
 * The changes of a migration that broke off: those that began as they were rendered then, the others as they are rendered now on what
 * the first ones left. Refuses when a change of the first kind was edited.
 */
async function resumedBody(preparer: Preparer, row: HistoryRow, part: ChangesPart, transaction: boolean): Promise<Body> {
  const { session, digest } = preparer;
  const { engine, server } = session;
  const loaded = await session.store.load(session, row.id);
  const { done } = await resumePoint(session, row);
  const begun = begunChanges(loaded.rendered ?? [], done);
  begun.forEach((change, i) => {
    const own = part.changes[i];
    if (own === undefined || digest(canonicalJson(own.change)) !== change.digest) throw editedFailure(row);
  });
  const rest = await changesBody(preparer, { kind: 'changes', changes: part.changes.slice(begun.length) }, transaction);
  const old = begun.flatMap((change) => statementsOf(change, engine, server));
  const groups = groupsOf([...old, ...rest.groups.flatMap((group) => group.statements)], transaction);
  return { ...rest, groups, back: loaded.back ?? rest.back, rendered: [...begun, ...(rest.rendered ?? [])] };
}

async function codeBody(
  preparer: Preparer,
  migration: Migration,
  part: Extract<Part, { readonly kind: 'code' }>,
  transaction: boolean,
): Promise<Body> {
  const { engine, server } = preparer.session;
  const evaluated = await evaluate(part.run, { engine, server, engines: preparer.tools.engines }).catch((error: unknown) => {
    throw threw(migration, error);
  });
  const body = await changesBody(preparer, { kind: 'changes', changes: evaluated.changes }, transaction);
  if (evaluated.boundary === undefined) return body;
  preparer.view.lose();
  const { late: _, ...known } = body;
  return { ...known, back: { kind: 'statements', statements: [] }, code: part.run, boundary: evaluated.boundary };
}

function threw(migration: Migration, error: unknown): Failure {
  if (error instanceof Failure) return error;
  const place = placeInStack(error, migration.file.path);
  return new Failure(
    'migration.threw',
    `migration ${migration.id} threw before its first query: ${error instanceof Error ? error.message : String(error)}`,
    {
      state: 'nothing was changed',
      source: migration.file.text,
      ...(place === undefined ? {} : { place }),
      data: { migration: migration.id },
    },
    error,
  );
}

/** The way back that the author wrote; nothing when it is to be worked out. */
function declaredBack(preparer: Preparer, parsed: Parsed): { readonly back?: WayBack; readonly problems: readonly Failure[] } {
  const { down } = parsed;
  if (down === undefined) return { problems: [] };
  if (down.kind === 'irreversible') return { back: { kind: 'none', why: down.why }, problems: [] };
  if (down.kind === 'code') return { back: { kind: 'file' }, problems: [] };
  const { engine, server } = preparer.session;
  if (down.kind === 'changes') {
    const rendered = renderChanges(down.changes, engine, server, preparer.view.current());
    // A way back that cannot be rendered yet is rendered when its turn comes, from its file.
    if (rendered.deferred !== undefined) return { back: { kind: 'file' }, problems: rendered.problems };
    return { back: statementsBack(rendered.statements, parsed.transaction.down), problems: rendered.problems };
  }
  const read = readScript(down, {
    engine,
    server,
    transaction: parsed.transaction.down,
    ...(preparer.placeholders === undefined ? {} : { placeholders: preparer.placeholders }),
  });
  return {
    back: statementsBack(
      read.groups.flatMap((group) => group.statements),
      parsed.transaction.down,
    ),
    problems: read.problems,
  };
}

function statementsBack(statements: readonly Statement[], transaction: boolean): WayBack {
  return { kind: 'statements', statements: statements.map((statement) => statement.sql), ...(transaction ? {} : { transaction: false }) };
}

interface PreparedChecks {
  readonly checks: Checks;
  readonly problems: readonly Failure[];
}

/** The checks of a migration, whatever its way up would be now. */
export async function prepareChecks(preparer: Preparer, migration: Migration): Promise<PreparedChecks & { readonly identity?: Identity }> {
  try {
    const { parsed, identity } = await readMigration(preparer, migration);
    return { ...checksOf(preparer, parsed), identity };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { checks: { statements: [] }, problems: error.details.problems ?? [error] };
  }
}

function checksOf(preparer: Preparer, parsed: Parsed): PreparedChecks {
  if (parsed.verify?.kind === 'code') return { checks: { statements: [], code: parsed.verify.run }, problems: [] };
  if (parsed.verify?.kind !== 'script') return { checks: { statements: [] }, problems: [] };
  const { engine, server } = preparer.session;
  const read = readScript(parsed.verify, {
    engine,
    server,
    transaction: true,
    ...(preparer.placeholders === undefined ? {} : { placeholders: preparer.placeholders }),
  });
  return { checks: { statements: read.groups.flatMap((group) => group.statements) }, problems: read.problems };
}
