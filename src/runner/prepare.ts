import { canonicalJson, type Digest, Failure, type Place, placeInStack } from '../base/index.ts';
import type {
  CodeFunction,
  Extension,
  Format,
  FormatTools,
  Group,
  Parsed,
  Part,
  RenderedChange,
  Statement,
  WayBack,
} from '../contracts/index.ts';
import { type Entry, type HistoryRow, isPartial, type Migration, type Placeholders } from '../migration/index.ts';
import { groupsOf, readScript, renderChanges, wayBackOf } from '../plan/index.ts';
import { type Conventions, conventionsText } from '../schema/index.ts';
import { evaluate } from './code/evaluate.ts';
import { shownParameters } from './code/parameters.ts';
import type { QueueItem } from './code/queue.ts';
import type { PlannedShared } from './code/shared.ts';
import type { NameView } from './names.ts';
import { begunChanges, renderedChanges, statementsOf } from './rendered.ts';
import { codeProgress, editedFailure, resumePoint } from './resume.ts';
import type { Checked, Foreseen, Identity, Step } from './run-types.ts';
import type { SchemaView } from './schema-view.ts';
import type { Session } from './session.ts';

/** What turns files into steps. */
export interface Preparer {
  readonly session: Session;
  readonly formats: readonly Format[];
  readonly tools: FormatTools;
  /** The values of placeholders in the files of a module. */
  readonly placeholders?: (module: string) => Placeholders | undefined;
  readonly digest: Digest;
  readonly view: SchemaView;
  readonly names: NameView;
  /** What goes up keeps the rows that it changes. */
  readonly keeps?: true;
  readonly extensions: readonly Extension[];
  /** What the migrations that are prepared share, as far as it is known before they run. */
  readonly shared: PlannedShared;
}

export interface Prepared {
  readonly step: Step | undefined;
  /** Everything that forbids running it; nothing may run while there is any. */
  readonly problems: readonly Failure[];
}

type ChangesPart = Extract<Part, { readonly kind: 'changes' }>;

/** What one direction of a migration runs. */
export interface Body {
  readonly groups: readonly Group[];
  readonly problems: readonly Failure[];
  readonly back: WayBack;
  readonly code?: CodeFunction;
  readonly late?: ChangesPart;
  readonly boundary?: string;
  readonly foreseen?: readonly Foreseen[];
  readonly rendered?: readonly RenderedChange[];
}

/** Reads a migration and works out, without changing anything, what taking it up would do. */
export async function prepareUp(preparer: Preparer, entry: Entry): Promise<Prepared> {
  const { migration } = entry;
  if (migration === undefined) throw new Error(`${entry.id} has no file`);
  try {
    const { parsed, identity } = await readMigration(preparer, migration);
    const broken = entry.row !== undefined && isPartial(entry.row) && entry.row.direction !== 'down' ? entry.row : undefined;
    const body = await upBody(preparer, migration, parsed, broken);
    const declared = declaredBack(preparer, parsed, migration);
    const { checked, problems: unchecked } = checksOf(preparer, parsed, identity);
    const step: Step = {
      ...checked,
      direction: 'up',
      groups: body.groups,
      back: declared.back ?? body.back,
      ...(declared.back === undefined ? {} : { ownBack: true }),
      ...(body.code === undefined ? {} : { code: body.code }),
      ...(body.late === undefined ? {} : { late: body.late }),
      ...(body.boundary === undefined ? {} : { boundary: body.boundary }),
      ...(body.foreseen === undefined ? {} : { foreseen: body.foreseen }),
      transaction: parsed.transaction.up,
      ...(body.rendered === undefined ? {} : { rendered: body.rendered }),
      ...(broken === undefined ? {} : { resume: broken }),
      ...(entry.row === undefined ? { fresh: true } : {}),
      ...(entry.covers === undefined ? {} : { covers: entry.covers }),
    };
    return { step, problems: [...body.problems, ...declared.problems, ...unchecked] };
  } catch (error) {
    if (error instanceof Failure) return { step: undefined, problems: error.details.problems ?? [error] };
    throw error;
  }
}

