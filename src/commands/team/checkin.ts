import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { count, Failure } from '../../base/index.ts';
import { isInDatabase, isPending, type Migration } from '../../migration/index.ts';
import type { Announcement } from '../../team/index.ts';
import { randomHex, sha256 } from '../digest.ts';
import { type DriftOptions, type DriftReport, drift } from '../drift.ts';
import { mark } from '../mark.ts';
import { inWorkplace, readEntries } from '../open.ts';
import { collectMigrations, openProject, type Project } from '../project.ts';
import { dataPatterns } from '../recorded-tables.ts';
import { forgetRows, keptRows, readData } from '../rows.ts';
import { writing } from '../write.ts';
import { appliedRows } from './applied.ts';
import { standingOf } from './checkout.ts';
import { throughDoor } from './door.ts';
import { evidenceOf, forgetEvidence } from './evidence.ts';
import { closeGuard, openGuard } from './opened.ts';
import { alreadyBegun, type BegunCheckin, keepPlace, nothingOut, type OwnCheckout, readPlace } from './place.ts';
import type { Door } from './remote.ts';

export interface CheckinOptions extends Omit<DriftOptions, 'record' | 'planBack' | 'ignore' | 'textOnly' | 'orEmpty'> {
  /** What was done; what the check-out was for, by default. */
  readonly message?: string;
  /** Where nothing was changed the check-out ends without a version. */
  readonly allowEmpty?: boolean;
}

export interface CheckinReport {
  readonly server: string;
  readonly message: string;
  /** Nothing where nothing was changed. */
  readonly version?: Announcement;
  readonly file?: string;
  /** What differs from what the history said: none where the check-in was begun by an earlier command. */
  readonly differences: DriftReport['differences'];
  /** Rows of tables of data that were recorded. */
  readonly rows?: DriftReport['rows'];
  /** Statements for rows in an edited text, which do not run here. */
  readonly notRun?: DriftReport['notRun'];
  /** A file that an earlier, broken off command had written, and where it was put. */
  readonly aside: readonly string[];
  /** Migrations that were written by hand and applied under the check-out: each is a version of its own. */
  readonly byHand: readonly Announcement[];
  /** How many structural statements were seen under the check-out. */
  readonly evidence: number;
}

/**
 * Makes one migration of everything that was changed, marks it as applied here, announces it, and ends the check-out. Each step is noted
 * before the next, so that the same command finishes what was broken off, with the same version. Refuses where nothing was changed; where
 * the check-out was lost meanwhile the work is kept as a draft.
 */
export async function checkin(options: CheckinOptions): Promise<CheckinReport> {
  const project = await openProject(options);
  return throughDoor(project, options, async (door) => {
    const own = door.place.checkout;
    if (own === undefined) throw nothingOut();
    const begun = own.checkin ?? (await begin(project, door, own, options));
    const evidence = (await evidenceOf(project, door.place, own, options)).statements.length;
    const { differences, aside, written, rows, notRun, byHand } = await heldOr(project, door, own, options, async () => {
      // What is written was prepared, and may be announced and over: then only the announcement gives the same answer again.
      if (begun.written === undefined) {
        await door.call('prepare', { checkout: own.checkout, copy: door.place.copy, request: begun.request, message: begun.message });
      }
      const announced = await announceByHand(door, begun, options);
      const found = await writtenOnce(project, door, own, {
        begun,
        options: { ...options, ...(announced.length > 0 ? { allowEmpty: true } : {}) },
      });
      return { ...found, byHand: announced };
    });
    const common = { server: door.title, message: begun.message, differences, aside, byHand, evidence };
    if (written === undefined) {
      await door.call('release', { checkout: own.checkout, copy: door.place.copy });
      await ended(project, door, own, options);
      return common;
    }
    const { id, module, file, checksum, statements } = written;
    const version = await heldOr(project, door, own, { ...options, written }, () =>
      door.call('announce', {
        checkout: own.checkout,
        copy: door.place.copy,
        request: begun.request,
        message: begun.message,
        module,
        migration: id,
        checksum,
        statements,
      }),
    );
    await ended(project, door, own, options);
    return {
      ...common,
      version,
      ...(file === undefined ? {} : { file }),
      ...(rows === undefined ? {} : { rows }),
      ...(notRun === undefined ? {} : { notRun }),
    };
  });
}

