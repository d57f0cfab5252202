import { Failure, type Place } from '../base/index.ts';
import type { Deferred, Engine, RenderContext, Rendered, Server, SourcedChange, Statement } from '../contracts/index.ts';
import { apply, applyAll, asMeant, type Change, type Schema } from '../schema/index.ts';
import { namesWith } from './books.ts';
import { withFollowers } from './follow.ts';
import { renderRows } from './rows.ts';

/** One change as it was rendered. */
export interface RenderedPart {
  readonly change: Change;
  readonly statements: readonly Statement[];
  /** What it stands for, where that is more than itself: a new name, and the names that follow it. */
  readonly whole?: readonly Change[];
  /** What takes it back with the rows that it kept; absent where only the change itself tells. */
  readonly back?: readonly string[];
  /** Why it does not keep the rows that it changes. */
  readonly lacking?: string;
}

export interface Rendering {
  readonly statements: readonly Statement[];
  /** The statements of each change. */
  readonly parts: readonly RenderedPart[];
  /** The structure afterwards, as far as it is known. */
  readonly after: Schema;
  readonly problems: readonly Failure[];
  /** Why the rest can be rendered only when its turn comes. */
  readonly deferred?: string;
}

/**
 * Renders changes one after another on the structure that each meets. Changes that do not fit and changes that the engine cannot do
 * are problems with the place they were written at; all of them are found before anything runs.
 */
export function renderChanges(changes: readonly SourcedChange[], engine: Engine, server: Server, before: Schema): Rendering {
  const parts: RenderedPart[] = [];
  const problems: Failure[] = [];
  let schema = before;
  const plain = changes.map(({ change }) => change);
  for (let position = 0; position < changes.length; position++) {
    const several = problems.length === 0 ? renderSeveral({ changes, plain, position }, engine, { server, before: schema }) : undefined;
    if (several !== undefined) {
      parts.push(...several.parts);
      schema = several.after;
      position += several.parts.length - 1;
      continue;
    }
    const sourced = changes[position] as SourcedChange;
    const { change, at, parameters } = sourced;
    const whole = withFollowers(change, engine, schema);
    const next = 'deferred' in whole ? apply(schema, change) : applyAll(schema, whole);
    if ('refused' in next) {
      problems.push(new Failure('change.refused', `${change.kind}: ${next.refused}`, placeOf(at)));
      continue;
    }
    const found = named(() => renderWhole({ sourced, whole }, engine, { server, before: schema }), sourced);
    if (found instanceof Failure) {
      problems.push(found);
      schema = next;
      continue;
    }
    const { rendered, ...kept } = found;
    if ('deferred' in rendered) return { ...together(parts), after: next, problems, deferred: rendered.deferred };
    if ('unsupported' in rendered) {
      problems.push(
        new Failure('change.unsupported', `${change.kind}: ${rendered.unsupported}`, { ...placeOf(at), fix: [rendered.instead] }),
      );
      continue;
    }
    const shown = (statement: Statement, i: number): Statement => ({
      ...placed(statement, at, i),
      ...(parameters === undefined || i > 0 ? {} : { parameters }),
    });
    parts.push({ change, statements: rendered.map(shown), ...kept });
    schema = next;
  }
  return { ...together(parts), after: schema, problems };
}

/** What a change is rendered to, or why it cannot be: a name that is too long for the engine, a value that it cannot keep. */
function named<T>(render: () => T, { change, at }: SourcedChange): T | Failure {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return new Failure(error.code, `${change.kind}: ${error.message}`, { ...placeOf(at), ...error.details }, error);
  }
}

function together(parts: Rendering['parts']): Pick<Rendering, 'statements' | 'parts'> {
  return { parts, statements: parts.flatMap((part) => part.statements) };
}

interface Position {
  readonly changes: readonly SourcedChange[];
  /** The same without their places. */
  readonly plain: readonly Change[];
  readonly position: number;
}

