import { Failure } from '../base/index.ts';
import type { Change } from '../schema/index.ts';
import { newMigration } from './new.ts';
import type { CommonOptions } from './options.ts';
import { openProject } from './project.ts';
import { formatFor, planned, prove, settle } from './prove.ts';
import type { PlannedStatement } from './report.ts';
import type { SampleRows } from './sample.ts';
import { readSides } from './sides.ts';
import { sideSource } from './structure.ts';
import { fileText, type Way, wayFrom } from './way.ts';

export interface DiffOptions extends CommonOptions {
  /** `db`, a URL, a file, a folder, or `empty`; the project's database by default. */
  readonly from?: string;
  readonly to: string;
  /** The name of a migration to write. */
  readonly write?: string;
  /** `sql`, `ts`, `yaml` or `json`; SQL by default where it says all that is known of the changes, else YAML. */
  readonly format?: string;
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
export async function diff({ from: given = 'db', to: wanted, write, format: asked, ...options }: DiffOptions): Promise<DiffReport> {
  const project = await openProject(options);
  const [from, to] = [await sideSource(project, options, given), await sideSource(project, options, wanted)];
  const { before, after, server, reference, scratch, tried } = await readSides(from, to, project, options);
  const { engine } = reference;
  const settled = await settle(before.schema, after.schema, scratch).catch((error: unknown) => ({
    before: before.schema,
    after: after.schema,
    why: unprovable(error),
  }));
  const forth = wayFrom(settled.before, settled.after, engine, server);
  const back = wayFrom(settled.after, settled.before, engine, server);
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
    proven,
    ...(rows === undefined ? {} : { rows }),
    ignored: [...(before.ignored ?? []), ...(after.ignored ?? [])],
  };
  if (write === undefined || forth.changes.length === 0) return report;
  const format = asked ?? formatFor(forth, engine, server);
  const mark = proven === true ? undefined : `UNPROVEN: ${proven.why}`;
  const { file } = await newMigration({ ...options, name: write, format, text: await fileText(format, forth, { back, mark }) });
  return { ...report, file };
}

/** Why nothing could be tried: no scratch database can be made. Anything else is a failure. */
function unprovable(error: unknown): string {
  if (error instanceof Failure && error.code === 'database.no-rights') return error.message;
  throw error;
}