/** Closes the database again, and forgets the check-out in this working copy with what was written down for it. */
async function ended(project: Project, door: Door, own: OwnCheckout, options: CheckinOptions): Promise<void> {
  await forgetEvidence(project, door.place, own, options);
  forget(project, door);
}

function forget(project: Project, { place }: Door): void {
  const { checkout, ...rest } = place;
  keepPlace(project, rest);
  if (checkout !== undefined) forgetRows(project, checkout.checkout);
}

/** Announces the migrations that were written by hand and applied here meanwhile. Said again it gives the same versions. */
async function announceByHand(door: Door, { before, message }: BegunCheckin, options: CheckinOptions): Promise<readonly Announcement[]> {
  const { ahead } = await standingOf(door, options);
  if (ahead.length === 0) return [];
  const applied = await appliedRows(options);
  const announced: Announcement[] = [];
  for (const { module, migration } of ahead) {
    const row = applied.find((one) => one.module === module && one.migration === migration);
    if (row === undefined || !before.includes(migration)) continue;
    const { checksum, statements } = row;
    announced.push(await door.call('announceFree', { request: randomHex(16), module, migration, checksum, message, statements }));
  }
  return announced;
}

/** Notes that a check-in begins, after everything that can be seen beforehand was seen. */
async function begin(project: Project, door: Door, own: OwnCheckout, options: CheckinOptions): Promise<BegunCheckin> {
  const message = await messageOf(own, options);
  const { migrations } = await collectMigrations(project, options);
  const begun = { request: randomHex(16), message, before: migrations.map(({ id }) => id) };
  keepPlace(project, { ...door.place, checkout: { ...own, checkin: begun } });
  return begun;
}

/** The message of a check-in that may begin. Refuses one without a message, and where migrations are pending. */
async function messageOf(own: OwnCheckout, options: CheckinOptions): Promise<string> {
  const message = (options.message ?? own.message).trim();
  if (message === '') throw new Failure('usage.missing-argument', 'a check-in needs a message: -m WHAT', { state: 'nothing was changed' });
  const pending = await pendingHere(options);
  if (pending.length === 0) return message;
  throw new Failure('checkin.pending', `${count(pending.length, 'migration')} pending here: ${pending.slice(0, 3).join(', ')}`, {
    state: 'nothing was changed',
  });
}

function pendingHere(options: CheckinOptions): Promise<readonly string[]> {
  return inWorkplace(options, { command: 'checkin', readOnly: true }, async (workplace) =>
    (await readEntries(workplace)).all.filter(isPending).map(({ id }) => id),
  );
}

interface Written {
  readonly differences: DriftReport['differences'];
  readonly aside: readonly string[];
  readonly written: BegunCheckin['written'];
  readonly rows?: DriftReport['rows'];
  readonly notRun?: DriftReport['notRun'];
}

