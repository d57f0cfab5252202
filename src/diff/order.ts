import { canonicalJson, same, topological } from '../base/index.ts';
import {
  type Constraint,
  formatName,
  type Key,
  keyOf,
  type QualifiedName,
  type Refusal,
  type Schema,
  type SchemaObject,
  type Sequence,
  type Table,
  tableKey,
  tableOf,
} from '../schema/index.ts';
import { type Action, type Nodes, precede } from './action.ts';
import type { Edit, Edits } from './edit.ts';
import { linkHeirs } from './heirs-order.ts';
import { certainNeeds, keysUnder, suggestedNeeds } from './needs.ts';
import { columnKeys, hangingParts, keyOfPart, type Part, withDefault } from './parts.ts';
import { type DiffRules, folded } from './rules.ts';
import { listIn, sorted } from './sort.ts';
import { withinTables } from './within.ts';

interface Sides {
  readonly from: Schema;
  readonly to: Schema;
}

/** The edits as actions in an order in which each finds what it needs. Refuses when there is none. */
export function order(edits: Edits, sides: Sides, rules: DiffRules): readonly Action[] | Refusal {
  const owned = withOwners(sides.from);
  const names = namesOf(edits);
  const isTaken = takenBy(edits, owned, rules);
  // Where tables gather what belongs to them, their parts keep together by themselves.
  const actions = actionsOf(edits, rules.gathers ? new Map() : withinTables(edits, { to: sides.to, names, isTaken }));
  const dropped = droppedNames(actions, owned, rules);
  link(actions, sides, { nodes: nodesOf(actions, owned), names, dropped, owned, rules });
  linkPresets(actions, rules);
  return sorted(actions, rules);
}

function actionsOf(edits: Edits, within: ReadonlyMap<Key, ReadonlySet<Key>>): readonly Action[] {
  const actions: Action[] = [];
  const add = (verb: Action['verb'], edit: Edit, more: Pick<Action, 'ownerless' | 'first' | 'within'> = {}): Action | undefined => {
    const part = verb === 'drop' ? edit.before : edit.after;
    const action = part === undefined ? undefined : { verb, edit, part, ...more, after: new Map() };
    if (action !== undefined) actions.push(action);
    return action;
  };
  const inTables = new Set([...within.values()].flatMap((keys) => [...keys]));
  for (const edit of [...edits.values(), ...circularKeys(edits)]) {
    if (inTables.has(edit.key)) continue;
    const parts = within.get(edit.key);
    const isAltered = edit.before !== undefined && edit.after !== undefined && !edit.rebuilt;
    const verb = isAltered ? 'alter' : 'make';
    if (!isAltered) add('drop', edit);
    const first = getsOwner(edit, isAltered) ? add(verb, edit, { ownerless: true }) : undefined;
    if (first === undefined) add(verb, edit, parts === undefined ? {} : { within: parts });
    else add('alter', edit, { first });
  }
  return actions;
}

/** Whether a sequence is to belong to a column that it does not belong to yet: the column may need the sequence first. */
function getsOwner({ before, after }: Edit, isAltered: boolean): boolean {
  const owner = ownerOf(after);
  return owner !== undefined && !(isAltered && same(owner, ownerOf(before)));
}

function ownerOf(part: Part | undefined): Sequence['ownedBy'] {
  return part?.kind === 'object' && part.object.kind === 'sequence' ? part.object.ownedBy : undefined;
}

