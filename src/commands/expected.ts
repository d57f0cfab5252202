import { Failure } from '../base/index.ts';
import { type Entry, formatOf, isInDatabase, type Migration } from '../migration/index.ts';
import type { Schema } from '../schema/index.ts';
import type { Workplace } from './open.ts';
import type { CommonOptions } from './options.ts';
import { replay, unnoticed } from './replay.ts';
import { onOwnBuild, readStructure } from './structure.ts';

/**
 * The structure that the history says a database should have: what is in it, run in the order in which it ran, on a scratch database.
 * Where a file was edited or is gone, the text counts that the history keeps. Refuses what cannot be told: code without its file, and
 * what does not run there.
 */
export async function expectedStructure(workplace: Workplace, entries: readonly Entry[], options: CommonOptions): Promise<Schema> {
  const migrations: Migration[] = [];
  for (const entry of replayOrder(entries)) migrations.push(await asApplied(workplace, entry));
  return rebuilt(workplace, migrations, {
    ...options,
    refused: (failure) =>
      new Failure('drift.unknown', `what the history says cannot be made anew: ${failure.message}`, {
        ...failure.details,
        fix: ['correct what is named', 'lockstep mark accept ID --reason WHY   where the file has the right text'],
      }),
  });
}

/**
 * What is in the database, in the order in which it came there. What ran stands where its time puts it; what was only marked may have
 * been there long before, so it stands where its file does. What an installer covers was not run.
 */
export function replayOrder(entries: readonly Entry[]): readonly Entry[] {
  const place = new Map(entries.map((entry, i) => [entry, i]));
  const at = (entry: Entry): number => place.get(entry) ?? 0;
  const present = entries.filter(({ row }) => isInDatabase(row) && row?.state !== 'covered');
  const timed = (entry: Entry): boolean => entry.state === 'applied' || entry.migration === undefined;
  const order = present.filter(timed).sort((a, b) => byTime(a, b) || at(a) - at(b));
  for (const marked of present.filter((entry) => !timed(entry))) {
    const next = order.findIndex((entry) => entry.migration !== undefined && at(entry) > at(marked));
    order.splice(next < 0 ? order.length : next, 0, marked);
  }
  return order;
}

function byTime({ row: a }: Entry, { row: b }: Entry): number {
  const [left, right] = [a?.finishedAt ?? '', b?.finishedAt ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The migration as it ran here: its file, or what the history keeps of it where that says something else. */
export async function asApplied({ session, project }: Workplace, entry: Entry): Promise<Migration> {
  const { migration, row } = entry;
  if (migration !== undefined && !entry.flags.includes('edited')) return migration;
  const unknown = (why: string): Failure =>
    new Failure('drift.unknown', `what migration ${entry.id} made here is not known: ${why}`, {
      state: 'nothing was changed',
      fix: ['restore the file as it was applied', `lockstep mark accept ${entry.id} --reason WHY   where the file has the right text`],
      data: { migration: entry.id },
    });
  const { text } = await session.store.load(session, entry.id);
  if (text === undefined) throw unknown('the history keeps no text of it');
  const path = row?.file ?? migration?.file.path ?? entry.id;
  const { id, module, version, name } = entry;
  const file = { path, text, folders: [], name: path.split('/').at(-1) ?? path, module };
  // Code is never run from a database.
  if (/\.[cm]?[jt]s$/.test(path)) throw unknown('it is code, and its file was edited or is gone');
  const format = formatOf(file, project.formats);
  if (format === undefined) throw unknown(`"${path}" is of no known format`);
  const label = migration?.label ?? { text: version, candidates: [] };
  return { id, module, version, name, label, order: 0, format: format.name, file, requires: [] };
}

interface Rebuilding extends CommonOptions {
  /** What a failure of a migration means. */
  readonly refused: (failure: Failure) => Failure;
}

/** Runs migrations on a scratch database of the same build and reads what they made. Nothing reaches the history, the hooks or the store of the project. */
export async function rebuilt(workplace: Workplace, migrations: readonly Migration[], options: Rebuilding): Promise<Schema> {
  const { database, session } = workplace;
  const project = unnoticed(workplace.project);
  return onOwnBuild({ ...database, server: session.server }, project, options, async (scratch) => {
    const there: Workplace = { ...workplace, project, session: scratch, close: () => Promise.resolve() };
    const failed = await replay(there, migrations, options, session.server).catch((error: unknown) => {
      if (error instanceof Failure && error.code !== 'interrupted') return error;
      throw error;
    });
    if (failed !== undefined) throw options.refused(failed).with({ state: 'nothing was changed; it was tried on a scratch database' });
    return readStructure(scratch);
  });
}
