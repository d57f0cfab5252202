/** What a row of the history says; `applied`, `covered` and `baseline` mean that the migration is in the database. */
export type RowState = 'applied' | 'failed' | 'covered' | 'baseline' | 'reverted';

/** One row of the history: what one database says of one migration. */
export interface HistoryRow {
  readonly id: string;
  /** What the row is of; without it a migration. */
  readonly kind?: 'migration' | 'fixture';
  /** Of a fixture: the set that it belongs to. */
  readonly set?: string;
  /** These three are read only of rows without a file, and of rows that are not simply applied. */
  readonly module?: string;
  readonly version?: string;
  readonly name?: string;
  readonly state: RowState;
  /** Of the tokens that ran; absent for a migration that was only marked. */
  readonly checksum?: string;
  readonly downChecksum?: string;
  /** Of the text of the file as it was. */
  readonly textHash?: string;
  readonly file?: string;
  readonly format?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly milliseconds?: number;
  readonly run?: string;
  readonly by?: string;
  readonly host?: string;
  readonly error?: string;
  readonly reason?: string;
  /** How many statements are finished for good, of how many. Only a failed row with `done` above 0 is partial. */
  readonly done: number;
  readonly total: number;
  /** A digest of the finished statements, so that an edit of them is noticed. */
  readonly finished?: string;
  /** The statement that was under way, as `Intent` in JSON. */
  readonly intent?: string;
  /** The direction in which a failed run was going. */
  readonly direction?: 'up' | 'down';
}

/** What the journal says of the statement that is under way. How the catalogue looked before it stands in a column of its own. */
export interface Intent {
  /** Counted from 1. */
  readonly statement: number;
  /** The statement, or its beginning when it is long. */
  readonly sql: string;
  /** Of its significant tokens. */
  readonly digest: string;
  readonly afterCrash: 'repeat' | 'probe' | 'ask';
  /** Keys of the objects that the probe looked at. */
  readonly touches: readonly string[];
}

/** What the journal says of a migration that is code. */
export interface CodeProgress {
  /** Results of finished steps by name. */
  readonly steps: Readonly<Record<string, unknown>>;
  /** How far each batch work is: the last key, and the rows so far. */
  readonly batches: Readonly<Record<string, { readonly last: unknown; readonly rows: number; readonly finished?: true }>>;
  /** What the code was told of the structure outside of steps, in order: taken up again it is told the same. */
  readonly looks?: readonly unknown[];
  /** Rows were changed outside any step, so that running the code again would change them twice. */
  readonly unstepped: boolean;
}

/** The journal's note in a row: a statement under way, the progress of code, or both. */
export type JournalNote = Partial<Intent> & {
  readonly code?: CodeProgress;
  /** What was under way is a commit, of a part or of all that was left: it took place, or nothing of its transaction did. */
  readonly committing?: 'part' | 'whole';
  /** What is finished when it took place. */
  readonly after?: { readonly done: number; readonly code?: CodeProgress };
};

/** What the ids of fixtures begin with in the history, so that they never meet those of migrations. */
export const fixturePrefix = 'fixture:';

/** Whether a row is of a fixture and no migration's. */
export function isFixture({ id }: Pick<HistoryRow, 'id'>): boolean {
  return id.startsWith(fixturePrefix);
}

/** The id of the row that marks its database as protected; `name` is what must be named by whoever changes it. */
export const protectionId = '@protected';

/** Whether a row is of a migration, and not of a fixture or of the database itself. */
export function isOfMigration(row: Pick<HistoryRow, 'id'>): boolean {
  return !isFixture(row) && row.id !== protectionId;
}

export function isInDatabase(row: HistoryRow | undefined): boolean {
  return row !== undefined && (row.state === 'applied' || row.state === 'covered' || row.state === 'baseline');
}

/** A migration of which some statements stay although it did not finish, in either direction. */
export function isPartial(row: HistoryRow | undefined): boolean {
  return row !== undefined && row.state === 'failed' && (row.done > 0 || row.intent !== undefined || row.direction === 'down');
}
