import { Failure, together } from '../base/index.ts';
import { DatabaseError, type SourcedChange } from '../contracts/index.ts';
import { renderChanges } from '../plan/index.ts';
import type { Session } from '../runner/index.ts';
import { apply, type Key, type Schema } from '../schema/index.ts';
import { errorOf, mayBeTogether, mostAtOnce, runTogether } from './batch.ts';
import { beyondScratch } from './confined.ts';
import type { Description, Piece } from './structure-files.ts';

const state = 'nothing was changed; it was tried on a scratch database';

/**
 * Makes what files describe on a scratch database. Their statements may stand in any order: what fails is tried again while others get
 * on, and the first real error is thrown when nothing moves any more.
 */
export async function makeDescribed(
  { pieces, changes }: Description,
  session: Session,
  read: (session: Session) => Promise<Schema>,
): Promise<void> {
  for (const piece of pieces) refuseBeyond(piece, session);
  let rest: readonly Piece[] = await runPieces(pieces, session);
  let waiting: readonly SourcedChange[] = changes;
  while (waiting.length > 0) {
    const before = await read(session);
    const sorted = inOrder(waiting, before);
    const rendered = renderChanges(sorted, session.engine, session.server, before);
    if (rendered.problems.length > 0)
      throw together(
        rendered.problems.map((problem) => problem.with({ state })),
        (n) => `${n} changes cannot be made`,
      );
    if (rendered.deferred !== undefined && rendered.parts.length === 0) throw new Failure('change.refused', rendered.deferred, { state });
    waiting = sorted.slice(rendered.parts.length);
    const made = rendered.statements.map(({ sql, at }): Piece => {
      const place = at ?? { file: '', line: 1, column: 1 };
      return { sql, file: place.file, at: () => ({ place }) };
    });
    rest = await runPieces([...rest, ...made], session);
  }
  if (rest.length > 0) throw await firstError(rest, session);
}

/** The changes in an order in which each fits what those before it made, as far as the model can tell. */
function inOrder(changes: readonly SourcedChange[], before: Schema): readonly SourcedChange[] {
  const sorted: SourcedChange[] = [];
  let schema = before;
  let waiting = changes;
  for (let found = true; found && waiting.length > 0; ) {
    found = false;
    const left: SourcedChange[] = [];
    for (const one of waiting) {
      const next = apply(schema, one.change);
      if ('refused' in next) left.push(one);
      else {
        schema = next;
        found = true;
        sorted.push(one);
      }
    }
    waiting = left;
  }
  return [...sorted, ...waiting];
}

/** A statement that could not be run yet. */
interface Waiting {
  readonly piece: Piece;
  /** It was tried and failed; otherwise it waits for one before it that is about the same. */
  readonly failed: boolean;
}

/**
 * Runs what can be run, again and again, and gives what cannot. Settings of the session are made anew each time, so that every statement
 * meets those that it stands under; of several statements about one object a later one waits for the earlier ones.
 */
async function runPieces(pieces: readonly Piece[], session: Session): Promise<readonly Piece[]> {
  let settings: ReadonlySet<Piece> = new Set();
  let round = pieces;
  for (let first = true; ; first = false) {
    const { waiting, moved } = await runOnce(round, settings, session);
    if (waiting.length === 0) return [];
    if (first) settings = new Set(pieces.filter((piece) => isSetting(piece, session)));
    // What was only held back may be what the others need.
    const freed = moved ? new Set<Piece>() : await thatRun(waiting, session);
    if (!moved && freed.size === 0) return waiting.map(({ piece }) => piece);
    const left = new Set(waiting.flatMap(({ piece }) => (freed.has(piece) ? [] : [piece])));
    round = (first ? pieces : round).filter((piece) => left.has(piece) || settings.has(piece));
  }
}

async function runOnce(
  round: readonly Piece[],
  settings: ReadonlySet<Piece>,
  session: Session,
): Promise<{ readonly waiting: readonly Waiting[]; readonly moved: boolean }> {
  const waiting: Waiting[] = [];
  const held = new Set<Key>();
  let moved = false;
  const runOne = async (piece: Piece): Promise<void> => {
    const isHeld = held.size > 0 && touched(piece, session).some((key) => held.has(key));
    if (!isHeld && (await pieceError(piece, session)) === undefined) {
      moved = true;
      return;
    }
    for (const key of touched(piece, session)) held.add(key);
    waiting.push({ piece, failed: !isHeld });
  };
  // Files in another order fail often, and what was tried in vain is run twice.
  let atOnce = mostAtOnce;
  for (let from = 0; from < round.length; ) {
    const group = groupFrom(round.slice(from, from + atOnce), (piece) => !settings.has(piece) && isFree(piece, held, session));
    const done = await runTogether(
      group.map(({ sql }) => sql),
      session,
    );
    moved ||= done > 0;
    const waited = waiting.length;
    for (const piece of group.slice(done)) await (settings.has(piece) ? pieceError(piece, session) : runOne(piece));
    const isWhole = done === group.length || (group.length === 1 && waiting.length === waited);
    atOnce = isWhole ? Math.min(2 * atOnce, mostAtOnce) : Math.max(Math.ceil(atOnce / 4), 1);
    from += group.length;
  }
  return { waiting, moved };
}

