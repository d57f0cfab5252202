import { Failure, type FailureDetails, type Place } from '../base/index.ts';
import type { DatabaseError, ErrorKind } from '../contracts/index.ts';
import { changedRows, unknownRow } from '../plan/index.ts';
import type { Item } from './items.ts';
import { codeOf } from './kinds.ts';
import type { Step } from './run-types.ts';
import type { ItemError } from './send.ts';

/** Where a statement failed inside its file: its own beginning, moved on by what the engine said. */
export function placeOf(item: Item, position: number | undefined): Place | undefined {
  const at = item.at ?? item.source?.at;
  if (at === undefined || position === undefined || position <= 0) return at;
  const before = (item.source?.sql ?? '').slice(0, position);
  const lines = before.split(/\r\n|\r|\n/);
  const column = (lines.at(-1)?.length ?? 0) + 1;
  return { file: at.file, line: at.line + lines.length - 1, column: lines.length === 1 ? at.column + column - 1 : column };
}

export interface FailedStep {
  readonly step: Step;
  readonly kind: ErrorKind;
  readonly error: ItemError;
  readonly total: number;
  /** What stays, in words. */
  readonly state: string;
  readonly partial: boolean;
  readonly source: string | undefined;
  /** What the engine knows to help. */
  readonly advice: string | undefined;
  /** Sessions that stood in the way, as far as the engine told. */
  readonly blockers: readonly string[];
}

/** The failure of a step, with its place, the engine's words, what remains and what helps. */
export function stepFailure({ step, kind, error, total, state, partial, source, advice, blockers }: FailedStep): Failure {
  const { id } = step.identity;
  const { item } = error;
  const place = placeOf(item, error.position);
  const details: FailureDetails = {
    // How an assertion fails helps nobody.
    ...(isLockLost(error, kind) || isOurs(error.error) ? {} : { engine: engineOf(error.error, advice) }),
    state,
    fix: error.error.message.includes(changedRows)
      ? [`lockstep down ${id} --allow changed-rows   overwrite them`]
      : fixesFor(kind, { step, partial, place }),
    ...(place === undefined ? {} : { place }),
    // The text that is kept is that of the file that goes up; a way back may stand in another.
    ...(source === undefined || place?.file !== step.identity.file ? {} : { source }),
    data: { migration: id, ...(item.statement === undefined ? {} : { statement: item.statement + 1, of: total }), partial, blockers },
  };
  const where = item.statement === undefined ? whereOf(item, kind) : `at statement ${item.statement + 1} of ${total}`;
  const verb = step.direction === 'up' ? 'failed' : 'could not be taken back: it failed';
  const because = blockers.length === 0 ? '' : `; blocked by ${blockers.join(', ')}`;
  const what = isLockLost(error, kind)
    ? `migration ${id} was stopped: the run lock is gone`
    : `migration ${id} ${verb} ${where}: ${wordsOf(error.error)}${because}`;
  return new Failure(codeFor(kind, error), what, details, error.error);
}

function isOurs({ message }: DatabaseError): boolean {
  return message.includes(unknownRow) || message.includes(changedRows);
}

/** What the database said; our own words where a statement of ours failed on purpose. */
function wordsOf(error: DatabaseError): string {
  const { message } = error;
  const named = isOurs(error) ? /\[(.*)\]/s.exec(message)?.[1] : undefined;
  if (named === undefined) return message;
  return message.includes(unknownRow)
    ? `no row is called ${named}, or it is gone`
    : `rows of ${named} are no longer what the migration made of them`;
}

function engineOf({ message, code, detail, hint }: DatabaseError, advice: string | undefined): NonNullable<FailureDetails['engine']> {
  return { message, ...(code === '' ? {} : { code }), ...(detail === undefined ? {} : { detail }), ...hintOf(hint, advice) };
}

function hintOf(hint: string | undefined, advice: string | undefined): { readonly hint?: string } {
  const words = [hint, advice].filter((text) => text !== undefined);
  return words.length === 0 ? {} : { hint: words.join(' ') };
}

function codeFor(kind: ErrorKind, failed: ItemError): Failure['code'] {
  const { item, error } = failed;
  if (item.role === 'check' && error.code === 'FOREIGN_KEY_CHECK') return 'verify.rows';
  if (isLockLost(failed, kind)) return 'lock.lost';
  if (error.message.includes(unknownRow)) return 'reference.unknown';
  if (error.message.includes(changedRows)) return 'kept.changed';
  return codeOf(kind);
}

/** The run lock was found to be gone, or another run has made the row: nothing more may be written. */
export function isLockLost({ item, error }: ItemError, kind: ErrorKind): boolean {
  return (item.role === 'guard' && error.code === item.lostCode) || (item.role === 'record' && kind === 'exists');
}

function whereOf(item: Item, kind: ErrorKind): string {
  // Of what was sent together nobody tells how far it got.
  if (kind === 'lost' && item.role !== 'commit') return 'while it was under way';
  switch (item.role) {
    case 'commit':
      return 'when it was committed';
    case 'check':
      return 'before it was committed';
    case 'guard':
      return 'when the run lock was looked after';
    case 'record':
      return 'when it was recorded';
    default:
      return 'before its first statement';
  }
}

/** What helps after a failure; the finished part of code cannot be undone by the program. */
export function fixesFor(kind: ErrorKind, { step, partial, place }: Failed): readonly string[] {
  const isUp = step.direction === 'up';
  const again = isUp ? 'lockstep up' : `lockstep down ${step.identity.id}`;
  const undo = step.code === undefined && isUp ? ['lockstep down --partial   undo the finished part'] : [];
  const partialFixes = partial ? [`${again}   continue`, ...undo] : [again];
  if (kind === 'busy' || kind === 'deadlock') return [`end or wait for the blocking session, then  ${again}`, `${again} --lock-timeout 5m`];
  if (kind === 'lost') return ['lockstep status', again];
  if (kind === 'storage') return [`make room on the disk, or mend it, then  ${again}`];
  if (kind === 'rights') return [`grant the right that is named, then  ${again}`];
  if (place === undefined) return partialFixes;
  return [`edit ${place.file}:${place.line}, then  ${again}`, ...partialFixes.slice(1)];
}

interface Failed {
  readonly step: Step;
  /** Whether a part of it is done and stays. */
  readonly partial: boolean;
  readonly place: Place | undefined;
}
