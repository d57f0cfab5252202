import {
  formatName,
  type Key,
  keyOf,
  type Name,
  type ObjectReference,
  type Of,
  partKey,
  type QualifiedName,
  referenceTo,
  type Schema,
  type SchemaObject,
  sameName,
  tableKey,
  tablesOf,
} from '../schema/index.ts';
import { type DiffRules, folded } from './rules.ts';

/** A change of a name. Where several are made together, all of them call things as they were called before the first. */
export type Rename = Of<'renameTable' | 'renameColumn' | 'renameConstraint' | 'renameIndex' | 'renameObject'>;

/** The key of what gets another name, as it is called before any renaming. */
export function renamedKey(rename: Rename): Key {
  switch (rename.kind) {
    case 'renameTable':
      return tableKey(rename.from);
    case 'renameObject':
      return keyOf(rename.object);
    default:
      return partKey(partKinds[rename.kind], rename.table, rename.from);
  }
}

/** The key of what has the name by then which is to be given, in words of before. */
export function wantedKey(rename: Rename): Key {
  switch (rename.kind) {
    case 'renameTable':
      return tableKey(rename.to);
    case 'renameObject':
      return keyOf({ ...rename.object, name: rename.to });
    default:
      return partKey(partKinds[rename.kind], rename.table, rename.to);
  }
}

const partKinds = { renameColumn: 'column', renameConstraint: 'constraint', renameIndex: 'index' } as const;

/** The same renaming to another name; of an object in the namespace that it is to lie in. */
export function renamedTo(rename: Rename, name: Name): Rename {
  if (rename.kind === 'renameTable' || rename.kind === 'renameObject') return { ...rename, to: { ...rename.to, name } };
  return { ...rename, to: name };
}

/** The new name without a namespace. */
export function nameGiven({ to }: Rename): Name {
  return typeof to === 'string' ? to : to.name;
}

/** The renaming of something that is called otherwise by now. */
export function renamedFrom(rename: Rename, name: Name): Rename {
  switch (rename.kind) {
    case 'renameTable':
      return { ...rename, from: { ...rename.to, name } };
    case 'renameObject':
      return { ...rename, object: { ...rename.object, name: { ...rename.to, name } } };
    default:
      return { ...rename, from: name };
  }
}

/** What a table, a view or a thing in a namespace is called when some renamings have been made. */
export function calledNow(name: QualifiedName, kind: 'table' | 'object', renames: readonly Rename[]): QualifiedName {
  const direct = renames.find((one) => kind === 'table' && one.kind === 'renameTable' && sameName(one.from, name));
  if (direct?.kind === 'renameTable') return direct.to;
  const space = renames.find(
    (one) => one.kind === 'renameObject' && one.object.kind === 'namespace' && one.object.name.name === name.schema,
  );
  return space?.kind === 'renameObject' ? { ...name, schema: space.to.name } : name;
}

/** The renaming as it is written once those before it have been made. */
export function locatedAfter(rename: Rename, done: readonly Rename[]): Rename {
  switch (rename.kind) {
    case 'renameTable':
      return { ...rename, from: calledNow(rename.from, 'object', done) };
    case 'renameObject': {
      const { object } = rename;
      const on = object.on === undefined ? {} : { on: calledNow(object.on, 'table', done) };
      return { ...rename, object: { ...object, name: calledNow(object.name, 'object', done), ...on } };
    }
    default:
      return { ...rename, table: calledNow(rename.table, 'table', done) };
  }
}

/** The renamings that lead back, in the words of the structure that these lead to. */
export function reversed(renames: readonly Rename[]): readonly Rename[] {
  return renames.map((rename): Rename => {
    switch (rename.kind) {
      case 'renameTable':
        return { kind: 'renameTable', from: rename.to, to: rename.from };
      case 'renameObject': {
        const { name, on } = rename.object;
        const owner = on === undefined ? {} : { on: calledNow(on, 'table', renames) };
        return { ...rename, object: { ...rename.object, name: rename.to, ...owner }, to: name };
      }
      default:
        return { ...rename, table: calledNow(rename.table, 'table', renames), from: rename.to, to: rename.from };
    }
  });
}

