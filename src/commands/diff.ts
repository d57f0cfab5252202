import { Failure } from '../base/index.ts';
import { reversedHints } from '../diff/index.ts';
import type { Change } from '../schema/index.ts';
import { countHeld } from './held.ts';
import { newMigration } from './new.ts';
import { onlineWay } from './online.ts';
import type { CommonOptions } from './options.ts';
import { openProject, writtenOut } from './project.ts';
import { formatFor, planned, prove, settle } from './prove.ts';
import { applyHints, collectHints, keepAnswers } from './rename-hints.ts';
import { type Ends, renamedWay } from './renamed-way.ts';
import { decideRenames, type NameAnswer, type NameQuestion, type RenamePolicy } from './renames.ts';
import type { PlannedStatement } from './report.ts';
import type { SampleRows } from './sample.ts';
import { readSides } from './sides.ts';
import { sideSource } from './structure.ts';
import { fileText, type Way } from './way.ts';

export interface DiffOptions extends CommonOptions {
  /** `db`, a URL, a file, a folder, or `empty`; the project's database by default. */
  readonly from?: string;
  readonly to: string;
  /** The name of a migration to write. */
  readonly write?: string;
  /** `sql`, `ts`, `yaml` or `json`; SQL by default where it says all that is known of the changes, else YAML. */
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
  const settled = await settle(before.schema, after.schema, scratch).catch((error: unknown) => ({
    before: before.schema,
    after: after.schema,
    why: unprovable(error),
  }));
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
  const means = { engine, server, scratch: settled.why === undefined ? scratch : undefined };
  const wayOf = async (ends: Ends): Promise<Way> => {
    const way = await renamedWay(ends, means);
    return online ? onlineWay(way, ends.from, means) : way;
  };
  const forth = await wayOf({ from: settled.before, to: settled.after, hints });
  const back = await wayOf({ from: settled.after, to: settled.before, hints: reversedHints(hints.renames) });
  let rows: SampleRows | undefined;
  const proof =
    settled.why === undefined
      ? await prove({ ...settled, forth, back }, scratch, (found) => {
          rows = found;
        })
      : { why: settled.why };
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
    answersKept: answers.length,
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

/** Why nothing could be tried: no scratch database can be made. Anything else is a failure. */
function unprovable(error: unknown): string {
  if (error instanceof Failure && error.code === 'database.no-rights') return error.message;
  throw error;
}
