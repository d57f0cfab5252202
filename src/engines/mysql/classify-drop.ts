import type { Effect, Server, Traits } from '../../contracts/index.ts';
import { formatName, type Key, keyOf, type ObjectKind, type QualifiedName, tableKey } from '../../schema/index.ts';
import { has } from './flavours.ts';
import { indexKey, locks, loses, namedEffect, objectEffect, partKey, session, structure, tableEffect } from './traits.ts';
import type { Words } from './words.ts';

/** Standalone objects by the word that DROP and CREATE have for them. */
export const kinds: Readonly<Record<string, ObjectKind>> = {
  VIEW: 'view',
  SEQUENCE: 'sequence',
  PROCEDURE: 'routine',
  FUNCTION: 'routine',
  EVENT: 'opaque',
  PACKAGE: 'opaque',
};

/** DROP, behind the verb. */
export function classifyDrop(words: Words, server: Server): Traits {
  const temporary = words.accept('TEMPORARY');
  const kind = words.next().word;
  if (kind === 'PACKAGE') words.accept('BODY');
  const guarded = words.accept('IF', 'EXISTS');
  const afterCrash = guarded ? 'repeat' : 'probe';
  switch (kind) {
    case 'TABLE':
    case 'TABLES':
      return dropTables(namesOf(words), { temporary, guarded, server });
    case 'INDEX':
      return dropIndex(words, guarded);
    case 'DATABASE':
    case 'SCHEMA': {
      const { name } = words.next();
      return structure({
        risks: [loses('table', { schema: name, name: '*' })],
        effects: [{ sign: '-', text: `database ${name}` }],
        touches: [keyOf({ kind: 'namespace', name: { name } })],
        afterCrash,
      });
    }
    case 'TRIGGER': {
      const name = words.table();
      if (name === undefined) break;
      return structure({
        effects: [objectEffect('-', { kind: 'trigger', name }, 'trigger')],
        touches: [keyOf({ kind: 'trigger', name })],
        afterCrash,
      });
    }
    case 'USER':
    case 'ROLE':
    case 'SERVER':
      return structure({ lock: locks.none, afterCrash: guarded ? 'repeat' : 'ask' });
  }
  const objectKind = kinds[kind];
  if (objectKind === undefined) return structure({ afterCrash: 'ask' });
  return dropObjects(namesOf(words), objectKind, { word: kind.toLowerCase(), guarded });
}

function namesOf(words: Words): readonly QualifiedName[] {
  const names: QualifiedName[] = [];
  do {
    const name = words.table();
    if (name !== undefined) names.push(name);
  } while (words.accept(','));
  return names;
}

interface TableDrop {
  readonly temporary: boolean;
  readonly guarded: boolean;
  readonly server: Server;
}

function dropTables(names: readonly QualifiedName[], { temporary, guarded, server }: TableDrop): Traits {
  if (temporary) return session({ effects: names.map((name): Effect => ({ sign: '-', text: `temporary table ${formatName(name)}` })) });
  // A crash may leave the first of several gone and the others there, except where one statement is one step.
  const several = names.length > 1 && !has(server, 'atomicLists');
  return structure({
    risks: names.map((name) => loses('table', name)),
    effects: names.map((name) => tableEffect('-', name)),
    touches: names.map((name) => partKey(name, 'existence')),
    afterCrash: guarded ? 'repeat' : several ? 'ask' : 'probe',
  });
}

function dropIndex(words: Words, guarded: boolean): Traits {
  const { name } = words.next();
  words.accept('ON');
  const table = words.table();
  if (table === undefined) return structure({ afterCrash: 'ask' });
  // The primary key can be dropped by its name, which moves every row.
  const primary = name.toUpperCase() === 'PRIMARY';
  return structure({
    lock: primary ? locks.copy : locks.online,
    risks: primary ? [{ kind: 'rewrites', table }] : [],
    effects: [primary ? { sign: '-', text: `primary key of ${formatName(table)}` } : namedEffect('-', 'index', name)],
    touches: [indexKey(table, name)],
    afterCrash: guarded ? 'repeat' : 'probe',
  });
}

function dropObjects(
  names: readonly QualifiedName[],
  kind: ObjectKind,
  { word, guarded }: { readonly word: string; readonly guarded: boolean },
): Traits {
  return structure({
    effects: names.map((name) => objectEffect('-', { kind, name }, word)),
    touches: names.map((name): Key => keyOf({ kind, name })),
    afterCrash: guarded ? 'repeat' : names.length > 1 ? 'ask' : 'probe',
  });
}

/** RENAME TABLE, behind those words. A list that brings a name back shows nothing in the catalogue when two tables change places. */
export function classifyRenameTable(words: Words, server: Server): Traits {
  words.accept('IF', 'EXISTS');
  const pairs: { readonly from: QualifiedName; readonly to: QualifiedName }[] = [];
  do {
    const from = words.table();
    if (words.accept('WAIT')) words.next();
    else words.accept('NOWAIT');
    if (!words.accept('TO')) break;
    const to = words.table();
    if (from !== undefined && to !== undefined) pairs.push({ from, to });
  } while (words.accept(','));
  const sources = new Set(pairs.map(({ from }) => tableKey(from)));
  const swaps = pairs.some(({ to }) => sources.has(tableKey(to)));
  const several = pairs.length > 1 && !has(server, 'atomicRenames');
  return structure({
    lock: locks.exclusive,
    effects: pairs.map(({ from, to }): Effect => ({ sign: '~', text: `table ${formatName(from)} → ${formatName(to)}` })),
    touches: [...new Set(pairs.flatMap(({ from, to }) => [partKey(from, 'itself'), partKey(to, 'itself')]))],
    afterCrash: swaps || several || pairs.length === 0 ? 'ask' : 'probe',
  });
}
