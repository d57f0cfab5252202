import type { Change, Key, QualifiedName, Schema } from '../schema/index.ts';
import { apply, emptySchema, tableKey, tablesNamedBy, unknownSchema } from '../schema/index.ts';
import { isInvalid } from './concurrent-index.ts';
import { ask, type Session } from './session.ts';

/**
 * The structure that migrations meet one after another. What is needed is read from the database once; changes move it on without a
 * database; behind SQL or code it is unknown until those have run.
 */
export interface SchemaView {
  current(): Schema;
  /** Whether something ran, or will run, that only the engine understands. */
  isLost(): boolean;
  /** Reads what these changes name and is not known yet, as long as the database is still what the view describes. */
  ensure(changes: readonly Change[]): Promise<void>;
  /** The same for tables by their names, or for everything. */
  know(tables: readonly QualifiedName[] | 'all'): Promise<void>;
  advance(schema: Schema): void;
  /** Something ran, or will run, that only the engine understands. */
  lose(): void;
}

export function schemaView(session: Session): SchemaView {
  let schema: Schema = { ...emptySchema, scope: new Set() };
  let lost = false;
  return {
    current: () => (lost ? unknownSchema : schema),
    isLost: () => lost,
    ensure: async (changes) => {
      if (lost) return;
      schema = await withoutLeftovers(session, await readFor(session, schema, changes), changes);
    },
    know: async (tables) => {
      if (!lost) schema = await readTables(session, schema, tables);
    },
    advance: (next) => {
      if (next.scope !== 'all' && next.scope.size === 0) lost = true;
      else schema = next;
    },
    lose: () => {
      lost = true;
    },
  };
}

function readFor(session: Session, schema: Schema, changes: readonly Change[]): Promise<Schema> {
  return readTables(session, schema, changes.some(needsEverything) ? 'all' : changes.flatMap(tablesNamedBy));
}

async function readTables(
  { connection, engine, server }: Session,
  schema: Schema,
  tables: readonly QualifiedName[] | 'all',
): Promise<Schema> {
  const { scope } = schema;
  if (scope === 'all') return schema;
  if (tables === 'all') return merged(await ask(connection, engine.inspect(server)), schema);
  const missing = unique(tables).filter((name) => !scope.has(tableKey(name)));
  return missing.length === 0 ? schema : merged(await ask(connection, engine.inspect(server, missing)), schema);
}

/** An index that a failed build left behind does not stand in the way of the same build: the run drops it first. */
async function withoutLeftovers(session: Session, schema: Schema, changes: readonly Change[]): Promise<Schema> {
  let current = schema;
  for (const change of changes) {
    if (change.kind !== 'createIndex' || change.concurrently !== true) continue;
    const { table, index } = change;
    const without = apply(current, { kind: 'dropIndex', table, name: index.name });
    if (!('refused' in without) && (await isInvalid(session, { index: { name: index.name }, table, drop: '' }))) current = without;
  }
  return current;
}

/** Views, types and routines are read with everything else: they are few, and who depends on them is found only together. */
function needsEverything(change: Change): boolean {
  switch (change.kind) {
    case 'replaceObject':
    case 'dropObject':
    case 'renameObject':
      return true;
    case 'setComment':
      return !('table' in change.on) && change.on.kind !== 'table';
    default:
      return false;
  }
}

/** What was read, with what is known already left as it is. */
function merged(read: Schema, known: Schema): Schema {
  const objects = new Map(read.objects);
  const knownScope: ReadonlySet<Key> = known.scope === 'all' ? new Set() : known.scope;
  for (const key of knownScope) objects.delete(key);
  for (const [key, object] of known.objects) objects.set(key, object);
  return { objects, scope: read.scope === 'all' ? 'all' : new Set([...knownScope, ...read.scope]) };
}

function unique(names: readonly QualifiedName[]): readonly QualifiedName[] {
  return [...new Map(names.map((name) => [tableKey(name), name])).values()];
}
