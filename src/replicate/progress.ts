import { Failure } from '../base/index.ts';
import { DatabaseError } from '../contracts/index.ts';
import type { Session } from '../runner/index.ts';
import type { Tally } from './checksum.ts';

/** Where the progress of a copy is kept while it lasts; no part of any structure. */
const table = 'lockstep_replicate';

/** How far one table is. */
export interface TableProgress {
  readonly rows: number;
  /** The key of the last row, as texts; nothing where a table goes over in one transaction. */
  readonly lastKey?: readonly (string | null)[];
  /** All rows are there, and were held against the source. */
  readonly done?: Tally;
}

export interface Progress {
  /** What is copied: another copy must not go on with it. */
  readonly identity: string;
  readonly tables: ReadonlyMap<number, TableProgress>;
}

/** What a copy that was broken off has left in the target; nothing where there was none. */
export async function readProgress({ connection, engine }: Session): Promise<Progress | undefined> {
  try {
    const { rows } = await connection.query(`SELECT part, state FROM ${table} ORDER BY part`);
    const states = rows.map((row) => [Number(row['part']), JSON.parse(String(row['state'])) as unknown] as const);
    const [, head] = states.find(([part]) => part === 0) ?? [];
    if (head === undefined) return undefined;
    return {
      identity: (head as { identity: string }).identity,
      tables: new Map(states.filter(([part]) => part > 0)) as Progress['tables'],
    };
  } catch (error) {
    if (error instanceof DatabaseError && engine.errorKind(error) === 'no-table') return undefined;
    throw error;
  }
}

/** Statements that begin to keep progress. */
export function beginProgress({ engine }: Session, identity: string): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (part integer NOT NULL PRIMARY KEY, state text NOT NULL)`,
    `DELETE FROM ${table}`,
    `INSERT INTO ${table} (part, state) VALUES (0, ${engine.quote.literal(JSON.stringify({ identity }))})`,
  ];
}

/** A statement that keeps the progress of one table; `isFirst` where nothing was kept of it yet. */
export function keepProgress({ engine }: Session, part: number, progress: TableProgress, isFirst: boolean): string {
  const state = engine.quote.literal(JSON.stringify(progress));
  return isFirst
    ? `INSERT INTO ${table} (part, state) VALUES (${part}, ${state})`
    : `UPDATE ${table} SET state = ${state} WHERE part = ${part}`;
}

export const endProgress: string = `DROP TABLE ${table}`;

/** Refuses to go on with the progress of another copy. */
export function checkProgress(progress: Progress, identity: string, shown: string): void {
  if (progress.identity === identity) return;
  throw new Failure('replicate.not-empty', `${shown} holds the beginning of another copy: from another source, or of another structure`, {
    state: 'nothing was changed',
    fix: ['run that copy to its end', `empty the target, table ${table} too, and begin anew`],
  });
}