/** Foreign keys of tables that all go and lead round in a circle go first. */
function circularKeys(edits: Edits): readonly Edit[] {
  const going = new Map<Key, Table>();
  for (const { key, before, after } of edits.values()) {
    if (after === undefined && before?.kind === 'object' && before.object.kind === 'table') going.set(key, before.object);
  }
  const parents = (key: Key): readonly Key[] =>
    (going.get(key)?.constraints ?? []).flatMap((one) => {
      const parent = one.kind === 'foreignKey' ? tableKey(one.references.table) : key;
      return parent === key ? [] : [parent];
    });
  if (going.size < 2 || 'order' in topological([...going.keys()], parents)) return [];
  return [...going.values()].flatMap((owner) =>
    owner.constraints.flatMap((constraint): readonly Edit[] => {
      if (constraint.kind !== 'foreignKey' || !going.has(tableKey(constraint.references.table))) return [];
      const before: Part = { kind: 'constraint', owner, constraint };
      return [{ key: keyOfPart(before), before }];
    }),
  );
}

/** Actions by the keys of the parts that they are about; what is made or dropped with its table is found, too. */
function nodesOf(actions: readonly Action[], gone: GoneWith): Nodes {
  const nodes = { drop: new Map<Key, Action>(), alter: new Map<Key, Action>(), make: new Map<Key, Action>() };
  // Of two actions on one sequence the first makes it fit for use.
  for (const action of actions) if (!nodes[action.verb].has(action.edit.key)) nodes[action.verb].set(action.edit.key, action);
  for (const action of actions) {
    if (action.verb === 'alter') continue;
    for (const key of action.within ?? []) nodes.make.set(key, action);
    for (const part of [...partsWith(action), ...goneWith(action, gone)]) {
      const key = keyOfPart(part);
      if (!nodes[action.verb].has(key)) nodes[action.verb].set(key, action);
    }
  }
  return nodes;
}

/** A table is made with its columns, and dropped with all that hangs on it. */
function partsWith({ verb, part }: Pick<Action, 'verb' | 'part'>): readonly Part[] {
  if (part.kind !== 'object') return [];
  const { object } = part;
  const columns = object.kind === 'table' ? object.columns.map((column): Part => ({ kind: 'column', owner: object, column })) : [];
  return verb === 'drop' ? [...columns, ...hangingParts(object)] : columns;
}

function link(actions: readonly Action[], { from, to }: Sides, linking: Linking): void {
  const { nodes } = linking;
  for (const action of actions) {
    if (action.verb === 'drop') {
      linkDrop(action, linking, from);
      linkLastColumns(action, nodes, to);
    } else linkMake(action, linking, { from, to });
    if (action.verb === 'alter' && action.first === undefined) releases(action, nodes, from);
  }
  linkHeirs(actions, nodes, { from, to });
}

/** What new objects get by themselves is taken away before anything is made, and given when everything is there. */
function linkPresets(actions: readonly Action[], rules: DiffRules): void {
  const isPreset = ({ part }: Action): boolean => part.kind === 'object' && rules.presets?.(part.object) === true;
  const presets = actions.filter(isPreset);
  if (presets.length === 0) return;
  const others = actions.filter((action) => action.verb !== 'drop' && !isPreset(action));
  for (const preset of presets) {
    for (const other of others) {
      if (preset.verb === 'drop') precede(other, preset);
      else precede(preset, other, false);
    }
  }
}

/** What goes with a table, view or column that is dropped, by the key of that. */
type GoneWith = ReadonlyMap<Key, readonly Part[]>;

/** Triggers and policies go with their table or view, sequences with the column that owns them. */
function withOwners(from: Schema): GoneWith {
  const gone = new Map<Key, Part[]>();
  for (const object of from.objects.values()) {
    for (const key of ownersOf(object)) {
      const parts = gone.get(key) ?? [];
      parts.push({ kind: 'object', object });
      gone.set(key, parts);
    }
  }
  return gone;
}

function ownersOf(object: SchemaObject): readonly Key[] {
  if (object.kind === 'trigger' || object.kind === 'policy') return [tableKey(object.on), keyOf({ kind: 'view', name: object.on })];
  if (object.kind !== 'sequence' || object.ownedBy === undefined) return [];
  const { table, column } = object.ownedBy;
  return [tableKey(table), ...columnKeys(table, [column])];
}

