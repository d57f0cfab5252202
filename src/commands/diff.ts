import { Failure } from '../base/index.ts';
import type { Engine, Server } from '../contracts/index.ts';
import { reversedHints } from '../diff/index.ts';
import type { Change, Schema } from '../schema/index.ts';
import { countHeld } from './held.ts';
import { newMigration } from './new.ts';
import { onlineWay } from './online.ts';
import type { CommonOptions } from './options.ts';
import { openProject, type Project, writtenOut } from './project.ts';
import { formatFor, type OnScratch, planned, prove, type Settled, whileSettled } from './prove.ts';
import { applyHints, collectHints, keepAnswers } from './rename-hints.ts';
import { type Ends, renamedWay } from './renamed-way.ts';
import { decideRenames, type NameAnswer, type NameQuestion, type RenamePolicy } from './renames.ts';
import type { PlannedStatement } from './report.ts';
import type { SampleRows } from './sample.ts';
import { readSides } from './sides.ts';
import { type SideSource, sideSource } from './structure.ts';
import { fileText, type Way } from './way.ts';

export interface DiffOptions extends CommonOptions {
  /** `db`, a URL, a file, a folder, or `empty`; the project's database by default. */
  readonly from?: string;
  readonly to: string;
  /** The name of a migration to write. */
  readonly write?: string;
  /** `sql`, `ts`, `js`, `yaml`, `json`, `xml` or `ini`; SQL by default where it says all that is known of the changes, else YAML. */
  readonly format?: string;
  /** What has got another name: `users.name:full_name`, `old_table:new_table`, `index users.a:b`. */
  readonly rename?: readonly string[];
  /** Tables and columns that are dropped for good, though something new looks like them. */
  readonly drop?: readonly string[];
  /** What to do with what may have been renamed; `ask` by default, and where nobody can be asked it is refused. */
  readonly renames?: RenamePolicy;
  /** Write forms that let others go on working where the engine has them; each is then committed by itself. */
  readonly online?: boolean;
  /** Asks a person what became of something. */
  readonly choose?: (question: NameQuestion) => Promise<NameAnswer>;
}

export interface DiffReport {
  readonly from: string;
  readonly to: string;
  readonly server: string;
  readonly changes: readonly Change[];
  readonly statements: readonly PlannedStatement[];
  /** The way back. */
  readonly back: readonly Change[];
  readonly reordered: Way['reordered'];
  /** The scratch database on which it was tried, and its server. */
  readonly triedOn?: string;
  /** What either side has that was not read, and so not compared, in a reader's words. */
  readonly unread: readonly string[];
  /** Answers of earlier times that have nothing to say any more. */
  readonly stale: readonly string[];
  /** How many answers were kept in the project's file of answers. */
  readonly answersKept: number;
  /** The changes ran on a scratch database, arrived where they should, and led back; or why that could not be tried. */
  readonly proven: true | { readonly why: string };
  /** What became of rows that were put into the tables before. */
  readonly rows?: SampleRows;
  /** Files of a folder that say nothing of a structure. */
  readonly ignored: readonly string[];
  /** The file of the migration that was written. */
  readonly file?: string;
}

/**
 * Compares two structures and says what leads from one to the other. Nothing is shown that was not tried: the changes are run on a scratch
 * database, must arrive at the wanted structure and lead back.
 */
export async function diff({
  from: source = 'db',
  to: wanted,
  write,
  format: asked,
  online = false,
  ...options
}: DiffOptions): Promise<DiffReport> {
  const project = await openProject(options);
  const [from, to] = [await sideSource(project, options, source), await sideSource(project, options, wanted)];
  const { before, after, server, reference, scratch, tried } = await readSides(from, to, project, options);
  const { engine } = reference;
  const { forth, back, stale, answers, rows, proof } = await settledOrNot(before.schema, after.schema, scratch, (settled) =>
    provenWays(settled, { from, to, online, project, options, sides: { engine, server, scratch } }),
  );
  const { on, other } = tried() ?? {};
  const proven = proof === true && other !== undefined && forth.changes.length > 0 ? { why: other } : proof;
  const report: DiffReport = {
    from: before.title,
    to: after.title,
    server: server.title,
    ...(on === undefined ? {} : { triedOn: on }),
    changes: forth.changes,
    statements: forth.statements.map(planned),
    back: back.changes,
    reordered: forth.reordered,
    unread: [...new Set([before, after].flatMap(({ schema }) => schema.facts?.unread ?? []))].sort(),
    stale,
    answersKept: answers,
    proven,
    ...(rows === undefined ? {} : { rows }),
    ignored: [...(before.ignored ?? []), ...(after.ignored ?? [])],
  };
  if (write === undefined || forth.changes.length === 0) return report;
  const format = asked ?? formatFor(forth, engine, server);
  const mark = proven === true ? undefined : `UNPROVEN: ${proven.why}`;
  const text = await fileText(format, forth, { engine, back, mark, ...writtenOut(project) });
  const { file } = await newMigration({ ...options, name: write, format, text });
  return { ...report, file };
}

interface Ways {
  readonly forth: Way;
  readonly back: Way;
  readonly stale: readonly string[];
  /** How many answers were given and kept. */
  readonly answers: number;
  readonly rows?: SampleRows;
  readonly proof: DiffReport['proven'];
}

interface Means {
  readonly from: SideSource;
  readonly to: SideSource;
  readonly online: boolean;
  readonly project: Project;
  readonly options: Omit<DiffOptions, 'from' | 'to' | 'write' | 'format'>;
  readonly sides: { readonly engine: Engine; readonly server: Server; readonly scratch: OnScratch };
}

/** The ways there and back by what was said of names, tried where something can be tried. */
async function provenWays(settled: Settled, { from, to, online, project, options, sides }: Means): Promise<Ways> {
  const { engine, scratch } = sides;
  const { hints: given, stale } = applyHints(await collectHints(project, options, to), settled.before, settled.after);
  const { hints, answers } = await decideRenames(given, {
    from: settled.before,
    to: settled.after,
    rules: engine.diff,
    policy: options.renames ?? 'ask',
    choose: options.choose,
    counts: (questions) => countHeld(questions, from, project, options),
  });
  if (answers.length > 0) keepAnswers(project, answers);
  const means = { ...sides, scratch: settled.why === undefined ? scratch : undefined };
  const wayOf = async (ends: Ends): Promise<Way> => {
    const way = await renamedWay(ends, means);
    return online ? onlineWay(way, ends.from, means) : way;
  };
  const forth = await wayOf({ from: settled.before, to: settled.after, hints });
  const back = await wayOf({ from: settled.after, to: settled.before, hints: reversedHints(hints.renames) });
  const ways = { forth, back, stale, answers: answers.length };
  if (settled.why !== undefined) return { ...ways, proof: { why: settled.why } };
  let rows: SampleRows | undefined;
  const proof = await prove({ ...settled, forth, back }, scratch, (found) => {
    rows = found;
  });
  return { ...ways, ...(rows === undefined ? {} : { rows }), proof };
}

/** Works with two structures as they were read where no scratch database can be made, and says why; else with them settled. */
async function settledOrNot<T>(before: Schema, after: Schema, scratch: OnScratch, work: (settled: Settled) => Promise<T>): Promise<T> {
  let isSettled = false;
  try {
    return await whileSettled(before, after, scratch, (settled) => {
      isSettled = true;
      return work(settled);
    });
  } catch (error) {
    if (isSettled || !(error instanceof Failure) || error.code !== 'database.no-rights') throw error;
    return work({ before, after, why: error.message });
  }
}
