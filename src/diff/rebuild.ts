import { same } from '../base/index.ts';
import { describe, dropOf, findConstraint, type Key, keyOf, type Refusal, referenceTo, type Schema } from '../schema/index.ts';
import type { Edit, Edits } from './edit.ts';
import { certainNeeds } from './needs.ts';
import { hangingParts, keyOfPart, type Part, partsOf } from './parts.ts';
import type { DiffRules } from './rules.ts';

/**
 * Adds what must be dropped and made anew because something that it needs is, or gets another type under it: unchanged parts, too.
 * Refuses when that would be a table or a column, whose rows would go.
 */
export function withRebuilt(found: Edits, from: Schema, to: Schema, rules: DiffRules): Edits | Refusal {
  const edits = withConfused(found);
  const seeds = [...edits.values()].filter(
    (edit) =>
      edit.before !== undefined &&
      (edit.rebuilt ||
        edit.after === undefined ||
        isRetyped(edit) ||
        retypes(edit, rules) ||
        (rules.hindersNulls !== undefined && changesNulls(edit))),
  );
  if (seeds.length === 0) return edits;
  const [before, after] = [partsOf(from), partsOf(to)];
  const dependants = dependantsIn(before, from);
  const result = new Map(edits);
  const queue = [...seeds];
  for (const edit of queue) {
    for (const key of dependants.get(edit.key) ?? []) {
      const [was, is] = [before.get(key), after.get(key)];
      if (was === undefined || is === undefined || !isInTheWay(was, edit, { edits: result, rules })) continue;
      if (was.kind === 'column' && retypes(edit, rules)) {
        const through: Edit = { ...(result.get(key) ?? { key, before: was, after: is }), through: edit.key };
        result.set(key, through);
        queue.push(through);
        continue;
      }
      const refusal = mustStay(was, edit);
      if (refusal !== undefined) return refusal;
      const rebuilt: Edit = { key, before: was, after: is, rebuilt: true };
      queue.push(rebuilt);
      for (const each of [rebuilt, ...withIt(rebuilt, result)]) result.set(each.key, each);
    }
  }
  return result;
}

/**
 * Adds constraints without a name that stay beside one that is dropped in the same words: the first of them is what such a drop meets, so
 * all of them go, and those that stay are made anew.
 */
function withConfused(edits: Edits): Edits {
  const result = new Map(edits);
  for (const { before, after, rebuilt } of edits.values()) {
    if (before?.kind !== 'constraint' || (after !== undefined && !rebuilt)) continue;
    for (const part of hangingParts(before.owner)) {
      const key = keyOfPart(part);
      if (!edits.has(key) && isTakenFor(part, before)) result.set(key, { key, before: part, after: part, rebuilt: true });
    }
  }
  return result;
}

function isTakenFor(part: Part, going: Part): boolean {
  if (part.kind !== 'constraint' || going.kind !== 'constraint') return false;
  const [stays, goes] = [part.constraint, going.constraint];
  if (stays.name !== undefined || same(stays, goes)) return false;
  return findConstraint({ ...part.owner, constraints: [stays, goes] }, dropOf(goes, part.owner.name)) === stays;
}

/** Whether something that needs an edited part must be gone meanwhile. What is altered itself may not need the part any more. */
function isInTheWay(part: Part, edit: Edit, { edits, rules }: { readonly edits: Edits; readonly rules: DiffRules }): boolean {
  const own = edits.get(keyOfPart(part));
  if (own?.rebuilt || ownerGoes(part, edits)) return false;
  if (edit.after === undefined) return own === undefined;
  // A default gets its new type with its column.
  if (retypes(edit, rules)) return part.kind !== 'default' && own?.through === undefined;
  if (edit.rebuilt === true) return true;
  const { before } = edit;
  const isOnlyNulls = before?.kind === 'column' && !isRetyped(edit);
  return isOnlyNulls ? rules.hindersNulls?.(part, before.column) === true : rules.hinders(part);
}

function changesNulls({ before, after }: Edit): boolean {
  return before?.kind === 'column' && after?.kind === 'column' && before.column.nullable !== after.column.nullable;
}

function retypes({ before, after, rebuilt }: Edit, rules: DiffRules): boolean {
  if (before?.kind !== 'object' || after?.kind !== 'object' || rebuilt) return false;
  return before.object.kind !== 'table' && after.object.kind !== 'table' && rules.retypes(before.object, after.object);
}

function isRetyped({ before, after, through }: Edit): boolean {
  if (through !== undefined) return true;
  if (before?.kind !== 'column' || after?.kind !== 'column') return false;
  const [was, is] = [before.column, after.column];
  return !same([was.type, was.collation, was.generated], [is.type, is.collation, is.generated]);
}

/** For each key the keys of the parts that need it. */
function dependantsIn(parts: ReadonlyMap<Key, Part>, schema: Schema): ReadonlyMap<Key, readonly Key[]> {
  const dependants = new Map<Key, Key[]>();
  for (const [key, part] of parts) {
    for (const need of new Set(certainNeeds(part, schema))) {
      const list = dependants.get(need);
      if (list === undefined) dependants.set(need, [key]);
      else list.push(key);
    }
  }
  return dependants;
}

/** What hangs on something that is dropped, or made anew with all that hangs on it. */
function ownerGoes(part: Part, edits: Edits): boolean {
  if (part.kind === 'object') return false;
  const owner = edits.get(keyOf(referenceTo(part.owner)));
  if (owner !== undefined && owner.before !== undefined && (owner.rebuilt || owner.after === undefined)) return true;
  return part.kind === 'default' && edits.get(keyOfPart({ ...part, kind: 'column' }))?.rebuilt === true;
}

/** Rows would go with a table, and values with a column that is not computed. */
function mustStay(part: Part, { key }: Edit): Refusal | undefined {
  if (part.kind === 'column' && part.column.generated === undefined) {
    return { refused: `${key} cannot be made anew while column "${part.column.name}" of ${describe(referenceTo(part.owner))} needs it` };
  }
  if (part.kind !== 'object' || part.object.kind !== 'table') return undefined;
  return { refused: `${key} cannot be made anew while ${describe(referenceTo(part.object))} needs it` };
}

/** What is made anew with a part: the indexes of a view; the default of a column leaves the edit of the column. */
function withIt({ before, after }: Edit, edits: Edits): readonly Edit[] {
  if (before?.kind === 'default') {
    const column = edits.get(keyOfPart({ ...before, kind: 'column' }));
    return column === undefined ? [] : [{ ...column, defaultApart: true }];
  }
  if (before?.kind !== 'object' || after?.kind !== 'object') return [];
  return hangingParts(after.object).map((part) => ({ key: keyOfPart(part), after: part }));
}
