import { count, Failure } from '../base/index.ts';
import type { Forgotten, LogEntry } from '../contracts/index.ts';
import { type Entry, type HistoryRow, isInDatabase, isOfMigration, isPartial, rootModule } from '../migration/index.ts';
import { forgetKept, writeHistory } from './mark.ts';
import { inWorkplace, readEntries, type Workplace } from './open.ts';
import { confirm, confirmProtected, protectedAs, type RunOptions, withRun } from './run.ts';
import { checkFiles } from './up.ts';

export interface RefreshOptions extends RunOptions {
  /** Begin the history anew: what it says of migrations leaves it, so that all of them are pending. */
  readonly restart?: boolean;
  /** With `restart`: what is in the database, wholly or in part, keeps its rows; only what the history merely remembers leaves. */
  readonly keepApplied?: boolean;
}

/** A migration with the file that it is, or was, in. */
export interface Refreshed {
  readonly id: string;
  readonly module: string;
  readonly state: Entry['state'];
  readonly file?: string;
}

export interface RefreshReport {
  readonly database: string;
  /** In the sources, and unknown to the history. */
  readonly new: readonly Refreshed[];
  /** In the history as applied, and not in the sources any more. */
  readonly vanished: readonly Refreshed[];
  /** Changed in the sources since they were recorded. */
  readonly changed: readonly Refreshed[];
  /** What the history was begun anew with. */
  readonly restarted?: { readonly forgotten: readonly Refreshed[]; readonly kept: number };
}

/**
 * Reads the sources again and holds them against the history; nothing is written by that. With `restart` rows leave the history, each
 * with an entry in its log: of a database's structure and rows nothing is touched. Records of what was applied are only given up after an
 * answer, and never those of a migration that is half applied.
 */
export async function refresh(options: RefreshOptions = {}): Promise<RefreshReport> {
  const { restart = false, keepApplied = false } = options;
  if (keepApplied && !restart) {
    throw new Failure('usage.invalid-value', '`--keep-applied` says how to restart', {
      fix: ['lockstep refresh --restart --keep-applied'],
    });
  }
  return inWorkplace(options, { command: 'refresh', readOnly: !restart }, async (workplace) => {
    checkFiles(workplace);
    if (!restart) return compared(workplace, (await readEntries(workplace)).entries);
    return await withRun(workplace, options, async (run, entries) => {
      const rows = await rowsMeant(workplace);
      const leaving = rows.filter((row) => !keepApplied || !(isInDatabase(row) || isPartial(row)));
      if (!keepApplied) refusePartial(leaving);
      const report = compared(workplace, entries);
      if (leaving.length > 0) {
        await confirmForgetting(workplace, leaving, options);
        const log = (row: HistoryRow): LogEntry => ({
          event: 'mark',
          migration: row.id,
          run: run.id,
          by: run.by,
          host: run.host,
          detail: `refresh --restart: it was ${row.state}`,
        });
        const forgotten = leaving.map((row): Forgotten => ({ forget: row.id, log: log(row) }));
        await writeHistory(
          run,
          forgotten,
          await forgetKept(
            run,
            leaving.map(({ id }) => id),
          ),
        );
      }
      const restarted = { forgotten: leaving.map(ofRow), kept: rows.length - leaving.length };
      return {
        ...compared(workplace, (await readEntries(workplace)).entries),
        changed: report.changed,
        vanished: report.vanished,
        restarted,
      };
    });
  });
}

function compared({ database }: Workplace, entries: readonly Entry[]): RefreshReport {
  const flagged = (flag: Entry['flags'][number]): readonly Refreshed[] => entries.filter(({ flags }) => flags.includes(flag)).map(ofEntry);
  return {
    database: database.name,
    new: entries
      .filter(({ row, migration, passedOver }) => row === undefined && migration !== undefined && passedOver === undefined)
      .map(ofEntry),
    vanished: flagged('file-missing'),
    changed: flagged('edited'),
  };
}

function ofEntry({ id, module, state, migration, row }: Entry): Refreshed {
  const file = migration?.file.path ?? row?.file;
  return { id, module, state, ...(file === undefined ? {} : { file }) };
}

function ofRow({ id, module, state, file }: HistoryRow): Refreshed {
  return { id, module: module ?? rootModule, state, ...(file === undefined ? {} : { file }) };
}

/** The rows of migrations of the modules that are meant, with what is only remembered. Fixtures keep theirs. */
async function rowsMeant(workplace: Workplace): Promise<readonly HistoryRow[]> {
  const { session, scope } = workplace;
  const { entries, all } = await readEntries(workplace);
  const meant = new Set(entries.map(({ id }) => id));
  const moduleOf = new Map(all.map(({ id, module }) => [id, module]));
  const rows = ((await session.store.read(session)) ?? []).filter(isOfMigration);
  return rows
    .map((row) => ({ ...row, module: moduleOf.get(row.id) ?? row.module ?? rootModule }))
    .filter(({ id, module }) => {
      if (moduleOf.has(id)) return meant.has(id);
      return (scope?.only?.includes(module) ?? true) && scope?.exclude?.includes(module) !== true;
    });
}

/** What is half done stays known: nobody could take it up or undo it any more. */
function refusePartial(rows: readonly HistoryRow[]): void {
  const half = rows.find(isPartial);
  if (half === undefined) return;
  throw new Failure('migration.failed', `migration ${half.id} is half applied, and only its row of the history says which half`, {
    state: 'nothing was changed',
    fix: ['lockstep up   go on with it', 'lockstep down --partial   undo its finished part', 'lockstep refresh --restart --keep-applied'],
    data: { migration: half.id },
  });
}

async function confirmForgetting(workplace: Workplace, rows: readonly HistoryRow[], options: RunOptions): Promise<void> {
  const applied = rows.filter(isInDatabase).map(({ id }) => id);
  const named = `${applied.slice(0, 5).join(', ')}${applied.length > 5 ? ', …' : ''}`;
  const what =
    applied.length === 0
      ? `The history would forget ${count(rows.length, 'migration')} that it only remembers.`
      : `The history would forget that ${count(applied.length, 'migration')} ${applied.length === 1 ? 'is' : 'are'} applied (${named}), and \`up\` would run them again.`;
  if ((await protectedAs(workplace)).length > 0) return confirmProtected(workplace, options, what);
  if (applied.length === 0 || options.yes === true) return;
  const losses = ['their ways back as they were applied, and the old rows that were kept for them'];
  await confirm(options, { text: what, losses, flag: '--yes' });
}
