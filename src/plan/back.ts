import type { Engine, Server, SourcedChange, Statement, WayBack } from '../contracts/index.ts';
import { applyAll, type Change, type Irreversible, invertAll, type Schema } from '../schema/index.ts';
import { type Rendering, renderChanges } from './changes.ts';
import { possibleLosses } from './losses.ts';

/** What is known of changes that are to be taken back: how they were rendered, and the structure on both sides of them. */
export interface Gone {
  readonly server: Server;
  readonly before: Schema;
  readonly after: Schema;
  readonly parts: Rendering['parts'];
}

/** How changes can be taken back, as SQL that will be kept; `unsure` when only the structure at run time can tell. */
export function wayBackOf(
  changes: readonly SourcedChange[],
  engine: Engine,
  gone: Gone,
): { readonly back: WayBack; readonly unsure: boolean } {
  const { server, before, after, parts } = gone;
  const pieces = inverses(changes, before, parts);
  if ('irreversible' in pieces) return { back: { kind: 'none', why: pieces.irreversible }, unsure: before.scope !== 'all' };
  const statements: string[] = [];
  const carried = changes.some(({ carries }) => carries === true);
  let current = after;
  for (const piece of pieces) {
    if ('kept' in piece) {
      statements.push(...piece.kept);
      continue;
    }
    const rendered = renderChanges(
      piece.changes.map((change): SourcedChange => (carried && change.kind === 'renameTable' ? { change, carries: true } : { change })),
      engine,
      server,
      current,
    );
    const [problem] = rendered.problems;
    if (rendered.deferred !== undefined) return { back: { kind: 'none', why: rendered.deferred }, unsure: true };
    if (problem !== undefined) return { back: { kind: 'none', why: problem.message }, unsure: false };
    statements.push(...rendered.statements.map(({ sql }) => sql));
    current = rendered.after;
  }
  // What a dropped column held does not come back with the column.
  const lossy = possibleLosses(unkept(parts)).length > 0;
  const kept = parts.some(({ back }) => back !== undefined);
  const back: WayBack = {
    kind: 'statements',
    statements,
    ...(lossy ? { structureOnly: true } : {}),
    ...(kept && !lossy ? { kept: true } : {}),
  };
  return { back, unsure: false };
}

/** The statements that do not keep what they change, without those before which nothing was there. */
function unkept(parts: Rendering['parts']): readonly Statement[] {
  return parts.flatMap(({ statements, back }) =>
    statements.map((statement) => (back === undefined ? statement : { ...statement, risks: [] })),
  );
}

type Piece = { readonly changes: Change[] } | { readonly kept: readonly string[] };

/** What takes the changes back, the last one first: their inverses, and what brings kept rows back. */
function inverses(changes: readonly SourcedChange[], before: Schema, parts: Rendering['parts']): readonly Piece[] | Irreversible {
  const pieces: Piece[] = [];
  let current = before;
  for (const [i, { change }] of changes.entries()) {
    const part = parts[i];
    if (part?.back !== undefined) {
      pieces.unshift({ kept: part.back });
      continue;
    }
    const inverse = invertAll(part?.whole ?? [change], current);
    if ('irreversible' in inverse) {
      return part?.lacking === undefined ? inverse : { irreversible: `${inverse.irreversible}: ${part.lacking}` };
    }
    const [first] = pieces;
    if (first !== undefined && 'changes' in first) first.changes.unshift(...inverse);
    else pieces.unshift({ changes: [...inverse] });
    const next = applyAll(current, part?.whole ?? [change]);
    if (!('refused' in next)) current = next;
  }
  return pieces;
}
