import { inWorkplace, readEntries } from './open.ts';
import type { RunReport } from './report.ts';
import { type UpOptions, up } from './up.ts';

/** What a database was built of. */
export interface BuiltReport extends RunReport {
  /** It had no history: everything in it was built now. */
  readonly fresh: boolean;
}

/**
 * Builds a database from nothing: the installers of all modules, each behind what it requires, and the versions behind them. A database that has a
 * history gets what is pending.
 */
export async function install(options: UpOptions = {}): Promise<BuiltReport> {
  const fresh = await inWorkplace(options, { command: 'install', readOnly: true }, async (workplace) => {
    const { entries } = await readEntries(workplace);
    return entries.every(({ row }) => row === undefined);
  });
  return { ...(await up(options)), fresh };
}
