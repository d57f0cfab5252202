import { type Clock, type Digest, Failure } from '../base/index.ts';
import type { EventLog } from './log/log.ts';
import { applied, brokenAt, chained, type Decision, noTeam, type Recorded, type TeamEvent, type TeamState } from './protocol/index.ts';

/** What a team's log adds up to, and the one way to add to it. */
export interface Team {
  /** Decides on the newest state and writes down what follows. A refusal is thrown. Calls wait for one another. */
  act<T>(actor: string, decide: (state: TeamState, now: number) => Decision<T>): Promise<T>;
  /** Looks at the newest state; what is handed out must not be changed, and not be kept. */
  look<T>(read: (state: TeamState) => T): Promise<T>;
  /** Events behind a number, in order, at most so many, also those that other processes wrote. */
  events(after: number, most: number): Promise<readonly Recorded[]>;
  /** The same as far as they are known here, without asking the log; nothing where they are too long ago. */
  recent(after: number, most: number): readonly Recorded[] | undefined;
  /** Hears of events as they are seen, whoever wrote them. Gives what ends that. */
  hear(listener: (records: readonly Recorded[]) => void): () => void;
  /** The number of the newest event that is known. */
  head(): number;
}

export interface TeamMeans {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly digest: Digest;
}

/** So many events are read at once. */
const page = 5000;
/** So many of the newest events are kept at hand. */
const atHand = 2000;
/** How often a decision is made anew because others wrote first; with each, somebody got through. */
const patience = 200;

/**
 * Opens a log and folds it. Every decision is made on all that is in the log, also of other processes: who wrote first counts, and the
 * other decides again. Refuses a log whose chain is broken.
 */
export async function openTeam({ log, clock, digest }: TeamMeans): Promise<Team> {
  const state = noTeam();
  const listeners = new Set<(records: readonly Recorded[]) => void>();
  let newest: Recorded[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  const take = (records: readonly Recorded[]): void => {
    if (records.length === 0) return;
    const broken = brokenAt(records, digest, state.head);
    if (broken !== undefined)
      throw new Failure('team.log-damaged', `the log of the team is damaged: ${broken.why}`, { data: { seq: broken.seq } });
    for (const record of records) applied(state, record);
    newest.push(...records);
    // Cut now and then, not each time.
    if (newest.length > 2 * atHand) newest = newest.slice(-atHand);
    for (const listener of listeners) listener(records);
  };
  const catchUp = async (): Promise<void> => {
    for (;;) {
      const records = await log.read(state.head?.seq ?? 0, page);
      take(records);
      if (records.length < page) return;
    }
  };
  /** Whether the events are in the log now, be it that they were written although an error came back. */
  const write = async (events: readonly TeamEvent[], by: { readonly actor: string; readonly at: string }): Promise<boolean> => {
    const records = recordsOf(state.head, events, { ...by, digest });
    try {
      await log.append(records);
    } catch (error) {
      const [there] = await log.read(state.head?.seq ?? 0, 1);
      if (there === undefined) throw error;
      if (there.hash !== records[0]?.hash) return false;
    }
    take(records);
    return true;
  };
  const decideAndWrite = async <T>(actor: string, decide: (state: TeamState, now: number) => Decision<T>): Promise<T> => {
    for (let tries = 0; tries < patience; tries++) {
      await catchUp();
      const now = clock();
      const decision = decide(state, now.getTime());
      if (decision.events.length > 0 && !(await write(decision.events, { actor, at: now.toISOString() }))) continue;
      if (!decision.ok) throw decision.failure;
      return decision.answer(state);
    }
    throw new Failure('team.busy', `others wrote to the log of the team ${patience} times before this could be`);
  };
  const known = (after: number, most: number): readonly Recorded[] | undefined => {
    const first = newest[0]?.seq ?? (state.head?.seq ?? 0) + 1;
    return after + 1 < first ? undefined : newest.slice(after + 1 - first, after + 1 - first + most);
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  let nextLook: Promise<void> | undefined;
  /** All who look before the log is read share that reading. */
  const caughtUp = (): Promise<void> => {
    nextLook ??= inTurn(() => {
      nextLook = undefined;
      return catchUp();
    });
    return nextLook;
  };

  await catchUp();
  return {
    act: (actor, decide) => inTurn(() => decideAndWrite(actor, decide)),
    look: async (read) => {
      await caughtUp();
      return read(state);
    },
    events: async (after, most) => {
      await caughtUp();
      return known(after, most) ?? inTurn(() => log.read(after, most));
    },
    recent: known,
    hear: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    head: () => state.head?.seq ?? 0,
  };
}

function recordsOf(
  head: TeamState['head'],
  events: readonly TeamEvent[],
  { actor, at, digest }: { readonly actor: string; readonly at: string; readonly digest: Digest },
): readonly Recorded[] {
  const records: Recorded[] = [];
  let before = head;
  for (const event of events) {
    const record = { seq: (before?.seq ?? 0) + 1, at, actor, event };
    const hash = chained(before?.hash, record, digest);
    records.push({ ...record, hash });
    before = { seq: record.seq, hash };
  }
  return records;
}
