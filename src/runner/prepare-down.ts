import { Failure } from '../base/index.ts';
import type { Effect, Group, HistoryWrite, Part, Statement, WayBack } from '../contracts/index.ts';
import { type Entry, isPartial, type Migration } from '../migration/index.ts';
import { groupsOf, withoutBooks } from '../plan/index.ts';
import { invertAll, unknownSchema } from '../schema/index.ts';
import { forgettingBooks } from './books.ts';
import { isInvalid } from './concurrent-index.ts';
import { type Body, bodyOf, type Prepared, type Preparer, readMigration, resumedBody } from './prepare.ts';
import { statementsOf as statementsOfChange } from './rendered.ts';
import { oneLine, refuseUncertain } from './resume.ts';
import type { Identity, Step } from './run-types.ts';

/** The reason in the row of a migration whose finished part is being undone: its way down is what the history keeps. */
const partialMark = 'undoing the finished part';

export interface DownOptions {
  /** Use the way back that the history kept, whatever the file says. */
  readonly asApplied: boolean;
}

/** Works out how a migration would be taken back: by its file, or by what the history kept of it. */
export async function prepareDown(preparer: Preparer, entry: Entry, options: DownOptions): Promise<Prepared> {
  preparer.names.lose();
  try {
    const prepared = entry.partial && !isHalfBack(entry) ? await partialStep(preparer, entry) : await wholeStep(preparer, entry, options);
    const { step, problems } = prepared;
    if (step === undefined) return prepared;
    const forgets = await forgettingBooks(preparer.session, entry.id);
    return { step: forgets.length === 0 ? step : { ...step, forgets }, problems };
  } catch (error) {
    if (error instanceof Failure) return { step: undefined, problems: error.details.problems ?? [error] };
    throw error;
  }
}

async function wholeStep(preparer: Preparer, entry: Entry, options: DownOptions): Promise<Prepared> {
  const { migration, row } = entry;
  if (migration === undefined || options.asApplied || (entry.partial && row?.reason === partialMark))
    return { step: await storedStep(preparer, entry), problems: [] };
  const { parsed, identity } = await readMigration(preparer, migration);
  const { down } = parsed;
  if (down?.kind === 'irreversible') throw irreversible(entry, down.why);
  if (down === undefined) {
    const kept = row === undefined ? undefined : (await preparer.session.store.load(preparer.session, row.id)).back;
    if (kept !== undefined && kept.kind !== 'file')
      return { step: stepOf(entry, identity, { groups: statementsOf(preparer, entry, kept) }), problems: [] };
    return { step: stepOf(entry, identity, await invertedBody(preparer, entry)), problems: [] };
  }
  const body = await downBody(preparer, entry, { migration, part: down, transaction: parsed.transaction.down });
  const step: Step = {
    ...stepOf(entry, identity, body),
    transaction: parsed.transaction.down,
    ...(body.code === undefined ? {} : { code: body.code }),
    ...(body.late === undefined ? {} : { late: body.late }),
    ...(body.boundary === undefined ? {} : { boundary: body.boundary }),
    ...(body.foreseen === undefined ? {} : { foreseen: body.foreseen }),
  };
  return { step, problems: body.problems };
}

/** A written way back. What an earlier run has begun of its changes goes on as it was rendered then. */
async function downBody(
  preparer: Preparer,
  entry: Entry,
  { migration, part, transaction }: { readonly migration: Migration; readonly part: Part; readonly transaction: boolean },
): Promise<Body> {
  const { row } = entry;
  if (row !== undefined && part.kind === 'changes' && isHalfBack(entry)) return resumedBody(preparer, row, part, transaction);
  return bodyOf(preparer, migration, part, transaction);
}

async function storedStep(preparer: Preparer, entry: Entry): Promise<Step> {
  const { back } = await preparer.session.store.load(preparer.session, entry.id);
  if (back === undefined) throw irreversible(entry, 'the history keeps no way back for it');
  return stepOf(entry, identityOf(entry), { groups: statementsOf(preparer, entry, back) });
}

function statementsOf(preparer: Preparer, entry: Entry, back: WayBack): readonly Group[] {
  if (back.kind === 'none') throw irreversible(entry, back.why);
  if (back.kind === 'file') throw irreversible(entry, 'its way back is code of its file, which is not at hand');
  const { engine, server } = preparer.session;
  preparer.view.lose();
  const statements = back.statements.map((sql): Statement => withoutBooks({ ...engine.classify(sql, server), sql }));
  return groupsOf(statements, back.transaction !== false);
}

/** A migration that was only marked as applied has no way back in the history; what its changes say by themselves may do. */
async function invertedBody(preparer: Preparer, entry: Entry): Promise<Body> {
  const { migration } = entry;
  if (migration === undefined) throw irreversible(entry, 'its file is gone');
  const { parsed } = await readMigration(preparer, migration);
  if (parsed.up.kind === 'script') throw irreversible(entry, 'SQL has a way back only when it is written down');
  if (parsed.up.kind === 'code') throw irreversible(entry, 'it is code without a `down`, and was not run here');
  const inverse = invertAll(
    parsed.up.changes.map(({ change }) => change),
    unknownSchema,
  );
  if ('irreversible' in inverse) throw irreversible(entry, inverse.irreversible);
  const changes = { kind: 'changes', changes: inverse.map((change) => ({ change })) } as const;
  const body = await downBody(preparer, entry, { migration, part: changes, transaction: parsed.transaction.down });
  const [problem] = body.problems;
  if (problem !== undefined) throw problem;
  return body;
}

