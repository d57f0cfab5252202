import { type Problem, problemOf } from '../base/index.ts';
import { chosenExtensions } from '../config/index.ts';
import { isInDatabase } from '../migration/index.ts';
import { checkFailure, hasChecks, prepareChecks, runChecks } from '../runner/index.ts';
import { inWorkplace, readEntries } from './open.ts';
import type { CommonOptions } from './options.ts';
import { conventionsOf } from './project.ts';
import { preparerFor } from './run.ts';
import { problemOfEntry } from './up.ts';

export interface VerifyReport {
  readonly database: string;
  readonly target: string;
  /** Applied migrations whose files were compared. */
  readonly compared: number;
  /** Applied migrations whose own checks ran. */
  readonly checked: number;
  readonly problems: readonly Problem[];
}

/** Compares history and files, and runs the checks of every applied migration in transactions that are rolled back. */
export async function verify(options: CommonOptions = {}): Promise<VerifyReport> {
  return inWorkplace(options, { command: 'verify', readOnly: true }, async (workplace) => {
    const { database, collected, session, project } = workplace;
    const preparer = preparerFor(workplace);
    const problems: Problem[] = collected.problems.map((failure) => problemOf(failure));
    const { entries } = await readEntries(workplace);
    const present = entries.filter((entry) => isInDatabase(entry.row) || entry.partial);
    let checked = 0;
    for (const entry of present) {
      const failure = problemOfEntry(entry);
      if (failure !== undefined) problems.push(problemOf(failure));
      if (entry.partial)
        problems.push({
          code: 'migration.failed',
          level: 'error',
          message: `migration ${entry.id} is half applied`,
          fix: ['lockstep up', 'lockstep down --partial'],
          migration: entry.id,
        });
      if (entry.migration === undefined || entry.flags.length > 0 || entry.partial) continue;
      const { checked: own, problems: found } = await prepareChecks(preparer, entry.migration);
      problems.push(...found.map((one) => problemOf(one)));
      if (own === undefined || !hasChecks(own)) continue;
      checked++;
      const services = project.config.services ?? {};
      const extensions = chosenExtensions(project.config.extensions);
      const conventions = conventionsOf(project);
      const broken = await runChecks(session, own, { inTransaction: false, services, extensions, conventions, log: () => undefined });
      if (broken !== undefined) problems.push(problemOf(checkFailure(entry.id, broken)));
    }
    return { database: database.name, target: database.target.shown, compared: present.length, checked, problems };
  });
}
