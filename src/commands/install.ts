import { Failure } from '../base/index.ts';
import { mainSet } from '../fixtures/index.ts';
import { type FixtureReport, fixtureStatus, loadFixtures } from './fixtures.ts';
import { inWorkplace, readEntries } from './open.ts';
import type { RunReport } from './report.ts';
import { type UpOptions, up } from './up.ts';

export interface BuildOptions extends UpOptions {
  /** Load the set `demo`, too. */
  readonly demo?: boolean;
}

/** What a database was built of. */
export interface BuiltReport extends RunReport {
  /** It had no history: everything in it was built now. */
  readonly fresh: boolean;
  /** What was loaded into it; absent where there are no fixtures, or where a migration was not applied. */
  readonly fixtures?: FixtureReport;
}

const demoSet = 'demo';

/**
 * Builds a database from nothing: the installers of all modules, each behind what it requires, the versions behind them, and the fixtures of the set
 * `main`. A database that has a history gets what is pending. Where a migration fails, no fixture is loaded.
 */
export async function install(options: BuildOptions = {}): Promise<BuiltReport> {
  const fresh = await inWorkplace(options, { command: 'install', readOnly: true }, async (workplace) => {
    const { entries } = await readEntries(workplace);
    return entries.every(({ row }) => row === undefined);
  });
  const built = { ...(await up(options)), fresh };
  if (built.failures.length > 0 || built.interrupted || built.rehearsed) return built;
  try {
    const { fixtures, problems } = await fixtureStatus(options);
    if (fixtures.length === 0 && problems.length === 0) return built;
    const wanted = options.demo === true ? [mainSet, demoSet] : [mainSet];
    const sets = wanted.filter((set) => set === mainSet || fixtures.some((one) => one.set === set));
    return { ...built, fixtures: await loadFixtures({ ...options, sets }) };
  } catch (error) {
    // What was built is there, and must be told.
    if (!(error instanceof Failure)) throw error;
    return { ...built, failures: [error.with({ state: 'the migrations are applied; no fixture was loaded' })] };
  }
}
