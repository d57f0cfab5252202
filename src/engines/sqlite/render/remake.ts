import type { RenderContext, Rendered } from '../../../contracts/index.ts';
import type { Change, ChangeKind, Of, QualifiedName } from '../../../schema/index.ts';
import { type Rebuild, rebuild } from './rebuild.ts';
import { isReason, knownTable, tableAfter } from './statement.ts';

/** A table before and after a change. */
export type Tables = Pick<Rebuild, 'before' | 'after'>;
/** What a change says of itself when its table is made anew. */
export type Said = Omit<Rebuild, keyof Tables>;
/** How changes say it, by kind. */
export type SaidBy<K extends ChangeKind> = { readonly [P in K]: (change: Of<P>, tables: Tables, context: RenderContext) => Said };

/** Renders a change by making its table anew. */
export function remake(
  change: Extract<Change, { readonly table: QualifiedName }>,
  context: RenderContext,
  said: (tables: Tables) => Said,
): Rendered {
  const before = knownTable(context, change.table);
  if (isReason(before)) return before;
  const after = tableAfter(context, change, change.table);
  if (isReason(after)) return after;
  return rebuild(context, { before, after, ...said({ before, after }) });
}
