import { Failure } from '../base/index.ts';
import { reversedHints } from '../diff/index.ts';
import type { Change } from '../schema/index.ts';
import { countHeld } from './held.ts';
import { newMigration } from './new.ts';
import type { CommonOptions } from './options.ts';
import { type Database, databaseOf, openProject, writtenOut } from './project.ts';
import { formatFor, type OnScratch, planned, prove, settle } from './prove.ts';
import { applyHints, collectHints, keepAnswers } from './rename-hints.ts';
import { renamedWay } from './renamed-way.ts';
import { decideRenames, type NameAnswer, type NameQuestion, type RenamePolicy } from './renames.ts';
import type { PlannedStatement } from './report.ts';
import { onScratch, readSide, type Side, type SideSource, sideSource } from './structure.ts';
import { fileText, type Way } from './way.ts';

export interface DiffOptions extends CommonOptions {
  /** `db`, a URL, a file, a folder, or `empty`; the project's database by default. */
  readonly from?: string;
  readonly to: string;
  /** The name of a migration to write. */
  readonly write?: string;
  /** `sql`, `yaml` or `json`; SQL by default where it says all that is known of the changes, else YAML. */
  readonly format?: string;
  /** What has got another name: `users.name:full_name`, `old_table:new_table`, `index users.a:b`. */
  readonly rename?: readonly string[];
  /** Tables and columns that are dropped for good, though something new looks like them. */
  readonly drop?: readonly string[];
  /** What to do with what may have been renamed; `ask` by default, and where nobody can be asked it is refused. */
  readonly renames?: RenamePolicy;
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
  /** Answers of earlier times that have nothing to say any more. */
  readonly stale: readonly string[];
  /** How many answers were kept in the project's file of answers. */
  readonly answersKept: number;
  /** The changes ran on a scratch database, arrived where they should, and led back; or why that could not be tried. */
  readonly proven: true | { readonly why: string };
  /** The file of the migration that was written. */
  readonly file?: string;
}

/**
 * Compares two structures and says what leads from one to the other. Nothing is shown that was not tried: the changes are run on a scratch
 * database, must arrive at the wanted structure and lead back.
 */
export async function diff({ from: source = 'db', to: wanted, write, format: asked, ...options }: DiffOptions): Promise<DiffReport> {
  const project = await openProject(options);
  const from = await sideSource(project, options, source);
  const to = await sideSource(project, options, wanted);
  const reference = await referenceOf([from, to], () => databaseOf(project, options));
  const [before, after] = [await readSide(from, reference, project, options), await readSide(to, reference, project, options)];
  refuseOtherBuild(before, after);
  const { engine } = reference;
  const scratch: OnScratch = (work) => onScratch(reference, project, options, work);
  const settled = await settle(before.schema, after.schema, scratch);
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
  const means = { engine, server: before.server, scratch: settled.why === undefined ? scratch : undefined };
  const forth = await renamedWay({ from: settled.before, to: settled.after, hints }, means);
  const back = await renamedWay({ from: settled.after, to: settled.before, hints: reversedHints(hints.renames) }, means);
  const proven = settled.why === undefined ? await prove({ ...settled, forth, back }, scratch) : { why: settled.why };
  const report: DiffReport = {
    from: before.title,
    to: after.title,
    server: before.server.title,
    changes: forth.changes,
    statements: forth.statements.map(planned),
    back: back.changes,
    reordered: forth.reordered,
    stale,
    answersKept: answers.length,
    proven,
  };
  if (write === undefined || forth.changes.length === 0) return report;
  const format = asked ?? formatFor(forth, engine, before.server);
  const { file } = await newMigration({ ...options, name: write, format, text: await fileText(format, forth, back, writtenOut(project)) });
  return { ...report, file };
}

/** The build of an engine that both sides are read by: that of a database among them, else of the project's. */
async function referenceOf(sources: readonly SideSource[], otherwise: () => Promise<Database>): Promise<Database> {
  for (const source of sources) if (source.kind === 'database') return source.database;
  return otherwise();
}

/** Two builds write one structure down differently, and two engines mean different things by one word. */
function refuseOtherBuild(before: Side, after: Side): void {
  if (before.server.title === after.server.title) return;
  throw new Failure(
    'diff.refused',
    `${before.title} is ${before.server.title}, and ${after.title} is ${after.server.title}: only what one build writes down can be compared`,
    {
      state: 'nothing was changed',
      fix: ['lockstep dump --from Y -o y.sql   then compare with the file, where both are of one engine'],
    },
  );
}
