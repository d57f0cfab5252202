import { rmSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import type { ForeignTable } from '../adopt/index.ts';
import { canonicalJson, Failure, joined } from '../base/index.ts';
import { type Finding, findings, noHints, type RenameHints, reversedHints, takeOver } from '../diff/index.ts';
import { type Entry, isInDatabase, isPending, resolve } from '../migration/index.ts';
import { formatLoss, possibleLosses } from '../plan/index.ts';
import { ask, type Run } from '../runner/index.ts';
import type { Change, Schema } from '../schema/index.ts';
import { comparable } from './comparable.ts';
import { proveEdited } from './edited.ts';
import { type Covered, type Exception, isDay, readExceptions, sortFindings, writeException } from './exceptions.ts';
import { expectedStructure } from './expected.ts';
import { markApplied } from './mark.ts';
import { newMigration } from './new.ts';
import type { NewReport } from './new-update.ts';
import { inWorkplace, readEntries, type Workplace } from './open.ts';
import { refuseOutside } from './owners.ts';
import { collectMigrations, writtenOut } from './project.ts';
import { formatFor, type OnScratch, planned, prove, type Settled, settle } from './prove.ts';
import { unrecorded } from './recorded-tables.ts';
import { applyHints, collectHints, keepAnswers } from './rename-hints.ts';
import { renamedWay } from './renamed-way.ts';
import { decideRenames, type NameAnswer, type NameQuestion, type RenamePolicy } from './renames.ts';
import type { PlannedLoss, PlannedStatement } from './report.ts';
import type { RowChanges, RowsBetween } from './row-changes.ts';
import { besideRows, countRows, type RecordedRows, rowsBehind } from './row-record.ts';
import { confirmProtected, type RunOptions, withRun } from './run.ts';
import { onOwnBuild, readStructure, refuseUnseen } from './structure.ts';
import { checkFiles } from './up.ts';
import { fileText, type Way } from './way.ts';

export interface DriftOptions extends RunOptions {
  /** Write the drift as a migration of this name and mark it as applied here. */
  readonly record?: string;
  /** Write the plan that takes the database back as the way back of a migration of this name, which counts as applied here. */
  readonly planBack?: string;
  /** `sql`, `ts`, `js`, `yaml`, `json`, `xml` or `ini`, for what is written; SQL by default where it says all that is known of the changes, else YAML. */
  readonly format?: string;
  /** Of what is recorded: what has got another name, as for `diff`. */
  readonly rename?: readonly string[];
  /** Of what is recorded: what is gone for good, though something new looks like it. */
  readonly drop?: readonly string[];
  /** What to do with what may have been renamed; `ask` by default, and where nobody can be asked it is refused. */
  readonly renames?: RenamePolicy;
  /** Asks a person what became of something. */
  readonly choose?: (question: NameQuestion) => Promise<NameAnswer>;
  /** With `record` and `format`: the text that a person has made of the proposed one. Both its ways are proven like that. */
  readonly text?: string;
  /** The file that `text` stands in, for places in it. */
  readonly textFile?: string;
  /** With `record`: only give the text of the migration; nothing is written and nothing is marked. */
  readonly textOnly?: boolean;
  /** A database without a history counts as one on which nothing was applied; else it is refused. */
  readonly orEmpty?: boolean;
  /** With `record`: rows of tables of data, which become part of the migration. */
  readonly rows?: RowsBetween;
  /** With `record`: the module that may be changed; what belongs to others is refused. */
  readonly within?: string;
  /** Keep an exception in the project. */
  readonly ignore?: Omit<Exception, 'on'>;
}

/** A difference as a report shows it. */
export interface Drifted extends Pick<Finding, 'sign' | 'kind' | 'name' | 'differing'> {
  /** The exception that covers it, or did until its day came. */
  readonly exception?: Exception;
}

export interface DriftReport {
  readonly database: string;
  readonly target: string;
  readonly server: string;
  /** Migrations that the expected structure is made of. */
  readonly applied: number;
  /** They are no drift. */
  readonly pending: number;
  /** What they left behind is drift until they are finished or undone. */
  readonly halfApplied: readonly string[];
  /** `+` only the database has it, `-` only the history, `~` both, and it differs. */
  readonly differences: readonly Drifted[];
  readonly ignored: readonly Drifted[];
  /** Exceptions that cover nothing here. */
  readonly unused: readonly Exception[];
  /** Tables whose columns only stand in another order, which is none. */
  readonly reordered: Way['reordered'];
  /** Tables of other migration tools, which are not compared. */
  readonly aside: readonly Omit<ForeignTable, 'key'>[];
  /** What the database has that no structure can hold: it is not compared. */
  readonly unread: readonly string[];
  /** What would make the expected structure the real one. */
  readonly changes: readonly Change[];
  /** With `rows`: how many are recorded. */
  readonly rows?: readonly RecordedRows[];
  /** What would take the database back to what is expected. */
  readonly back: readonly PlannedStatement[];
  /** What that would destroy now. */
  readonly losses: readonly PlannedLoss[];
  /** Both ways ran on a scratch database and arrived; or why they could not be tried or do not exist. */
  readonly proven: true | { readonly why: string };
  /** Statements for rows in an edited text: they were tried on a scratch database, and do not run here. */
  readonly notRun?: readonly string[];
  /** What the migration would say, and in which format, where only that was wanted. */
  readonly text?: string;
  readonly format?: string;
  /** The migration that was written, and marked as applied here. */
  readonly written?: NewReport;
  /** The exception that was kept. */
  readonly kept?: Exception;
}

/**
 * Compares the structure that the history says a database should have with the one that it has. No statement runs on the database; what
 * is recorded is written to a file and to the history. Refuses a database without a history.
 */
export async function drift(options: DriftOptions = {}): Promise<DriftReport> {
  if (options.ignore !== undefined) checkException(options.ignore);
  const name = options.record ?? options.planBack;
  return inWorkplace(options, { command: 'drift', readOnly: name === undefined || options.textOnly === true }, async (workplace) => {
    checkFiles(workplace);
    if (name === undefined) return (await look(workplace, options)).report;
    if (options.textOnly === true) return (await recordable(await look(workplace, options), workplace, options)).report;
    // Nobody else may migrate between what was seen and what is written down of it.
    return withRun(workplace, options, (run) => record(workplace, run, options, name));
  });
}

const noRows: RowChanges = { changes: [], named: [] };

interface Seen {
  readonly report: DriftReport;
  readonly entries: readonly Entry[];
  readonly sides: { readonly before: Schema; readonly after: Schema };
  readonly forth: Way;
  readonly back: Way;
}

async function look(workplace: Workplace, options: DriftOptions): Promise<Seen> {
  const { session, project, database } = workplace;
  const { engine, server } = session;
  await refuseUnseen(session);
  const { entries, real } = await readTogether(workplace, options.orEmpty === true);
  const scratch: OnScratch = (work) => onOwnBuild({ ...database, server }, project, options, work);
  const expected = comparable(project, await expectedStructure(workplace, entries, options));
  const found = comparable(project, real);
  const settled = await settle(expected.schema, found.schema, scratch);
  const all = findings(settled.before, settled.after, engine.diff);
  if (options.ignore !== undefined) keepException(workplace, options, all);
  const left = unrecorded(all, [settled.before, settled.after], project);
  const sorted = sortFindings(
    all.filter((finding) => !left.some((one) => one.finding === finding)),
    readExceptions(project),
    { database: database.name, today: new Date().toISOString().slice(0, 10) },
  );
  const { open, expired, unused } = sorted;
  const ignored = [...sorted.ignored, ...left];
  const before = takeOver(
    settled.before,
    settled.after,
    ignored.map(({ finding }) => finding),
  );
  const ways = await waysBetween({ ...settled, before }, workplace, { scratch, options }).catch((error: unknown) => {
    if (error instanceof Failure && (error.code === 'diff.refused' || error.code === 'diff.unproven')) return error;
    throw error;
  });
  const isPlanned = options.record !== undefined || options.planBack !== undefined;
  if (ways instanceof Failure && isPlanned) throw ways;
  const none: Way = { changes: [], statements: [], parts: [], reordered: [] };
  const { forth, back, proven } = ways instanceof Failure ? { forth: none, back: none, proven: { why: ways.message } } : ways;
  const report: DriftReport = {
    database: database.name,
    target: database.target.shown,
    server: server.title,
    applied: entries.filter((entry) => isInDatabase(entry.row)).length,
    pending: entries.filter((entry) => isPending(entry) && !entry.partial).length,
    halfApplied: entries.filter((entry) => entry.partial).map((entry) => entry.id),
    differences: open.map((finding) => drifted(finding, expired)),
    ignored: ignored.map(({ finding }) => drifted(finding, ignored)),
    unused,
    reordered: forth.reordered,
    aside: found.aside.map(({ tool, table }) => ({ tool, table })),
    unread: real.facts?.unread ?? [],
    changes: forth.changes,
    back: back.statements.map(planned),
    losses: await lossesIn(workplace, back),
    proven,
    ...(options.ignore === undefined ? {} : { kept: exceptionFor(options, options.ignore) }),
  };
  return { report, entries, sides: { before, after: settled.after }, forth, back };
}

/** The history and the structure as they were at one moment: another run may be at work. */
async function readTogether(
  workplace: Workplace,
  orEmpty: boolean,
): Promise<{ readonly entries: readonly Entry[]; readonly real: Schema }> {
  const known = (entries: readonly Entry[]): string =>
    canonicalJson(entries.map(({ id, row }) => [id, row?.state, row?.finishedAt, row?.done]));
  // What the modules that are left out have made would look like drift.
  const { scope: _, ...whole } = workplace;
  let { entries, isSetUp } = await readEntries(whole);
  for (let tries = 0; tries < 3; tries++) {
    if (!isSetUp && !orEmpty) throw noHistory(workplace);
    const real = await readStructure(workplace.session);
    const now = await readEntries(whole);
    if (known(now.entries) === known(entries)) return { entries, real };
    ({ entries, isSetUp } = now);
  }
  throw new Failure('lock.busy', `migrations are run on ${workplace.database.target.shown} right now`, { state: 'nothing was changed' });
}

function noHistory({ database }: Workplace): Failure {
  return new Failure('drift.no-history', `${database.target.shown} has no history, so nothing says what it should have`, {
    state: 'nothing was compared',
  });
}

interface Ways {
  readonly forth: Way;
  readonly back: Way;
  readonly proven: DriftReport['proven'];
}

interface Between {
  readonly scratch: OnScratch;
  readonly options: DriftOptions;
}

async function waysBetween(settled: Settled, workplace: Workplace, between: Between): Promise<Ways> {
  const { before, after, why } = settled;
  const { engine, server } = workplace.session;
  const hints = await namesBetween(settled, workplace, between);
  const means = { engine, server, scratch: why === undefined ? between.scratch : undefined };
  const forth = await renamedWay({ from: before, to: after, hints }, means);
  const back = await renamedWay({ from: after, to: before, hints: reversedHints(hints.renames) }, means);
  return { forth, back, proven: why === undefined ? await prove({ before, after, forth, back }, between.scratch) : { why } };
}

/** What got another name, where that is asked: a migration that drops and makes anew would take the rows of every other database. */
async function namesBetween({ before, after }: Settled, { project, database }: Workplace, { options }: Between): Promise<RenameHints> {
  if (options.record === undefined) return noHints;
  const { hints: given } = applyHints(await collectHints(project, options, { kind: 'database', database }), before, after);
  const { hints, answers } = await decideRenames(given, {
    from: before,
    to: after,
    rules: database.engine.diff,
    policy: options.renames ?? 'ask',
    choose: options.choose,
    // What is gone is gone here: its rows are in other databases.
    counts: () => Promise.resolve(new Map()),
  });
  if (answers.length > 0 && options.textOnly !== true) keepAnswers(project, answers);
  return hints;
}

function drifted(finding: Finding, covered: readonly Covered[]): Drifted {
  const { sign, kind, name, differing } = finding;
  const by = covered.find((one) => one.finding === finding)?.by;
  return { sign, kind, name, differing, ...(by === undefined ? {} : { exception: by }) };
}

async function lossesIn({ session }: Workplace, { statements }: Way): Promise<readonly PlannedLoss[]> {
  const possible = possibleLosses(statements);
  if (possible.length === 0) return [];
  const found = await ask(session.connection, session.engine.losses(possible, session.server));
  return found.filter(({ rows }) => rows > 0).map(({ loss, rows }) => ({ loss, text: formatLoss(loss), rows }));
}

/** The report with the text of the migration; without one where nothing differs. Refuses what is half applied, unproven or not to be changed. */
async function recordable(
  { report, forth, back, entries, sides }: Seen,
  workplace: Workplace,
  options: DriftOptions,
): Promise<{ readonly report: DriftReport; readonly rows?: RowChanges }> {
  const { project, session } = workplace;
  if (report.halfApplied.length > 0) {
    throw new Failure('drift.unknown', `${joined(report.halfApplied)} is half applied, so nobody knows what is drift`, {
      state: 'nothing was written',
      fix: ['lockstep up', 'lockstep down --partial'],
    });
  }
  if (report.proven !== true && forth.changes.length > 0)
    throw new Failure('diff.unproven', report.proven.why, { state: 'nothing was written' });
  const scratch: OnScratch = (work) => onOwnBuild({ ...workplace.database, server: session.server }, project, options, work);
  const rows = options.rows === undefined ? noRows : await rowsBehind({ rows: options.rows, ...sides, forth }, workplace, scratch);
  if (forth.changes.length + rows.changes.length === 0) return { report };
  if (options.within !== undefined) {
    await refuseOutside(workplace, { ...sides, entries, module: options.within, filled: rows.changes }, options);
  }
  if (options.text !== undefined) {
    if (rows.changes.length > 0) {
      throw new Failure('usage.invalid-value', 'rows are recorded with this migration, so its text cannot be edited beforehand', {
        state: 'nothing was written',
        fix: ['check in as proposed, and write another migration behind it'],
      });
    }
    const edited = { text: options.text, format: options.format ?? 'sql', file: options.textFile };
    const { engine, server } = session;
    const notRun = await proveEdited(edited, { before: sides.before, after: sides.after }, { project, engine, server, scratch });
    return { report: { ...report, text: edited.text, format: edited.format, ...(notRun.length === 0 ? {} : { notRun }) } };
  }
  const format = options.format ?? (rows.changes.length > 0 ? 'yaml' : formatFor(forth, session.engine, session.server));
  if (rows.changes.length === 0) {
    return { report: { ...report, text: await fileText(format, forth, { engine: session.engine, back, ...writtenOut(project) }), format } };
  }
  if (format === 'sql') {
    throw new Failure('usage.invalid-value', 'rows are not recorded as SQL, which has no names for them', {
      state: 'nothing was written',
      fix: ['--format yaml'],
    });
  }
  // What takes rows back follows from what each change says of them.
  const changes = [...forth.changes, ...rows.changes];
  const text = await fileText(format, { ...forth, changes }, { engine: session.engine, ...writtenOut(project) });
  return { report: { ...report, changes, rows: countRows(rows), text, format }, rows };
}

/** Writes the drift as an ordinary migration with a way back, and marks it as applied here: it is what is there already. */
async function record(workplace: Workplace, run: Run, options: DriftOptions, name: string): Promise<DriftReport> {
  const seen = await look(workplace, options);
  const { report: made, rows } = await recordable(seen, workplace, options);
  const { text, format, ...report } = made;
  const { project } = workplace;
  if (text === undefined || format === undefined) return report;
  await confirmProtected(workplace, options, 'A migration would be marked as applied.');
  const written = await newMigration({ ...options, name, format, text });
  try {
    const collected = await collectMigrations(project, options);
    const now = { ...workplace, collected };
    checkFiles(now);
    const { entries } = await readEntries(now);
    const beside = rows === undefined ? undefined : await besideRows(rows, seen, run, written.id);
    await markApplied(now, run, resolve(written.id, entries), 'drift: it is what the database has already', beside);
  } catch (error) {
    // A file that is not marked would be run here, on what is there already.
    rmSync(resolvePath(project.base, written.file), { force: true });
    throw error;
  }
  return { ...report, written };
}

function checkException({ ignore, until, why }: Omit<Exception, 'on'>): void {
  const wrong = (what: string): Failure =>
    new Failure('usage.invalid-value', what, {
      state: 'nothing was written',
      fix: [`lockstep drift --ignore ${ignore || 'NAME'} --until 2026-12-31 -m "ticket 812"`],
    });
  if (ignore.trim() === '') throw wrong('--ignore needs the name of a difference');
  if (why.trim() === '') throw wrong('an exception needs a reason: -m WHY');
  if (!isDay(until)) throw wrong(`--until takes a day such as 2026-12-31, not "${until}"`);
  if (until < new Date().toISOString().slice(0, 10)) throw wrong(`--until ${until} is over already`);
}

function exceptionFor({ environment }: DriftOptions, exception: Omit<Exception, 'on'>): Exception {
  return { ...exception, ...(environment === undefined ? {} : { on: environment }) };
}

/** Keeps an exception that covers something; a name that is mistyped would only be found out when it is too late. */
function keepException({ project }: Workplace, options: DriftOptions, all: readonly Finding[]): void {
  if (options.ignore === undefined) return;
  const added = exceptionFor(options, options.ignore);
  const { ignored } = sortFindings(all, [added], { database: options.environment ?? '', today: '' });
  if (ignored.length === 0) {
    const names = all.map(({ name }) => name);
    throw new Failure(
      'usage.invalid-value',
      `no difference is called "${added.ignore}"; ${names.length === 0 ? 'there is none' : `there are ${joined(names)}`}`,
      {
        state: 'nothing was written',
      },
    );
  }
  writeException(project, added);
}
