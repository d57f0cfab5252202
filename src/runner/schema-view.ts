import type { Change, Key, QualifiedName, Schema } from '../schema/index.ts';
import { emptySchema, tableKey, tablesNamedBy, unknownSchema } from '../schema/index.ts';
import { ask, type Session } from './session.ts';

/**
 * The structure that migrations meet one after another. What is needed is read from the database once; changes move it on without a
 * database; behind SQL or code it is unknown until those have run.
 */
export interface SchemaView {
  current(): Schema;
  /** Reads what these changes name and is not known yet, as long as the database is still what the view describes. */
  ensure(changes: readonly Change[]): Promise<void>;
  advance(schema: Schema): void;
  /** Something ran, or will run, that only the engine understands. */
  lose(): void;
}

export function schemaView(session: Session): SchemaView {
  let schema: Schema = { ...emptySchema, scope: new Set() };
  let lost = false;
  return {
    current: () => (lost ? unknownSchema : schema),
    ensure: async (changes) => {
      if (lost || schema.scope === 'all') return;
      const { connection, engine, server } = session;
      if (changes.some(needsEverything)) {
        schema = merged(await ask(connection, engine.inspect(server)), schema);
        return;
      }
      const { scope } = schema;
      const missing = unique(changes.flatMap(tablesNamedBy)).filter((name) => !scope.has(tableKey(name)));
      if (missing.length === 0) return;
      const read = await ask(connection, engine.inspect(server, missing));
      schema = merged(read, schema);
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