/**
 * Takes back the finished part of an `up` that broke off. Changes are inverted one by one. The statements of a written way back are run
 * when they concern what the finished part made, and left out when they concern what never came to be; any other cannot be judged.
 */
async function partialStep(preparer: Preparer, entry: Entry): Promise<Prepared> {
  const { migration, row } = entry;
  if (row === undefined) throw new Error(`${entry.id} has no row`);
  refuseUncertain(row);
  if (migration === undefined) throw irreversible(entry, 'its file is gone, and the history keeps only the way back of the whole');
  const { parsed, identity } = await readMigration(preparer, migration);
  const up = await bodyOf(preparer, migration, parsed.up, parsed.transaction.up);
  if (up.code !== undefined) throw irreversible(entry, 'it is code; what its finished part did must be undone by hand');
  const { engine, server } = preparer.session;
  const loaded = await preparer.session.store.load(preparer.session, row.id);
  // Changes that have happened cannot be rendered on what they have made: their statements are those of then.
  const statements =
    parsed.up.kind === 'script'
      ? up.groups.flatMap((group) => group.statements)
      : (loaded.rendered ?? []).flatMap((change) => statementsOfChange(change, engine, server));
  const [done, open] = [statements.slice(0, row.done), statements.slice(row.done)];
  const down =
    parsed.down === undefined || parsed.down.kind === 'irreversible'
      ? undefined
      : await bodyOf(preparer, migration, parsed.down, parsed.transaction.down);
  const candidates =
    down?.groups.flatMap((group) => group.statements) ??
    statementsOf(preparer, entry, loaded.back ?? up.back).flatMap((group) => group.statements);
  const made = namesOf(done);
  const unmade = namesOf(open);
  const judged = candidates.filter((statement) => {
    const { effects, family } = statement;
    const concerned = effects.some((effect) => isAmong(effect, made));
    // Rows that both parts write to may be those of either.
    if (concerned && !(family === 'rows' && effects.some((effect) => isAmong(effect, unmade)))) return true;
    if (!concerned && effects.length > 0 && effects.every((effect) => isAmong(effect, unmade))) return false;
    throw irreversible(entry, `it cannot be told whether this undoes something of the finished part: ${oneLine(statement.sql)}`, [
      'lockstep up   continue',
      `lockstep mark pending ${entry.id} --reason WHY   when it was undone by hand`,
    ]);
  });
  const chosen = [...(await leftovers(preparer, open[0])), ...judged];
  // From here on the way down is what is half finished, and the history must know it whatever happens to the file.
  const prelude: HistoryWrite = {
    id: entry.id,
    set: {
      direction: 'down',
      reason: partialMark,
      done: 0,
      total: chosen.length,
      finished: null,
      intent: null,
      back: { kind: 'statements', statements: chosen.map((statement) => statement.sql) },
    },
    exists: true,
  };
  return { step: { ...stepOf(entry, identity, { groups: groupsOf(chosen, parsed.transaction.down) }), prelude }, problems: [] };
}

/** What undoes the traces of the statement that failed: an index that could not be built to its end. */
async function leftovers({ session }: Preparer, failed: Statement | undefined): Promise<readonly Statement[]> {
  const { engine, server } = session;
  const index = failed === undefined ? undefined : engine.concurrentIndex?.(failed.sql);
  if (index === undefined || !(await isInvalid(session, index))) return [];
  return [{ ...engine.classify(index.drop, server), sql: index.drop }];
}

/** What statements make, change or take away, by the names that people and the engine have for it. */
function namesOf(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap(({ effects }) => effects.flatMap(({ key, text }) => (key === undefined ? [text] : [key, text])));
}

function isAmong({ key, text }: Effect, names: readonly string[]): boolean {
  return names.includes(text) || (key !== undefined && names.includes(key));
}

/** Whether an earlier run has taken back a part of it. */
function isHalfBack({ row }: Entry): boolean {
  return isPartial(row) && row?.direction === 'down';
}

function stepOf(entry: Entry, identity: Identity, { groups, rendered }: Pick<Body, 'groups' | 'rendered'>): Step {
  const { row } = entry;
  return {
    identity,
    direction: 'down',
    groups,
    back: { kind: 'none', why: 'it is taken back' },
    verify: [],
    transaction: true,
    ...(rendered === undefined ? {} : { rendered }),
    ...(entry.covers === undefined ? {} : { covers: entry.covers }),
    ...(row === undefined ? {} : { was: row.state }),
    ...(row !== undefined && isHalfBack(entry) ? { resume: row } : {}),
  };
}

function identityOf(entry: Entry): Identity {
  return { id: entry.id, module: entry.module, version: entry.version, name: entry.name };
}

export function irreversible(entry: Entry, why: string, fix?: readonly string[]): Failure {
  return new Failure('migration.irreversible', `there is no way back for migration ${entry.id}: ${why}`, {
    state: 'nothing was run',
    ...(fix === undefined ? {} : { fix }),
    ...(entry.migration === undefined ? {} : { place: { file: entry.migration.file.path, line: 1, column: 1 } }),
    data: { migration: entry.id },
  });
}