function goneWith({ verb, part }: Pick<Action, 'verb' | 'part'>, gone: GoneWith): readonly Part[] {
  return verb === 'drop' ? (gone.get(keyOfPart(part)) ?? []) : [];
}

/** Options and comment of a table do not concern what needs it. */
function isTable({ part }: Action): boolean {
  return part.kind === 'object' && part.object.kind === 'table';
}

/** What needs something goes before it; and before it is altered. */
function linkDrop(action: Action, { nodes: { drop, alter }, owned }: Linking, from: Schema): void {
  for (const part of [...withDefault(action.part, action.edit), ...partsWith(action), ...goneWith(action, owned)]) {
    // A foreign key that is dropped before its table holds nothing fast any more.
    const own = drop.get(keyOfPart(part)) ?? action;
    if (own !== action) continue;
    for (const need of certainNeeds(part, from)) {
      const [needed, altered] = [drop.get(need), alter.get(need)];
      if (needed !== undefined) precede(needed, action);
      // Only a column holds fast to what is to go: by its type, or as the part of a key.
      if (altered !== undefined && !isTable(altered)) precede(altered, action, altered.part.kind === 'column');
      if (altered?.edit.through !== undefined) precede(alter.get(altered.edit.through) ?? altered, action);
    }
  }
}

/** A table always has a column: where none stays, new ones come before the old ones go. */
function linkLastColumns(action: Action, { make }: Nodes, to: Schema): void {
  if (action.part.kind !== 'column') return;
  const after = tableOf(to, action.part.owner.name);
  const stays = after?.columns.some(
    ({ name }) => action.part.kind === 'column' && action.part.owner.columns.some((column) => column.name === name),
  );
  if (after === undefined || stays) return;
  for (const key of columnKeys(
    after.name,
    after.columns.map(({ name }) => name),
  ))
    precede(action, make.get(key));
}

/** What is altered so that it does not need something any more is altered before that goes. */
function releases(action: Action, { drop }: Nodes, from: Schema): void {
  const { before } = action.edit;
  if (before === undefined) return;
  for (const need of withDefault(before, action.edit).flatMap((part) => certainNeeds(part, from))) {
    const dropped = drop.get(need);
    // What is only made anew comes back, and is there again before this is altered.
    if (dropped !== undefined && dropped.edit.after === undefined) precede(dropped, action);
  }
}

interface Linking {
  readonly nodes: Nodes;
  readonly names: ReadonlyMap<string, readonly Key[]>;
  readonly dropped: ReadonlyMap<string, readonly Action[]>;
  readonly owned: GoneWith;
  readonly rules: DiffRules;
}

function linkMake(action: Action, { nodes, names, dropped, rules }: Linking, { from, to }: Sides): void {
  const { make, alter } = nodes;
  const needed = (need: Key, certain: boolean): void => {
    const made = make.get(need);
    precede(action, made, certain);
    const altered = made === undefined ? alter.get(need) : undefined;
    if (altered !== undefined && !isTable(altered)) precede(action, altered, certain && action.verb === 'make');
  };
  const own = action.ownerless ? withoutOwner(action.part) : action.part;
  // The catalogue knows a sequence with its owner only.
  const known: Schema = action.ownerless ? { objects: to.objects, scope: to.scope } : to;
  for (const part of [...withDefault(own, action.edit), ...(action.verb === 'make' ? partsWith(action) : [])]) {
    for (const need of certainNeeds(part, known)) needed(need, true);
    if (isKnown(part, known)) continue;
    for (const need of suggestedNeeds(part, names)) needed(need, false);
  }
  precede(action, action.first);
  if (action.edit.through !== undefined) precede(action, alter.get(action.edit.through));
  if (action.verb === 'make') linkFresh(action, { nodes, dropped, rules }, from);
}