async function upBody(preparer: Preparer, migration: Migration, parsed: Parsed, broken: HistoryRow | undefined): Promise<Body> {
  const { up, transaction } = parsed;
  if (broken !== undefined && up.kind === 'changes')
    return resumedBody({ ...preparer, keeps: true }, broken, keptUnder(migration.id, up), transaction.up);
  const body = await bodyOf({ ...preparer, keeps: true }, migration, keptUnder(migration.id, up), transaction.up);
  if (broken === undefined || codeProgress(broken) === undefined || body.code !== undefined) return body;
  // Code of which something is finished stays code, even if what is left of it could be told beforehand.
  if (up.kind !== 'code') throw editedFailure(broken);
  return { ...body, code: up.run, boundary: 'what ran before' };
}

/** Changes that go up keep the rows that they change, under numbers of their own where they have such. */
function keptUnder<P extends Part>(migration: string, part: P): P {
  if (part.kind !== 'changes') return part;
  return { ...part, changes: part.changes.map((sourced, number) => ({ ...sourced, under: sourced.under ?? { migration, number } })) };
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
    textHash: textHash(migration, digest, preparer.tools.conventions),
    file: migration.file.path,
    format: migration.format,
    text: migration.file.text,
  };
  return { parsed, identity };
}

/** A digest of everything that belongs to a migration, letter by letter, and of the conventions that decide what it means. */
export function textHash(migration: Migration, digest: Digest, conventions?: Conventions): string {
  const parts = [migration.file, ...(migration.file.imports ?? []), ...(migration.downFile === undefined ? [] : [migration.downFile])];
  const said = conventionsText(conventions);
  return digest([...parts.map((part) => part.text), ...(said === '' ? [] : [said])].join('\0'));
}

export async function bodyOf(preparer: Preparer, migration: Migration, part: Part, transaction: boolean): Promise<Body> {
  switch (part.kind) {
    case 'script':
      return scriptBody(preparer, migration, part, transaction);
    case 'changes':
      return changesBody(preparer, part, transaction);
    case 'code':
      return codeBody(preparer, migration, part, transaction);
  }
}

function scriptBody(
  preparer: Preparer,
  { module }: Migration,
  part: Extract<Part, { readonly kind: 'script' }>,
  transaction: boolean,
): Body {
  const { engine, server } = preparer.session;
  const { groups, problems } = readScript(part, {
    engine,
    server,
    transaction,
    ...placeholdersFor(preparer, module),
  });
  if (groups.length === 0) return { groups, problems, back: { kind: 'statements', statements: [] } };
  preparer.view.lose();
  return { groups, problems, back: { kind: 'none', why: 'SQL has a way back only when it is written down' } };
}

async function changesBody(preparer: Preparer, given: ChangesPart, transaction: boolean): Promise<Body> {
  const { session, view, names } = preparer;
  const { changes, problems } = preparer.keeps === true ? await names.follow(given.changes) : { changes: given.changes, problems: [] };
  const part: ChangesPart = { ...given, changes };
  const { engine, server } = session;
  await view.ensure(part.changes.map(({ change }) => change));
  const before = view.current();
  const rendered = renderChanges(part.changes, engine, server, before);
  if (rendered.problems.length > 0) {
    view.advance(rendered.after);
    return { groups: [], problems: [...problems, ...rendered.problems], back: { kind: 'statements', statements: [] }, rendered: [] };
  }
  const { back, unsure } = wayBackOf(part.changes, engine, { server, before, after: rendered.after, parts: rendered.parts });
  const late = rendered.deferred !== undefined || (unsure && before.scope !== 'all' && before.scope.size === 0);
  view.advance(rendered.after);
  return {
    groups: groupsOf(rendered.statements, transaction),
    problems,
    back,
    rendered: renderedChanges(rendered.parts, preparer.digest),
    ...(late ? { late: part } : {}),
  };
}

/**
 * The changes of a migration that broke off: those that began as they were rendered then, the others as they are rendered now on what
 * the first ones left. Refuses when a change of the first kind was edited.
 */
export async function resumedBody(preparer: Preparer, row: HistoryRow, part: ChangesPart, transaction: boolean): Promise<Body> {
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
  const { view, extensions, shared } = preparer;
  const where = { engine, server, ...preparer.tools, file: part.file, view, extensions, shared };
  const evaluated = await evaluate(part.run, where).catch((error: unknown) => {
    throw threw(migration, error);
  });
  const changes: ChangesPart = { kind: 'changes', changes: evaluated.changes };
  const body = await changesBody(preparer, preparer.keeps === true ? keptUnder(migration.id, changes) : changes, transaction);
  const { boundary, behind = [], looked } = evaluated;
  if (boundary === undefined && looked !== true) return body;
  const { late: _, ...known } = body;
  const code: Body = { ...known, back: { kind: 'statements', statements: [] }, code: part.run };
  if (boundary === undefined) return code;
  const foreseen = foresee(preparer, behind);
  preparer.names.lose();
  preparer.view.lose();
  return { ...code, boundary, ...(foreseen.length === 0 ? {} : { foreseen }) };
}

