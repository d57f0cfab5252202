import { type Code, Failure, joined } from '../../base/index.ts';
import type { Asker, Expected, Team, TeamEvent, UpdateAnswer, UpdateWanted } from '../../team/index.ts';
import { randomHex } from '../digest.ts';
import type { CommonOptions } from '../options.ts';
import { databaseOf, openProject } from '../project.ts';
import type { RunReport } from '../report.ts';
import { up } from '../up.ts';
import { appliedMigrations } from './applied.ts';

/** What a run of `update` answers. */
export type UpdateReport = RunReport & UpdateAnswer;

interface Updating {
  readonly team: Team;
  readonly options: CommonOptions;
  /** The database that is meant where no environment is named. */
  readonly home: () => string;
  /** What updates of this server begin with. */
  readonly here: string;
  /** The place of whoever asks, in the team's own service. */
  readonly seatOf: (asker: Asker) => NonNullable<CommonOptions['seat']>;
  /** Tells the team what a database has. */
  readonly seen: (place: string, there: readonly Expected[]) => Promise<void>;
}

/**
 * Applies what is missing on one of the server's databases, notes that in the log, and says which versions are deployed by it. Refuses, by a
 * failure that holds the whole report, where anything of it failed.
 */
export function updater({ team, options, home, here, seen, seatOf }: Updating) {
  const note = (user: string, event: TeamEvent): Promise<null> => team.act(user, () => ({ ok: true, events: [event], answer: () => null }));
  return async (asker: Asker, { environment, confirm }: UpdateWanted): Promise<UpdateReport> => {
    const { user } = asker;
    const place = environment ?? home();
    const chosen: CommonOptions = {
      ...options,
      seat: seatOf(asker),
      ...(environment === undefined ? {} : { environment }),
      ...(confirm === undefined ? {} : { confirm }),
    };
    // What cannot be meant is refused before it is noted.
    await databaseOf(await openProject(chosen), chosen);
    const update = `${here}-${randomHex(8)}`;
    const before = await team.look((now) => now.announcements.map((one) => one.deployed[place]));
    await note(user, { kind: 'update.started', update, database: place, by: user });
    const report = await up({ ...chosen, yes: true, unannounced: true }).catch(async (error: unknown) => {
      const why = error instanceof Failure ? { code: error.code, message: error.message } : {};
      await note(user, { kind: 'update.ended', update, outcome: 'refused', applied: [], ...why });
      throw error;
    });
    await note(user, ended(update, report));
    await seen(place, await appliedMigrations(chosen));
    const [deployed, mismatched] = await team.look((now) => [
      now.announcements.filter((one, index) => one.deployed[place] !== undefined && before[index] === undefined).map((one) => one.number),
      now.announcements.filter((one) => one.mismatch?.database === place).map((one) => one.number),
    ]);
    return succeeded({ ...report, deployed, mismatched }, place);
  };
}

function ended(update: string, { done, failed, interrupted }: RunReport): TeamEvent {
  const problem = failed[0]?.problem;
  return {
    kind: 'update.ended',
    update,
    outcome: failed.length > 0 ? 'failed' : interrupted ? 'interrupted' : 'done',
    applied: done.map((item) => item.id),
    ...(problem === undefined ? {} : { code: problem.code, message: problem.message }),
  };
}

/** What was done, where all of it was; a script that asked must see by the status that it was not. */
function succeeded(report: UpdateReport, place: string): UpdateReport {
  const data = { ...report };
  const { failed, interrupted, untouched, mismatched } = report;
  const state = `${report.done.length} applied, ${failed.length} failed, ${untouched.length} untouched on ${place}`;
  const [first] = failed;
  if (first !== undefined) {
    const { code = 'migration.failed', message = `${first.id} failed`, fix } = first.problem ?? {};
    throw new Failure(code as Code, message, { state, data, ...(fix === undefined ? {} : { fix }) });
  }
  if (interrupted) throw new Failure('interrupted', 'the server stopped in the middle of the update', { state, data });
  if (mismatched.length > 0) {
    throw new Failure('announce.mismatch', `version ${joined(mismatched.map(String))} has another text on ${place} than was announced`, {
      state,
      data,
    });
  }
  return report;
}
