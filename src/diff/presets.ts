import { keyOf, referenceTo, type Schema, type SchemaObject } from '../schema/index.ts';
import type { Edits } from './edit.ts';
import type { DiffRules } from './rules.ts';

/**
 * Adds what new objects get by themselves, where that stays and would give one too much: it is taken away while they are made, and given
 * again when they are there.
 */
export function withPresets(edits: Edits, { from, to }: { readonly from: Schema; readonly to: Schema }, rules: DiffRules): Edits {
  const { presets, oversteps } = rules;
  if (presets === undefined || oversteps === undefined) return edits;
  const staying = [...to.objects].filter(([key, object]) => presets(object) && from.objects.has(key) && !edits.has(key));
  if (staying.length === 0) return edits;
  const fresh = [...edits.values()].flatMap(({ before, after, rebuilt }): readonly SchemaObject[] =>
    after?.kind === 'object' && (before === undefined || rebuilt === true) ? [after.object] : [],
  );
  const result = new Map(edits);
  for (const [, preset] of staying) {
    if (!fresh.some((object) => oversteps(preset, object, to))) continue;
    const key = keyOf(referenceTo(preset));
    const part = { kind: 'object', object: preset } as const;
    result.set(key, { key, before: part, after: part, rebuilt: true });
  }
  return result;
}