/** The migration of this check-in: the one that an earlier command wrote and marked, or a new one. Nothing where nothing was changed. */
async function writtenOnce(
  project: Project,
  door: Door,
  own: OwnCheckout,
  { begun, options }: { readonly begun: BegunCheckin; readonly options: CheckinOptions },
): Promise<Written> {
  if (begun.written !== undefined) return { differences: [], aside: [], written: begun.written };
  const keep = (written: BegunCheckin['written']): void =>
    keepPlace(project, { ...door.place, checkout: { ...own, checkin: { ...begun, ...(written === undefined ? {} : { written }) } } });
  const { marked, unmarked } = await ownMigrations(project, begun, options);
  if (marked !== undefined) {
    keep(marked);
    return { differences: [], aside: [], written: marked };
  }
  // A file that was not marked may be written half; what it says is still in the database.
  const aside = unmarked.map((migration) => putAside(project, migration.file.path));
  const report = await recorded(project, door, own, { begun, options });
  if (report.written === undefined) return { differences: [], aside, written: undefined };
  const { marked: made } = await ownMigrations(project, begun, options);
  if (made === undefined) throw new Error('what was recorded is not in the history');
  const written = { ...made, statements: report.changes.length };
  keep(written);
  return { differences: report.differences, aside, written, rows: report.rows, notRun: report.notRun };
}

/** Records what differs. What is refused leaves the check-out as it was, ready for another try. */
async function recorded(
  project: Project,
  door: Door,
  own: OwnCheckout,
  { begun, options }: { readonly begun: BegunCheckin; readonly options: CheckinOptions },
): Promise<DriftReport> {
  const undo = async (): Promise<void> => {
    await door.call('drop', { checkout: own.checkout, copy: door.place.copy });
    const { checkin: _, ...rest } = own;
    keepPlace(project, { ...door.place, checkout: rest });
    await openGuard(project, door.place, options);
  };
  // Where the database can refuse, nothing changes any more from what is read here to its being written down.
  await closeGuard(project, door.place, own, options);
  let report: DriftReport;
  try {
    report = await drift({ ...options, ...recordingOf(own), ...(await rowsSince(project, own, options)), record: begun.message });
  } catch (error) {
    if (error instanceof Failure) await undo();
    throw error;
  }
  if (report.written === undefined && options.allowEmpty !== true) {
    await undo();
    throw new Failure('checkin.empty', 'nothing was changed since the check-out', { state: 'the check-out stays yours' });
  }
  return report;
}

/** How what was changed under a check-out is recorded: into the module that it is of, where it is of one. */
function recordingOf({ scope }: OwnCheckout): Pick<DriftOptions, 'modules' | 'within' | 'orEmpty'> {
  const module = scope === 'all' ? undefined : scope.slice('module:'.length);
  return { orEmpty: true, ...(module === undefined ? {} : { modules: [module], within: module }) };
}

/** The rows of tables of data at the check-out and now. */
async function rowsSince(project: Project, own: OwnCheckout, options: CheckinOptions): Promise<Pick<DriftOptions, 'rows'>> {
  if (dataPatterns(project).length === 0) return {};
  const prefix = `r${sha256(`${readPlace(project).copy}/${own.checkout}/${own.since}`).slice(0, 12)}`;
  return { rows: { was: keptRows(project, own.checkout) ?? [], is: await readData(project, options), prefix } };
}

/** What a check-in would record. */
export interface CheckinPlan extends Pick<DriftReport, 'differences' | 'changes' | 'text' | 'format' | 'rows' | 'notRun'> {
  readonly checkout: number;
  readonly message: string;
}

/** Works out what a check-in would record. Writes nothing and asks the server nothing; refuses what a check-in would refuse to record. */
export async function planCheckin(options: CheckinOptions): Promise<CheckinPlan> {
  const project = await openProject(options);
  const own = readPlace(project).checkout;
  if (own === undefined) throw nothingOut();
  if (own.checkin?.written !== undefined) throw alreadyBegun(own);
  const message = await messageOf(own, options);
  const { differences, changes, text, format, rows, notRun } = await drift({
    ...options,
    ...recordingOf(own),
    ...(await rowsSince(project, own, options)),
    record: message,
    textOnly: true,
  });
  return {
    checkout: own.checkout,
    message,
    differences,
    changes,
    ...(rows === undefined ? {} : { rows }),
    ...(notRun === undefined ? {} : { notRun }),
    ...(text === undefined ? {} : { text }),
    ...(format === undefined ? {} : { format }),
  };
}

