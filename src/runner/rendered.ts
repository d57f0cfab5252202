import { canonicalJson, type Digest } from '../base/index.ts';
import type { Engine, RenderedChange, Server, Statement } from '../contracts/index.ts';
import type { Rendering } from '../plan/index.ts';

/** What the history keeps of changes while their migration is not finished. */
export function renderedChanges(parts: Rendering['parts'], digest: Digest): readonly RenderedChange[] {
  return parts.map(({ change, statements }) => ({
    digest: digest(canonicalJson(change)),
    statements: statements.map((statement) => statement.sql),
  }));
}

/** Of the changes as they were rendered, those that had begun when so many statements were finished. */
export function begunChanges(rendered: readonly RenderedChange[], done: number): RenderedChange[] {
  const begun: RenderedChange[] = [];
  let counted = 0;
  for (const change of rendered) {
    if (counted >= done) break;
    begun.push(change);
    counted += change.statements.length;
  }
  return begun;
}

/** The statements of a change as they were rendered then. */
export function statementsOf(change: RenderedChange, engine: Engine, server: Server): readonly Statement[] {
  return change.statements.map((sql, i) => ({ ...engine.classify(sql, server), sql, ...(i > 0 ? { joined: true } : {}) }));
}