/** The pieces that go together from the first on, or the first alone. */
function groupFrom(pieces: readonly Piece[], goes: (piece: Piece) => boolean): readonly Piece[] {
  const apart = pieces.findIndex((piece) => !goes(piece));
  return apart < 0 ? pieces : pieces.slice(0, Math.max(apart, 1));
}

/** Whether a piece can be sent with others: it waits for nothing, carries no rows, and is known to do no more than to make what it names. */
function isFree({ sql, copyData }: Piece, held: ReadonlySet<Key>, session: Session): boolean {
  const traits = session.engine.classify(sql, session.server);
  return (
    copyData === undefined && mayBeTogether(traits, session) && traits.touches.length > 0 && !traits.touches.some((key) => held.has(key))
  );
}

async function thatRun(waiting: readonly Waiting[], session: Session): Promise<ReadonlySet<Piece>> {
  const run = new Set<Piece>();
  for (const { piece, failed } of waiting) if (!failed && (await pieceError(piece, session)) === undefined) run.add(piece);
  return run;
}

function touched({ sql }: Piece, { engine, server }: Session): readonly Key[] {
  return engine.classify(sql, server).touches;
}

function isSetting({ sql }: Piece, { engine, server }: Session): boolean {
  return engine.classify(sql, server).family === 'session' || /^\s*SELECT\b[^']*\bset_config\s*\(/i.test(sql);
}

/** Runs a statement. One that fails leaves nothing of itself: it is a transaction of its own, also where the script opens one. */
async function pieceError({ sql, copyData }: Piece, { connection, engine }: Session): Promise<DatabaseError | undefined> {
  if (engine.transactionControl(sql) !== undefined) return undefined;
  if (copyData === undefined) return errorOf(sql, { connection });
  try {
    // Where the driver cannot send rows, the structure is the same without them.
    await connection.copy?.(sql, copyData);
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseError && !error.lost) return error;
    throw error;
  }
}

/** Of what cannot be run, the first that does not only lack something that another would have made. */
async function firstError(rest: readonly Piece[], session: Session): Promise<Failure> {
  const { engine } = session;
  const failed: { readonly piece: Piece; readonly error: DatabaseError }[] = [];
  for (const piece of rest) {
    const error = await pieceError(piece, session);
    if (error !== undefined) failed.push({ piece, error });
  }
  const real =
    failed.find(({ error }) => engine.errorKind(error) === 'syntax') ?? failed.find(({ error }) => engine.errorKind(error) !== 'no-table');
  const { piece, error } = real ?? failed[0] ?? { piece: rest[0], error: undefined };
  if (piece === undefined || error === undefined) throw new Error('statements that run were left over');
  const others = failed.length - 1;
  const inside = error.position ?? engine.locate(piece.sql, error) ?? 0;
  const more = others === 0 ? '' : `; ${others} more cannot be run either, in part for lack of it`;
  return new Failure(
    'schema.invalid',
    `a statement of "${piece.file}" cannot be run: ${error.message}${more}`,
    {
      ...piece.at(inside),
      engine: { message: error.message, ...(error.code === '' ? {} : { code: error.code }) },
      state,
    },
    error,
  );
}

/** A file is run on a database of its own; what reaches beyond that would be done for good. */
function refuseBeyond(piece: Piece, session: Session): void {
  if (session.engine.transactionControl(piece.sql) === 'rollback')
    throw new Failure('migration.transaction-control', `"${piece.file}" takes statements back; what it describes cannot be told`, {
      ...piece.at(0),
      state: 'nothing was run',
    });
  const found = beyondScratch(piece.sql, session);
  if (found === undefined || found.where === 'later') return;
  throw new Failure('schema.invalid', `"${piece.file}" ${found.what}, which is beyond the database that it describes`, {
    ...piece.at(0),
    state: 'nothing was run',
    fix: ['take the statement out: the file is run on an empty database of its own'],
  });
}