/** Several changes that the engine renders at once, where it does. Their statements are put down to the last: they are done together. */
function renderSeveral(
  { changes, plain, position }: Position,
  engine: Engine,
  context: RenderContext,
): Pick<Rendering, 'parts' | 'after'> | undefined {
  const lists = engine.together?.(plain, position, context);
  if (lists === undefined) return undefined;
  const taken = changes.slice(position, position + lists.length);
  if (taken.some(({ carries }) => carries === true)) return undefined;
  let after = context.before;
  for (const { change } of taken) {
    const next = apply(after, change);
    if ('refused' in next) return undefined;
    // What follows a new name is not among what is rendered at once.
    const whole = withFollowers(change, engine, after);
    if ('deferred' in whole || whole.length > 1) return undefined;
    after = next;
  }
  const statements = lists.flatMap((list, i) => list.map((statement) => ({ statement, at: taken[i]?.at })));
  const all = statements.map(({ statement, at }, i) => placed(statement, at, i));
  return { parts: taken.map(({ change }, i) => ({ change, statements: i === taken.length - 1 ? all : [] })), after };
}

/** The statements of one change hang together: outside a transaction of the migration they still share one of their own. */
function placed(statement: Statement, at: Place | undefined, position: number): Statement {
  return { ...statement, ...(at === undefined ? {} : { at }), ...(position > 0 ? { joined: true } : {}) };
}

interface RenderedAlone extends Pick<RenderedPart, 'back' | 'lacking' | 'whole'> {
  readonly rendered: Rendered;
}

interface Whole {
  readonly sourced: SourcedChange;
  readonly whole: readonly Change[] | Deferred;
}

/** A change with all that it stands for, one after another. */
function renderWhole({ sourced, whole }: Whole, engine: Engine, { server, before }: RenderContext): RenderedAlone {
  if ('deferred' in whole) return { rendered: whole };
  if (whole.length === 1) return renderChange(sourced, engine, { server, before });
  const statements: Statement[] = [];
  let schema = before;
  for (const change of whole) {
    const { rendered } = renderChange({ ...sourced, change }, engine, { server, before: schema });
    if (!Array.isArray(rendered)) return { rendered };
    statements.push(...(rendered as readonly Statement[]));
    const next = apply(schema, change);
    if (!('refused' in next)) schema = next;
  }
  return { rendered: statements, whole };
}

function renderChange({ change, carries, ...sourced }: SourcedChange, engine: Engine, context: RenderContext): RenderedAlone {
  const meant = asMeant(change, context.before);
  switch (meant.kind) {
    case 'sql':
      return { rendered: renderScript(meant.up, engine, context.server) };
    case 'insertRows':
    case 'updateRows':
    case 'upsertRows':
    case 'deleteRows':
      return renderRows(meant, engine, context, sourced);
    default: {
      const handler = engine.render[meant.kind] as (change: Change, context: RenderContext) => Rendered;
      const rendered = handler(meant, context);
      const names = carries === true ? namesWith(meant, engine, context.server) : [];
      return { rendered: Array.isArray(rendered) ? [...(rendered as readonly Statement[]), ...names] : rendered };
    }
  }
}

function renderScript(script: Readonly<Record<string, string>>, engine: Engine, server: Server): Rendered {
  const text = script[engine.name] ?? script['any'];
  if (text === undefined) {
    return {
      unsupported: `the SQL is given for ${Object.keys(script).join(', ')} and not for ${engine.name}`,
      instead: `add a text for "${engine.name}", or an empty one if there is nothing to do`,
    };
  }
  const split = engine.split(text);
  const [problem] = split.problems;
  if (problem !== undefined) return { unsupported: problem.message, instead: 'correct the SQL' };
  const control = split.statements.find(({ sql }) => engine.transactionControl(sql) !== undefined);
  if (control !== undefined) {
    return {
      unsupported: `"${control.sql}" begins or ends a transaction inside the migration's own`,
      instead: 'remove it: Lockstep opens and ends the transaction itself',
    };
  }
  return split.statements.map(({ sql }) => ({ ...engine.classify(sql, server), sql }));
}

function placeOf(at: Place | undefined): { readonly place?: Place } {
  return at === undefined ? {} : { place: at };
}
