import { Failure } from '../base/index.ts';
import type { LoggedEntry } from '../contracts/index.ts';
import { inWorkplace } from './open.ts';
import type { CommonOptions } from './options.ts';

export interface HistoryOptions extends CommonOptions {
  /** How many entries, the newest; 50 by default. */
  readonly most?: number;
}

export interface HistoryReport {
  readonly database: string;
  readonly target: string;
  /** Newest first. */
  readonly entries: readonly LoggedEntry[];
  /** There may be older ones. */
  readonly more: boolean;
}

const usual = 50;

/** What has happened to a database, from the log that only grows. Writes nothing. Refuses a history that keeps no log. */
export async function history({ most = usual, ...options }: HistoryOptions = {}): Promise<HistoryReport> {
  return inWorkplace(options, { command: 'history', readOnly: true }, async ({ database, session }) => {
    const { store } = session;
    if (store.log === undefined) {
      throw new Failure('history.no-log', `the history of ${database.target.shown} is kept in a ${store.name}, which keeps no log`, {
        state: 'nothing was changed',
        fix: ['lockstep status --all   what is applied, when and by whom'],
      });
    }
    const entries = (await store.log(session, most + 1)) ?? [];
    return { database: database.name, target: database.target.shown, entries: entries.slice(0, most), more: entries.length > most };
  });
}
