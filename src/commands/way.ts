import { Failure, together } from '../base/index.ts';
import type { Engine, Server, Statement } from '../contracts/index.ts';
import { diff } from '../diff/index.ts';
import { type WriteOptions, writeJson, writeYaml } from '../formats/index.ts';
import { renderChanges } from '../plan/index.ts';
import { type Change, formatName, type Schema } from '../schema/index.ts';

/** What leads from one structure to another, and how the engine says it. */
export interface Way {
  readonly changes: readonly Change[];
  readonly statements: readonly Statement[];
  /** Tables whose columns only stand in another order: told, never changed. */
  readonly reordered: readonly { readonly table: string; readonly columns: readonly string[] }[];
}

/** Works out the way. Refuses what would lose a table's rows and what the engine cannot do. */
export function wayFrom(from: Schema, to: Schema, engine: Engine, server: Server): Way {
  const found = diff(from, to, engine.diff);
  if ('refused' in found) throw new Failure('diff.refused', found.refused, { state: 'nothing was changed' });
  return {
    changes: found.changes,
    statements: rendered(found.changes, from, { engine, server }),
    reordered: found.reordered.map(({ table, columns }) => ({ table: formatName(table), columns })),
  };
}

/** The statements of changes that meet a structure. Refuses what the engine cannot do, all of it together. */
export function rendered(
  changes: readonly Change[],
  from: Schema,
  { engine, server }: { readonly engine: Engine; readonly server: Server },
): readonly Statement[] {
  const result = renderChanges(
    changes.map((change) => ({ change })),
    engine,
    server,
    from,
  );
  if (result.deferred !== undefined) throw new Failure('diff.refused', result.deferred, { state: 'nothing was changed' });
  if (result.problems.length > 0) {
    const problems = result.problems.map(
      (problem) => new Failure('diff.refused', problem.message, { ...problem.details, state: 'nothing was changed' }),
    );
    throw together(problems, (n) => `${n} of the changes cannot be made`);
  }
  return result.statements;
}

/** A file of changes, with the way back where one is given. */
export async function fileText(format: string, way: Way, back?: Way, options?: WriteOptions): Promise<string> {
  switch (format) {
    case 'sql':
      return back === undefined ? script(way) : `-- lockstep:up\n${script(way)}\n-- lockstep:down\n${script(back)}`;
    case 'json':
      return writeJson(way.changes, back?.changes, options);
    case 'yaml':
      return writeYaml(way.changes, back?.changes, options);
    default:
      throw new Failure('usage.invalid-value', `a structure is written as sql, yaml or json, not as "${format}"`, {
        state: 'nothing was written',
      });
  }
}

function script({ statements }: Way): string {
  return statements.map(({ sql }) => `${sql};\n`).join('');
}
