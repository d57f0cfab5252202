import type { Engine, Server, SourcedChange, WayBack } from '../contracts/index.ts';
import { invertAll, type Schema } from '../schema/index.ts';
import { renderChanges } from './changes.ts';

/** How changes can be taken back, as SQL that will be kept; `unsure` when only the structure at run time can tell. */
export function wayBackOf(
  changes: readonly SourcedChange[],
  engine: Engine,
  context: { readonly server: Server; readonly before: Schema; readonly after: Schema },
): { readonly back: WayBack; readonly unsure: boolean } {
  const { server, before, after } = context;
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
  return { back: { kind: 'statements', statements: rendered.statements.map((statement) => statement.sql) }, unsure: false };
}