/** What takes the place of something waits until that is gone. */
function linkFresh(action: Action, { nodes: { drop }, dropped, rules }: Pick<Linking, 'nodes' | 'dropped' | 'rules'>, from: Schema): void {
  precede(action, drop.get(action.edit.key));
  // The engine may let a foreign key rest on a key that is about to go.
  for (const under of keysUnder(action.part, from)) precede(action, drop.get(under));
  for (const name of namesOfPart(action.part, rules)) for (const other of dropped.get(name) ?? []) precede(action, other);
}

/** Whether the catalogue tells everything that a part reads: it does of a view, so its words suggest nothing. */
function isKnown(part: Part, { facts }: Schema): boolean {
  return part.kind === 'object' && part.object.kind === 'view' && facts?.needs.has(keyOfPart(part)) === true;
}

/** A sequence as it is made: whom it belongs to is said later. */
export function withoutOwner(part: Part): Part {
  if (part.kind !== 'object' || part.object.kind !== 'sequence') return part;
  const { ownedBy: _, ...object } = part.object;
  return { kind: 'object', object };
}

/** Made and altered objects by their bare names. */
function namesOf(edits: Edits): ReadonlyMap<string, readonly Key[]> {
  const names = new Map<string, Key[]>();
  for (const { key, after } of edits.values()) if (after?.kind === 'object') listIn(names, after.object.name.name).push(key);
  return names;
}

/** Whether a part takes a name of what is dropped. */
function takenBy(edits: Edits, owned: GoneWith, rules: DiffRules): (part: Part) => boolean {
  const taken = new Set<string>();
  for (const { before, after, rebuilt } of edits.values()) {
    if (before === undefined || (after !== undefined && !rebuilt)) continue;
    const going = { verb: 'drop', part: before } as const;
    for (const part of [before, ...partsWith(going), ...goneWith(going, owned)])
      for (const name of namesOfPart(part, rules)) taken.add(name);
  }
  return (part) => taken.size > 0 && namesOfPart(part, rules).some((name) => taken.has(name));
}

function droppedNames(actions: readonly Action[], owned: GoneWith, rules: DiffRules): ReadonlyMap<string, readonly Action[]> {
  const names = new Map<string, Action[]>();
  for (const action of actions) {
    const parts = action.verb === 'drop' ? [action.part, ...partsWith(action), ...goneWith(action, owned)] : [];
    for (const name of new Set(parts.flatMap((part) => namesOfPart(part, rules)))) listIn(names, name).push(action);
  }
  return names;
}

/** What a constraint without a name is dropped by: one that is made before would be met instead of it. */
function wordsOf(constraint: Constraint, { name }: Table): string {
  return `${constraint.kind} of ${formatName(name)}: ${'columns' in constraint ? canonicalJson(constraint.columns) : ''}`;
}

/** The names that a part takes: in its namespace, and of a primary key the place of the only one. Names of columns are their table's own. */
function namesOfPart(part: Part, rules: DiffRules): readonly string[] {
  switch (part.kind) {
    case 'object':
      return namesOfObject(part.object).map((name) => folded(formatName(name), 'table', rules));
    case 'constraint': {
      const { kind, name } = part.constraint;
      const place = kind === 'primaryKey' ? [`primary key of ${formatName(part.owner.name)}`] : [];
      if (name === undefined) return [...place, wordsOf(part.constraint, part.owner)];
      return rules.gathers ? place : [...place, formatName({ ...part.owner.name, name })];
    }
    case 'index':
      return [folded(formatName({ ...part.owner.name, name: part.index.name }), 'table', rules)];
    default:
      return [];
  }
}

/** What only the engine understands may be called by the word for its kind and its name, which may be that of a table, type or routine. */
function namesOfObject(object: SchemaObject): readonly QualifiedName[] {
  const { kind, name } = object;
  if (kind !== 'opaque' || !name.name.startsWith(`${object.type} `)) return [name];
  return [name, { ...name, name: name.name.slice(object.type.length + 1).replace(/\(.*\)$/s, '') }];
}
