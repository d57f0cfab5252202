import type { Engine, Server, SourcedChange, Statement, WayBack } from '../contracts/index.ts';
import { invertAll, type Schema } from '../schema/index.ts';
import { renderChanges } from './changes.ts';
import { possibleLosses } from './losses.ts';

/** How changes can be taken back, as SQL that will be kept; `unsure` when only the structure at run time can tell. */
export function wayBackOf(
  changes: readonly SourcedChange[],
  engine: Engine,
  context: { readonly server: Server; readonly before: Schema; readonly after: Schema; readonly statements: readonly Statement[] },
): { readonly back: WayBack; readonly unsure: boolean } {
  const { server, before, after, statements } = context;
  const inverse = invertAll(
    changes.map(({ change }) => change),
    before,
  );
  if ('irreversible' in inverse) return { back: { kind: 'none', why: inverse.irreversible }, unsure: before.scope !== 'all' };
  const rendered = renderChanges(
    inverse.map((change) => ({ change })),
    engine,
    server,
    after,
  );
  const [problem] = rendered.problems;
  if (rendered.deferred !== undefined) return { back: { kind: 'none', why: rendered.deferred }, unsure: true };
  if (problem !== undefined) return { back: { kind: 'none', why: problem.message }, unsure: false };
  // What a dropped column held does not come back with the column.
  const lossy = possibleLosses(statements).length > 0;
  const back: WayBack = {
    kind: 'statements',
    statements: rendered.statements.map(({ sql }) => sql),
    ...(lossy ? { structureOnly: true } : {}),
  };
  return { back, unsure: false };
}
