import { type HistoryRow, isFixture, isInDatabase, isPartial } from './history.ts';
import { type Migration, rootModule } from './migration.ts';

export type State = 'pending' | 'applied' | 'failed' | 'covered' | 'baseline' | 'reverted';
export type Flag = 'edited' | 'file-missing' | 'late';

/** One migration on one database: its files, its row of the history, or both. */
export interface Entry {
  readonly id: string;
  readonly module: string;
  readonly version: string;
  readonly name: string;
  readonly state: State;
  readonly flags: readonly Flag[];
  /** Of a failed one: some statements stay. */
  readonly partial: boolean;
  readonly migration?: Migration;
  readonly row?: HistoryRow;
  /** Of an installer that is to run: what it makes unnecessary. */
  readonly covers?: readonly Entry[];
  /** It stands behind a migration that is pending and left out of what was asked for. */
  readonly waitsFor?: string;
  /** It is not in the database and does not run: an installer stands for it, or it is an installer that is not wanted. */
  readonly passedOver?: { readonly by?: string; readonly why: string };
}

/**
 * Joins files and history. Migrations come in running order; rows without a file come behind, in the order in which they ran. Rows of
 * fixtures are passed over.
 * `isEdited` is asked only for migrations that are in the database, or half in it, and have a file.
 */
export function entriesOf(
  migrations: readonly Migration[],
  rows: readonly HistoryRow[],
  isEdited: (migration: Migration, row: HistoryRow) => boolean,
): readonly Entry[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const newest = newestInDatabase(migrations, byId);
  const entries: Entry[] = migrations.map((migration, position) => {
    const row = byId.get(migration.id);
    const flags: Flag[] = [];
    if (row !== undefined && (isInDatabase(row) || isPartial(row)) && isEdited(migration, row)) flags.push('edited');
    const late = position < (newest.get(orderOf(migration)) ?? -1);
    if (late && !isInDatabase(row)) flags.push('late');
    return {
      id: migration.id,
      module: migration.module,
      // An installer stands for the version that it covered when it ran, whatever its file covers now.
      version: (migration.covers !== undefined && isInDatabase(row) ? row?.version : undefined) ?? migration.version,
      name: migration.name,
      state: row?.state ?? 'pending',
      flags,
      partial: isPartial(row),
      migration,
      ...(row === undefined ? {} : { row }),
    };
  });
  const filed = new Set(migrations.map((migration) => migration.id));
  for (const row of rows) {
    // What is not in the database any more and has no file is only a memory.
    if (filed.has(row.id) || isFixture(row) || !(isInDatabase(row) || isPartial(row))) continue;
    entries.push({
      id: row.id,
      module: row.module ?? rootModule,
      version: row.version ?? '',
      name: row.name ?? row.id,
      state: row.state,
      flags: ['file-missing'],
      partial: isPartial(row),
      row,
    });
  }
  return entries;
}

/** Whether `up` would run it. A partial migration is resumed. */
export function isPending(entry: Entry): boolean {
  return entry.migration !== undefined && !isInDatabase(entry.row) && entry.passedOver === undefined;
}

/** Migrations of one order are late against each other: those of a module, or of all of them. */
function orderOf({ module, interleaved }: Migration): string {
  return interleaved === true ? '' : module;
}

function newestInDatabase(migrations: readonly Migration[], rows: ReadonlyMap<string, HistoryRow>): ReadonlyMap<string, number> {
  const newest = new Map<string, number>();
  migrations.forEach((migration, position) => {
    if (isInDatabase(rows.get(migration.id))) newest.set(orderOf(migration), position);
  });
  return newest;
}
