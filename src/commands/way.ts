import { Failure, joined, together } from '../base/index.ts';
import type { Engine, Server, Statement } from '../contracts/index.ts';
import { diff } from '../diff/index.ts';
import { commentIn, type WriteOptions, writerOf, writtenFormats } from '../formats/index.ts';
import { renderChanges } from '../plan/index.ts';
import { type Change, formatName, type Schema } from '../schema/index.ts';

/** What leads from one structure to another, and how the engine says it. */
export interface Way {
  readonly changes: readonly Change[];
  readonly statements: readonly Statement[];
  /** The statements of each change. */
  readonly parts: readonly { readonly change: Change; readonly statements: readonly Statement[] }[];
  /** Each statement must be committed by itself. */
  readonly transaction?: false;
  /** Tables whose columns only stand in another order: told, never changed. */
  readonly reordered: readonly { readonly table: string; readonly columns: readonly string[] }[];
}

/** Works out the way. Refuses what would lose a table's rows and what the engine cannot do. */
export function wayFrom(from: Schema, to: Schema, engine: Engine, server: Server): Way {
  const found = diff(from, to, engine.diff);
  if ('refused' in found) throw new Failure('diff.refused', found.refused, { state: 'nothing was changed' });
  return {
    changes: found.changes,
    ...rendered(found.changes, found.from, { engine, server }),
    reordered: found.reordered.map(({ table, columns }) => ({ table: formatName(table), columns })),
  };
}

/** The statements of changes that meet a structure. Refuses what the engine cannot do, all of it together. */
export function rendered(
  changes: readonly Change[],
  from: Schema,
  { engine, server }: { readonly engine: Engine; readonly server: Server },
): Pick<Way, 'statements' | 'parts'> {
  const { statements, parts, deferred, problems } = renderChanges(
    changes.map((change) => ({ change })),
    engine,
    server,
    from,
  );
  if (deferred !== undefined) throw new Failure('diff.refused', deferred, { state: 'nothing was changed' });
  if (problems.length > 0) {
    const failures = problems.map(
      (problem) => new Failure('diff.refused', problem.message, { ...problem.details, state: 'nothing was changed' }),
    );
    throw together(failures, (n) => `${n} of the changes cannot be made`);
  }
  return { statements, parts };
}

/** What stands in a file beside the changes: the way back, and a line for whoever reads it, where its format has comments. */
export interface Besides extends WriteOptions {
  readonly engine: Engine;
  readonly back?: Way;
  readonly mark?: string | undefined;
}

/** A file of changes. */
export async function fileText(format: string, way: Way, { engine, back, mark, ...given }: Besides): Promise<string> {
  const isAlone = way.transaction === false || back?.transaction === false;
  const options: WriteOptions = { ...given, ...(isAlone ? { transaction: false } : {}) };
  const first = mark === undefined ? '' : commentIn(format, mark);
  if (format === 'sql') {
    const sections =
      back === undefined
        ? scriptOf(way.statements, engine)
        : `-- lockstep:up\n${scriptOf(way.statements, engine)}\n-- lockstep:down\n${scriptOf(back.statements, engine)}`;
    return first + (isAlone ? `-- lockstep:no-transaction\n${sections}` : sections);
  }
  const write = writerOf(format);
  if (write !== undefined) return first + (await write(way.changes, back?.changes, options));
  throw new Failure('usage.invalid-value', `a structure is written as ${joined(writtenFormats, 'or')}, not as "${format}"`, {
    state: 'nothing was written',
  });
}

/** A script of statements for the engine's own client. Refuses what would be read as something else there. */
export function scriptOf(statements: readonly Statement[], engine: Engine): string {
  const texts = statements.map(({ sql }) => sql);
  if (engine.script === undefined) return texts.map((sql) => `${sql};\n`).join('');
  const text = engine.script(texts);
  const read = engine.split(text).statements;
  const other = texts.find((sql, i) => read[i]?.sql !== sql.trimEnd());
  if (other !== undefined || read.length !== texts.length) {
    throw new Failure('diff.refused', `${engine.title} would read something else in a script than "${(other ?? '').slice(0, 80)}"`, {
      state: 'nothing was written',
      fix: ['--format json'],
    });
  }
  return text;
}