/** The hints that lead back. What has a name again that was given up meanwhile makes room. */
export function reversedHints(renames: readonly Rename[]): { readonly renames: readonly Rename[]; readonly dropped: ReadonlySet<Key> } {
  const back = reversed(renames);
  return { renames: back, dropped: new Set(back.map(wantedKey)) };
}

/** Namespaces first, then what lies in them, then the parts of tables. */
export function rankOf(rename: Rename): number {
  if (rename.kind === 'renameObject' && rename.object.kind === 'namespace') return 0;
  return rename.kind === 'renameTable' || rename.kind === 'renameObject' ? 1 : rename.kind === 'renameColumn' ? 2 : 3;
}

/** What has the name that a renaming gives, as a renaming of its own; nothing where the name is free. */
export function holderOf(rename: Rename, schema: Schema, rules: DiffRules): Rename | undefined {
  if (rename.kind === 'renameTable')
    return holderObject({ kind: 'table', name: rename.from }, rename.to, schema) ?? holderTable(rename, schema, rules);
  if (rename.kind === 'renameObject') return holderObject(rename.object, rename.to, schema);
  const taken = partNames(rename, schema).find((name) => name !== rename.from && isSame(rename, name, rules));
  return taken === undefined ? undefined : { ...rename, from: taken };
}

type PartRename = Extract<Rename, { readonly table: QualifiedName }>;

/** The names of all things in the table or view that are of the kind which a renaming is about. */
export function partNames(rename: PartRename, schema: Schema): readonly Name[] {
  return namesIn(
    schema.objects.get(tableKey(rename.table)) ?? schema.objects.get(keyOf({ kind: 'view', name: rename.table })),
    rename.kind,
  );
}

function isSame(rename: PartRename, name: Name, rules: DiffRules): boolean {
  if (rename.kind !== 'renameColumn') return name === rename.to;
  return folded(name, 'column', rules) === folded(rename.to, 'column', rules);
}

function namesIn(owner: SchemaObject | undefined, kind: keyof typeof partKinds): readonly Name[] {
  if (owner?.kind === 'view') return kind === 'renameIndex' ? (owner.indexes ?? []).map(({ name }) => name) : [];
  if (owner?.kind !== 'table') return [];
  if (kind === 'renameConstraint') return owner.constraints.flatMap(({ name }) => (name === undefined ? [] : [name]));
  return (kind === 'renameColumn' ? owner.columns : owner.indexes).map(({ name }) => name);
}

/** A table whose name only differs in what the engine does not see. */
function holderTable({ from, to }: Of<'renameTable'>, schema: Schema, rules: DiffRules): Rename | undefined {
  const wanted = folded(to.name, 'table', rules);
  const taken = tablesOf(schema).find(
    ({ name }) => !sameName(name, from) && name.schema === to.schema && folded(name.name, 'table', rules) === wanted,
  );
  return taken === undefined ? undefined : { kind: 'renameTable', from: taken.name, to: taken.name };
}

const sharedNames: readonly (readonly string[])[] = [
  ['table', 'view', 'sequence'],
  ['enum', 'domain', 'composite'],
];

function holderObject(reference: ObjectReference, to: QualifiedName, schema: Schema): Rename | undefined {
  const kinds = sharedNames.find((group) => group.includes(reference.kind)) ?? [reference.kind];
  for (const kind of kinds) {
    const key = keyOf({ ...reference, kind: kind as ObjectReference['kind'], name: to });
    const holder = schema.objects.get(key);
    if (holder === undefined || key === keyOf(reference)) continue;
    if (holder.kind === 'table') return { kind: 'renameTable', from: holder.name, to: holder.name };
    return { kind: 'renameObject', object: referenceTo(holder), to: holder.name };
  }
  return undefined;
}

/** `users.name → full_name`, for people. */
export function formatRename(rename: Rename): string {
  switch (rename.kind) {
    case 'renameTable':
      return `${formatName(rename.from)} → ${formatName(rename.to)}`;
    case 'renameObject':
      return `${rename.object.kind} ${formatName(rename.object.name)} → ${formatName(rename.to)}`;
    default:
      return `${formatName(rename.table)}.${formatName({ name: rename.from })} → ${formatName({ name: rename.to })}`;
  }
}