/** What this check-in has made already: the migration in the history, and files that no history knows. */
async function ownMigrations(
  project: Project,
  { before }: BegunCheckin,
  options: CheckinOptions,
): Promise<{ readonly marked: BegunCheckin['written']; readonly unmarked: readonly Migration[] }> {
  const known = new Set(before);
  return inWorkplace(options, { command: 'checkin', readOnly: true }, async (workplace) => {
    const collected = await collectMigrations(project, options);
    const { all } = await readEntries({ ...workplace, collected });
    const own = all.filter(({ id, migration }) => migration !== undefined && !known.has(id));
    const marked = own.find(({ row }) => isInDatabase(row));
    return {
      unmarked: own.flatMap(({ row, migration }) => (migration === undefined || isInDatabase(row) ? [] : [migration])),
      marked:
        marked === undefined
          ? undefined
          : {
              module: marked.module,
              id: marked.id,
              checksum: marked.row?.checksum ?? '',
              statements: 0,
              ...(marked.migration === undefined ? {} : { file: marked.migration.file.path }),
            },
    };
  });
}

const drafts = '.lockstep/drafts';

/** Moves a file where no run looks for it. Gives the place. */
function putAside({ base }: Project, file: string): string {
  const shown = `${drafts}/${Date.now().toString(36)}-${basename(file)}`;
  writing(shown, () => {
    mkdirSync(join(base, drafts), { recursive: true });
    renameSync(resolve(base, file), join(base, shown));
  });
  return shown;
}

interface LosingOptions extends CheckinOptions {
  /** The migration that is in the history here already. */
  readonly written?: BegunCheckin['written'];
}

/** Does what needs the check-out. Where it was lost, the work is kept as a draft here and on the server, and that is said. */
async function heldOr<T>(project: Project, door: Door, own: OwnCheckout, options: LosingOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'checkout.lost') throw error;
    const kept = await keepWork(project, door, own, options).catch((why: unknown) => (why instanceof Error ? why : new Error(String(why))));
    if (kept instanceof Error)
      throw error.with({ state: `your changes are still in your database; no draft could be made: ${kept.message}` });
    // The database closes by itself when the time is over.
    await forgetEvidence(project, door.place, own, options).catch(() => undefined);
    forget(project, door);
    throw error.with({
      state: `your changes are still in your database${kept === undefined ? '' : `, and kept as ${kept}`}`,
      fix: ['lockstep drift   what differs here', 'lockstep checkout --with-drift   brings it in under a new check-out'],
    });
  }
}

async function keepWork(project: Project, door: Door, own: OwnCheckout, options: LosingOptions): Promise<string | undefined> {
  const { text, shown } = await draftOf(project, own, options);
  if (text === undefined) return undefined;
  await door.call('keepDraft', { checkout: own.checkout, copy: door.place.copy, message: own.message, text });
  return shown;
}

/** What was changed, as text, in a place where no run looks for it. A migration that nobody will ever hear of is taken out of the history. */
async function draftOf(
  project: Project,
  own: OwnCheckout,
  options: LosingOptions,
): Promise<{ readonly text: string | undefined; readonly shown: string }> {
  const { written } = options;
  if (written?.file !== undefined) {
    const text = readFileSync(resolve(project.base, written.file), 'utf8');
    const shown = putAside(project, written.file);
    await mark({ ...options, mark: 'forget', id: written.id, reason: `check-out ${own.checkout} was lost before it was announced` });
    return { text, shown };
  }
  const shown = `${drafts}/checkout-${own.checkout}.txt`;
  const { text } = await drift({
    ...options,
    ...(await rowsSince(project, own, options)),
    renames: 'never',
    orEmpty: true,
    record: own.message,
    textOnly: true,
  });
  if (text !== undefined) {
    writing(shown, () => {
      mkdirSync(join(project.base, drafts), { recursive: true });
      writeFileSync(join(project.base, shown), text);
    });
  }
  return { text, shown };
}
