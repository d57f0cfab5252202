import { type Problem, problemOf } from '../base/index.ts';
import { type Entry, isInDatabase, isPending } from '../migration/index.ts';
import { inWorkplace, readEntries } from './open.ts';
import type { CommonOptions } from './options.ts';
import { type Listed, listed } from './report.ts';
import { problemOfEntry, warningsOf } from './up.ts';

export interface StatusReport {
  readonly database: string;
  readonly server: string;
  readonly target: string;
  /** In running order; migrations without a file come last. */
  readonly migrations: readonly Listed[];
  /** Counted by what they are; one migration may be in several. */
  readonly counts: {
    readonly pending: number;
    readonly applied: number;
    readonly failed: number;
    readonly edited: number;
    readonly missing: number;
    readonly late: number;
  };
  readonly problems: readonly Problem[];
  /** Everything is applied, and nothing contradicts the files. */
  readonly upToDate: boolean;
}

/** What is applied here, what is pending, and what does not fit. Writes nothing. */
export async function status(options: CommonOptions = {}): Promise<StatusReport> {
  return inWorkplace(options, { command: 'status', readOnly: true }, async (workplace) => {
    const { entries } = await readEntries(workplace);
    const { database, session, collected } = workplace;
    const problems = [
      ...collected.problems.map((failure) => problemOf(failure)),
      ...entries.flatMap((entry) => {
        const failure = problemOfEntry(entry);
        return failure === undefined ? [] : [problemOf(failure, 'warning')];
      }),
      ...warningsOf(workplace, []),
    ];
    const counts = countsOf(entries);
    return {
      database: database.name,
      server: session.server.title,
      target: database.target.shown,
      // An installer that is not wanted here says nothing.
      migrations: entries.filter(({ passedOver }) => passedOver === undefined || passedOver.by !== undefined).map(listed),
      counts,
      problems,
      upToDate: counts.pending + counts.failed + counts.edited + counts.missing === 0 && collected.problems.length === 0,
    };
  });
}

function countsOf(entries: readonly Entry[]): StatusReport['counts'] {
  const flagged = (flag: Entry['flags'][number]): number => entries.filter((entry) => entry.flags.includes(flag)).length;
  return {
    pending: entries.filter(isPending).length,
    applied: entries.filter((entry) => isInDatabase(entry.row)).length,
    failed: entries.filter((entry) => entry.state === 'failed').length,
    edited: flagged('edited'),
    missing: flagged('file-missing'),
    late: flagged('late'),
  };
}
