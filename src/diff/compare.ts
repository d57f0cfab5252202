import { same } from '../base/index.ts';
import { type Facts, type Key, keyOf, partKey, type Schema, type SchemaObject, type Table, tableKey, type View } from '../schema/index.ts';
import type { Edit, Edits } from './edit.ts';
import { hangingParts, keyOfPart, type Part } from './parts.ts';
import type { DiffRules } from './rules.ts';

interface Sides {
  readonly from: Schema;
  readonly to: Schema;
  readonly rules: DiffRules;
}

/** The parts in which two structures differ. What goes together with its table, view or column is no edit of its own. */
export function compare(from: Schema, to: Schema, rules: DiffRules): Edits {
  const edits = new Map<Key, Edit>();
  const add = (edit: Edit): unknown => edits.set(edit.key, edit);
  for (const [key, before] of from.objects) {
    const after = to.objects.get(key);
    if (after === undefined) add({ key, before: { kind: 'object', object: before } });
    else if (before !== after) compareObjects(key, before, after, { from, to, rules }).forEach(add);
  }
  for (const [key, after] of to.objects) if (!from.objects.has(key)) made(after).forEach(add);
  const isAlone = rules.gathers === true && [...edits.values()].some(isOfTableThatStays);
  for (const [key, edit] of [...edits]) {
    if (isAlone && isReader(edit)) {
      if (edit.after !== undefined) edits.set(key, { ...edit, rebuilt: true });
    } else if (goesWithOwner(edit, edits)) edits.delete(key);
  }
  return edits;
}

function isOfTableThatStays({ before, after }: Edit): boolean {
  const part = before ?? after;
  return part?.kind === 'object' ? before !== undefined && after !== undefined && part.object.kind === 'table' : part !== undefined;
}

/** A view or trigger that differs must not be there while tables change that it reads before or after. */
function isReader({ before }: Edit): boolean {
  return before?.kind === 'object' && (before.object.kind === 'view' || before.object.kind === 'trigger');
}

function made(object: SchemaObject): readonly Edit[] {
  const parts: readonly Part[] = [{ kind: 'object', object }, ...hangingParts(object)];
  return parts.map((after) => ({ key: keyOfPart(after), after }));
}

/** Whether an object is dropped by dropping what it belongs to. */
function goesWithOwner({ before, after }: Edit, edits: Edits): boolean {
  if (after !== undefined || before?.kind !== 'object') return false;
  const { object } = before;
  if (object.kind === 'trigger' || object.kind === 'policy')
    return isDropped(edits, tableKey(object.on)) || isDropped(edits, keyOf({ kind: 'view', name: object.on }));
  if (object.kind === 'opaque') return (object.dependsOn ?? []).some((key) => isDropped(edits, key));
  if (object.kind !== 'sequence' || object.ownedBy === undefined) return false;
  const { table, column } = object.ownedBy;
  return isDropped(edits, tableKey(table)) || isDropped(edits, partKey('column', table, column));
}

function isDropped(edits: Edits, key: Key): boolean {
  const edit = edits.get(key);
  return edit !== undefined && edit.after === undefined;
}

function compareObjects(key: Key, before: SchemaObject, after: SchemaObject, sides: Sides): readonly Edit[] {
  if (before.kind === 'table' && after.kind === 'table') return compareTables(key, before, after, sides.rules);
  if (before.kind === 'view' && after.kind === 'view') return compareViews(key, before, after, sides);
  if (before.kind === 'table' || after.kind === 'table' || same(before, after)) return [];
  const inPlace = sides.rules.replaces(before, after, factsOf(sides));
  return [altered(key, { kind: 'object', object: before }, { kind: 'object', object: after }, inPlace)];
}

function factsOf({ from, to }: Sides): { readonly before?: Facts; readonly after?: Facts } {
  return { ...(from.facts === undefined ? {} : { before: from.facts }), ...(to.facts === undefined ? {} : { after: to.facts }) };
}

function altered(key: Key, before: Part, after: Part, inPlace: boolean): Edit {
  return { key, before, after, ...(inPlace ? {} : { rebuilt: true }) };
}

function compareViews(key: Key, before: View, after: View, sides: Sides): readonly Edit[] {
  const [was, is] = [withoutIndexes(before), withoutIndexes(after)];
  if (same(was, is)) return compareHanging(before, after);
  const inPlace = sides.rules.replaces(was, is, factsOf(sides));
  const own = altered(key, { kind: 'object', object: before }, { kind: 'object', object: after }, inPlace);
  return inPlace
    ? [own, ...compareHanging(before, after)]
    : [own, ...hangingParts(after).map((part) => ({ key: keyOfPart(part), after: part }))];
}

function withoutIndexes(view: View): View {
  const { indexes: _, ...rest } = view;
  return rest;
}

function compareTables(key: Key, before: Table, after: Table, rules: DiffRules): readonly Edit[] {
  const own: Edit = { key, before: { kind: 'object', object: before }, after: { kind: 'object', object: after } };
  const isSame = before.comment === after.comment && same(before.options, after.options);
  return [...(isSame ? [] : [own]), ...compareColumns(before, after, rules), ...compareHanging(before, after)];
}

function compareColumns(before: Table, after: Table, rules: DiffRules): readonly Edit[] {
  const edits: Edit[] = [];
  const old = new Map(before.columns.map((column) => [column.name, column]));
  for (const column of after.columns) {
    const was = old.get(column.name);
    old.delete(column.name);
    const is: Part = { kind: 'column', owner: after, column };
    if (was === undefined) edits.push({ key: keyOfPart(is), after: is });
    else if (!same(was, column))
      edits.push(altered(keyOfPart(is), { kind: 'column', owner: before, column: was }, is, rules.alters(was, column)));
  }
  for (const column of old.values()) {
    const was: Part = { kind: 'column', owner: before, column };
    edits.push({ key: keyOfPart(was), before: was });
  }
  return edits;
}

/** Constraints and indexes; one that differs in its comment or in being checked alone is altered, everything else is made anew. */
function compareHanging(before: Table | View, after: Table | View): readonly Edit[] {
  const edits: Edit[] = [];
  const old = new Map(listed(before).map((part) => [keyOfPart(part), part]));
  for (const part of listed(after)) {
    const key = keyOfPart(part);
    const was = old.get(key);
    old.delete(key);
    if (was === undefined) edits.push({ key, after: part });
    else if (!same(contentOf(was), contentOf(part))) edits.push(altered(key, was, part, isTouchedUp(was, part)));
  }
  for (const [key, part] of old) edits.push({ key, before: part });
  return edits;
}

type Listed = Extract<Part, { readonly kind: 'constraint' | 'index' }>;

function listed(owner: Table | View): readonly Listed[] {
  return hangingParts(owner).filter((part): part is Listed => part.kind === 'constraint' || part.kind === 'index');
}

interface Content {
  readonly comment?: string;
  readonly notValid?: true;
}

function contentOf(part: Listed): Content {
  return (part.kind === 'constraint' ? part.constraint : part.index) as Content;
}

/** Whether only what can be changed in place is different: a comment, or that old rows have been checked by now. */
function isTouchedUp(before: Listed, after: Listed): boolean {
  const [{ comment: _, notValid: unchecked, ...was }, { comment: __, notValid: stays, ...is }] = [contentOf(before), contentOf(after)];
  return same(was, is) && (unchecked === true || stays === undefined);
}
