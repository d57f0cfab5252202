import type { Loss } from '../contracts/index.ts';
import type { RenameQuestion } from '../diff/index.ts';
import { ask } from '../runner/index.ts';
import type { CommonOptions } from './options.ts';
import type { Project } from './project.ts';
import { type SideSource, withSession } from './structure.ts';

/** How much of what would be gone is there, where the way begins at a database. */
export async function countHeld(
  questions: readonly RenameQuestion[],
  from: SideSource,
  project: Project,
  options: CommonOptions,
): Promise<ReadonlyMap<string, number>> {
  if (from.kind !== 'database') return new Map();
  const losses = questions.flatMap(({ gone, candidates: [first] }): readonly { readonly gone: string; readonly loss: Loss }[] => {
    const rename = first?.rename;
    if (rename?.kind === 'renameTable') return [{ gone, loss: { what: 'table', table: rename.from } }];
    return rename?.kind === 'renameColumn' ? [{ gone, loss: { what: 'column', table: rename.table, column: rename.from } }] : [];
  });
  return withSession(from.database, project, options, { readOnly: true }, async ({ connection, engine, server }) => {
    const wanted = losses.map(({ loss }) => loss);
    const found = await ask(connection, engine.losses(wanted, server));
    return new Map(losses.map(({ gone, loss }) => [gone, found.find((one) => isOf(one.loss, loss))?.rows ?? 0]));
  });
}

/** Engines may say the namespace of a table that was not asked for. */
function isOf(found: Loss, asked: Loss): boolean {
  const isSame = found.table.name === asked.table.name && (asked.table.schema === undefined || found.table.schema === asked.table.schema);
  return isSame && found.what === asked.what && found.column === asked.column;
}