/** What waits behind a query that is an object, on the structure as it would be if no such query changed it. */
function foresee({ session, view }: Preparer, behind: readonly QueueItem[]): readonly Foreseen[] {
  const { engine, server } = session;
  let before = view.current();
  return behind.flatMap((item): readonly Foreseen[] => {
    if ('query' in item) {
      const parameters = shownParameters(engine, item.query.parameters);
      return [{ says: [item.query.describe()].flat(), ...(parameters === undefined ? {} : { parameters }) }];
    }
    const { statements, after, problems } = renderChanges([item], engine, server, before);
    before = after;
    if (statements.length === 0) return [{ says: [problems[0]?.message ?? `${item.change.kind}, decided at run time`] }];
    return statements.map(({ sql, parameters }) => ({ sql, ...(parameters === undefined ? {} : { parameters }) }));
  });
}

function threw(migration: Migration, error: unknown): Failure {
  const place = placeInStack(error, migration.file);
  const more = {
    state: 'nothing was run',
    ...(place === undefined ? {} : { place, source: migration.file.text }),
    data: { migration: migration.id },
  };
  if (error instanceof Failure) {
    const { problems } = error.details;
    return error.with({ ...more, ...(problems === undefined ? {} : { problems: problems.map((one) => one.with(more)) }) });
  }
  return new Failure(
    'migration.threw',
    `migration ${migration.id} threw before its first query: ${error instanceof Error ? error.message : String(error)}`,
    more,
    error,
  );
}

/** The way back that the author wrote; nothing when it is to be worked out. */
function declaredBack(
  preparer: Preparer,
  parsed: Parsed,
  { module }: Migration,
): { readonly back?: WayBack; readonly problems: readonly Failure[] } {
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
    ...placeholdersFor(preparer, module),
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

function placeholdersFor({ placeholders }: Preparer, module: string): { readonly placeholders?: Placeholders } {
  const values = placeholders?.(module);
  return values === undefined ? {} : { placeholders: values };
}

interface PreparedChecks {
  /** Nothing where the migration cannot be read. */
  readonly checked?: Checked;
  readonly problems: readonly Failure[];
}

/** A migration's own checks; what its way up would be now is not looked at. */
export async function prepareChecks(preparer: Preparer, migration: Migration): Promise<PreparedChecks> {
  try {
    const { parsed, identity } = await readMigration(preparer, migration);
    return checksOf(preparer, parsed, identity);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { problems: error.details.problems ?? [error] };
  }
}

function checksOf(preparer: Preparer, { verify }: Parsed, identity: Identity): PreparedChecks & { readonly checked: Checked } {
  if (verify?.kind === 'code') return { checked: { identity, verify: [], verifyCode: verify.run }, problems: [] };
  const { engine, server } = preparer.session;
  const context = { engine, server, transaction: true, ...placeholdersFor(preparer, identity.module) };
  if (verify?.kind === 'script') {
    const { groups, problems } = readScript(verify, context);
    return { checked: { identity, verify: groups.flatMap((group) => group.statements) }, problems };
  }
  const read =
    verify?.changes.flatMap(({ change, at }) => (change.kind === 'sql' ? [checkOf(change.up['any'] ?? '', at, context)] : [])) ?? [];
  return {
    checked: { identity, verify: read.flatMap(({ statements }) => statements) },
    problems: read.flatMap(({ problems }) => problems),
  };
}

/** A check that stands as a text in a file of data; its statements have the place of that text. */
function checkOf(
  text: string,
  at: Place | undefined,
  context: Parameters<typeof readScript>[1],
): { readonly statements: readonly Statement[]; readonly problems: readonly Failure[] } {
  const { groups, problems } = readScript({ kind: 'script', text, file: at?.file ?? '', offset: 0, source: text }, context);
  return {
    statements: groups.flatMap((group) => group.statements).map((statement) => (at === undefined ? statement : { ...statement, at })),
    problems: problems.map(
      ({ code, message, details: { fix } }) =>
        new Failure(code, message, { ...(at === undefined ? {} : { place: at }), ...(fix === undefined ? {} : { fix }) }),
    ),
  };
}
