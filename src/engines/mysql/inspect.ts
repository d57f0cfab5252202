import type { Inquiry, ResultRow, Server } from '../../contracts/index.ts';
import { keyOf, type QualifiedName, referenceTo, type Schema, type SchemaObject, schemaOf, tableKey } from '../../schema/index.ts';
import { type Catalogue, nameOf, readCatalogue, readChildren } from './catalogue.ts';
import { eventFrom, routinesFrom, sequenceFrom, triggersFrom, viewFrom } from './inspect-object.ts';
import { tableFrom } from './inspect-table.ts';
import { field } from './rows.ts';
import { withDefinitions } from './shown.ts';

/**
 * Reads the structure of the connection's database, or of the named tables with what belongs to them and the tables whose foreign keys
 * point to them.
 */
export function* inspect(server: Server, tables?: readonly QualifiedName[]): Inquiry<Schema> {
  if (tables === undefined) return schemaFrom(yield* withDefinitions(yield* readCatalogue(server)), server, 'all');
  if (tables.length === 0) return schemaOf([], new Set());
  const children = yield* readChildren(server, tables);
  const wanted = new Map([...tables, ...children].map((name) => [tableKey(name), name]));
  const found = yield* withDefinitions(yield* readCatalogue(server, [...wanted.values()]));
  return schemaFrom(found, server, new Set(tables.map(tableKey)));
}

function schemaFrom(found: Catalogue, server: Server, scope: Schema['scope']): Schema {
  const catalogue = { ...found, defaults: usual(found.defaults, server) };
  const groups = grouped(catalogue);
  const of = (kind: keyof Groups, row: ResultRow): readonly ResultRow[] => groups[kind].get(keyOfRow(row)) ?? [];
  const objects: SchemaObject[] = [];
  for (const table of catalogue.tables) {
    const type = table['type'];
    if (type === 'BASE TABLE' || type === 'SYSTEM VERSIONED') {
      const rows = {
        table,
        columns: of('columns', table),
        indexes: of('indexes', table),
        keyColumns: of('keyColumns', table),
        keyRules: of('keyRules', table),
        checks: of('checks', table),
        special: of('special', table)[0],
      };
      objects.push(tableFrom(rows, catalogue.defaults, server), ...triggersFrom(of('triggers', table), nameOf(table, server), server));
    } else if (type === 'SEQUENCE') {
      const [row] = of('sequences', table);
      if (row !== undefined) objects.push(sequenceFrom(row, field(table, 'comment'), server));
    }
  }
  objects.push(
    ...catalogue.views.map((row) => viewFrom(row, server)),
    ...routinesFrom(catalogue, server),
    ...catalogue.events.map((row) => eventFrom(row, server)),
  );
  return schemaOf(distinct(objects), scope);
}

/** What the settings by which the structure is read say of the connection's database goes before what it says itself. */
function usual({ engine, collations }: Catalogue['defaults'], { database, settings = {} }: Server): Catalogue['defaults'] {
  const { default_storage_engine: ownEngine = engine, collation_database: collation = collations.get(database) ?? '' } = settings;
  return { engine: ownEngine, collations: new Map([...collations, [database, collation]]) };
}

/** A package and an event may bear one name; none of them must push another out. */
function* distinct(objects: readonly SchemaObject[]): Generator<SchemaObject> {
  const seen = new Set<string>();
  for (const object of objects) {
    const taken = seen.has(keyOf(referenceTo(object)));
    const other =
      taken && object.kind === 'opaque' ? { ...object, name: { ...object.name, name: `${object.name.name} (${object.type})` } } : object;
    seen.add(keyOf(referenceTo(other)));
    yield other;
  }
}

type Groups = Readonly<
  Record<
    'columns' | 'indexes' | 'keyColumns' | 'keyRules' | 'checks' | 'triggers' | 'sequences' | 'special',
    ReadonlyMap<string, readonly ResultRow[]>
  >
>;

function grouped(catalogue: Catalogue): Groups {
  const by = (rows: readonly ResultRow[]): ReadonlyMap<string, readonly ResultRow[]> => {
    const groups = new Map<string, ResultRow[]>();
    for (const row of rows) {
      const key = keyOfRow(row);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [row]);
      else group.push(row);
    }
    return groups;
  };
  return {
    columns: by(catalogue.columns),
    indexes: by(catalogue.indexes),
    keyColumns: by(catalogue.keyColumns),
    keyRules: by(catalogue.keyRules),
    checks: by(catalogue.checks),
    triggers: by(catalogue.triggers),
    sequences: by(catalogue.sequences),
    special: by(catalogue.special),
  };
}

function keyOfRow(row: ResultRow): string {
  return `${field(row, 'db')}\0${field(row, 'name')}`;
}
