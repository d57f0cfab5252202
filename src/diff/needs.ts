import {
  type Column,
  type ColumnType,
  type Constraint,
  type Index,
  type Key,
  keyOf,
  mentions,
  type QualifiedName,
  type Schema,
  type SchemaObject,
  type Table,
  tableKey,
  tableOf,
} from '../schema/index.ts';
import { columnKeys, hangingParts, keyOfPart, type Part } from './parts.ts';

/**
 * What a part needs for certain, by what it says itself and by what the engine's catalogue knows of it. The columns of a table, and
 * their defaults, are parts with needs of their own.
 */
export function certainNeeds(part: Part, schema: Schema): readonly Key[] {
  return [...impliedNeeds(part, schema), ...(schema.facts?.needs.get(keyOfPart(part)) ?? [])];
}

function impliedNeeds(part: Part, schema: Schema): readonly Key[] {
  switch (part.kind) {
    case 'object':
      return [...namespaceOf(part.object), ...needsOfObject(part.object, schema)];
    case 'column':
      return [tableKey(part.owner.name), ...typeNeeds(part.column.type, schema), ...computedFrom(part.owner, part.column)];
    case 'default':
      return columnKeys(part.owner.name, [part.column.name]);
    case 'constraint':
      return [tableKey(part.owner.name), ...needsOfConstraint(part.owner, part.constraint, schema)];
    case 'index':
      return part.owner.kind === 'table'
        ? [tableKey(part.owner.name), ...needsOfIndex(part.owner, part.index)]
        : [keyOf({ kind: 'view', name: part.owner.name })];
  }
}

function namespaceOf({ kind, name }: SchemaObject): readonly Key[] {
  return name.schema === undefined || kind === 'extension' ? [] : [keyOf({ kind: 'namespace', name: { name: name.schema } })];
}

function needsOfObject(object: SchemaObject, schema: Schema): readonly Key[] {
  switch (object.kind) {
    case 'domain':
      return typeNeeds(object.type, schema);
    case 'composite':
      return object.attributes.flatMap((attribute) => typeNeeds(attribute.type, schema));
    case 'trigger':
    case 'policy':
      return [tableKey(object.on), keyOf({ kind: 'view', name: object.on })];
    case 'sequence':
      return object.ownedBy === undefined ? [] : columnKeys(object.ownedBy.table, [object.ownedBy.column]);
    case 'extension':
      return object.name.schema === undefined ? [] : [keyOf({ kind: 'namespace', name: { name: object.name.schema } })];
    case 'opaque':
      return object.dependsOn ?? [];
    default:
      return [];
  }
}

const typeKinds = ['enum', 'domain', 'composite'] as const;

function typeNeeds(type: ColumnType, schema: Schema): readonly Key[] {
  if (type.kind === 'array') return typeNeeds(type.of, schema);
  if (type.kind !== 'named') return [];
  return typeKinds.map((kind) => keyOf({ kind, name: type.type })).filter((key) => schema.objects.has(key));
}

function computedFrom(table: Table, { name, generated }: Column): readonly Key[] {
  return generated === undefined ? [] : columnsIn(table, generated.sql).filter((key) => key !== columnKeys(table.name, [name])[0]);
}

function columnsIn(table: Table, ...texts: readonly (string | undefined)[]): readonly Key[] {
  const given = texts.filter((text) => text !== undefined);
  return columnKeys(
    table.name,
    namesOf(table.columns).filter((name) => given.some((text) => mentions(text, name))),
  );
}

function namesOf(columns: readonly Column[]): readonly string[] {
  return columns.map(({ name }) => name);
}

function needsOfConstraint(table: Table, constraint: Constraint, schema: Schema): readonly Key[] {
  switch (constraint.kind) {
    case 'check':
      return columnsIn(table, constraint.sql);
    case 'exclude':
      return columnsIn(table, constraint.where, ...constraint.elements.map(({ sql }) => sql));
    case 'foreignKey': {
      const { references, columns } = constraint;
      return [
        ...columnKeys(table.name, columns),
        tableKey(references.table),
        ...columnKeys(references.table, references.columns),
        ...keysOver(references.table, references.columns, schema),
      ];
    }
    default:
      return columnKeys(table.name, [...constraint.columns, ...(constraint.include ?? [])]);
  }
}

/** The keys and unique indexes of a structure on which a foreign key may rest; nothing for any other part. */
export function keysUnder(part: Part, schema: Schema): readonly Key[] {
  if (part.kind !== 'constraint' || part.constraint.kind !== 'foreignKey') return [];
  const { table, columns } = part.constraint.references;
  return keysOver(table, columns, schema);
}

/** The keys and unique indexes of a table over just these columns, one of which a foreign key to them rests on. */
function keysOver(name: QualifiedName, columns: readonly string[], schema: Schema): readonly Key[] {
  const table = tableOf(schema, name);
  if (table === undefined) return [];
  const wanted = [...columns].sort().join('\0');
  return hangingParts(table).flatMap((part) => {
    const over = part.kind === 'constraint' ? keyColumns(part.constraint) : part.kind === 'index' ? uniqueColumns(part.index) : undefined;
    return over !== undefined && [...over].sort().join('\0') === wanted ? [keyOfPart(part)] : [];
  });
}

function keyColumns(constraint: Constraint): readonly string[] | undefined {
  return constraint.kind === 'primaryKey' || constraint.kind === 'unique' ? constraint.columns : undefined;
}

function uniqueColumns({ unique, parts, where }: Index): readonly string[] | undefined {
  return unique === true && where === undefined ? parts.map(({ column }) => column ?? '') : undefined;
}

function needsOfIndex(table: Table, { parts, include, where }: Index): readonly Key[] {
  return [
    ...columnKeys(table.name, [...parts.flatMap(({ column }) => column ?? []), ...(include ?? [])]),
    ...columnsIn(table, where, ...parts.map(({ sql }) => sql)),
  ];
}

/** Texts that only the engine understands, in which names of other objects may stand. */
export function textsOf(part: Part): readonly string[] {
  switch (part.kind) {
    case 'object':
      return textsOfObject(part.object);
    case 'column':
    case 'default':
      return [
        part.column.generated?.sql ?? '',
        part.column.default !== undefined && 'sql' in part.column.default ? part.column.default.sql : '',
      ];
    case 'constraint':
      return part.constraint.kind === 'check' ? [part.constraint.sql] : [];
    case 'index':
      return [part.index.where ?? '', ...part.index.parts.map(({ sql }) => sql ?? '')];
  }
}

function textsOfObject(object: SchemaObject): readonly string[] {
  switch (object.kind) {
    case 'view':
      return [object.query];
    case 'routine':
    case 'trigger':
    case 'opaque':
      return [object.definition];
    case 'policy':
      return [object.using ?? '', object.check ?? ''];
    case 'domain':
      return object.checks.map(({ sql }) => sql);
    default:
      return [];
  }
}

const word = /"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|[\p{L}_][\p{L}\p{N}_]*/gu;

/** Objects whose names stand in the texts of a part, in strings and comments too: what it may need. `named` has the objects by their bare names. */
export function suggestedNeeds(part: Part, named: ReadonlyMap<string, readonly Key[]>): readonly Key[] {
  const found = new Set<Key>();
  for (const text of textsOf(part)) {
    if (text === '') continue;
    for (const [whole, double, back] of text.matchAll(word)) {
      const name = double?.replaceAll('""', '"') ?? back?.replaceAll('``', '`') ?? whole;
      for (const key of named.get(name) ?? []) found.add(key);
    }
  }
  found.delete(keyOfPart(part));
  return [...found];
}
