import type { Effect, Risk, Server, Traits } from '../../contracts/index.ts';
import { formatName, keyOf, type QualifiedName } from '../../schema/index.ts';
import { kinds } from './classify-drop.ts';
import { has } from './flavours.ts';
import { indexKey, locks, loses, namedEffect, objectEffect, partKey, session, structure, tableEffect } from './traits.ts';
import { skipModifiers, type Words } from './words.ts';

interface Manner {
  /** OR REPLACE: what was there goes. */
  readonly replaces: boolean;
  readonly server: Server;
}

/** CREATE, behind the verb. */
export function classifyCreate(words: Words, server: Server): Traits {
  const manner: Manner = { replaces: words.accept('OR', 'REPLACE'), server };
  skipModifiers(words);
  if (words.accept('TEMPORARY')) return createTemporary(words);
  const unique = words.accept('UNIQUE');
  const special = words.accept('FULLTEXT') || words.accept('SPATIAL') || words.accept('VECTOR');
  const kind = words.next().word;
  switch (kind) {
    case 'TABLE':
      return createTable(words, manner);
    case 'INDEX':
      return createIndex(words, manner, { unique, special });
    case 'TRIGGER':
      return createTrigger(words, manner);
    case 'DATABASE':
    case 'SCHEMA': {
      const guarded = words.accept('IF', 'NOT', 'EXISTS');
      const { name } = words.next();
      return structure({
        lock: locks.none,
        risks: manner.replaces ? [loses('table', { schema: name, name: '*' })] : [],
        effects: [{ sign: '+', text: `database ${name}` }],
        touches: [keyOf({ kind: 'namespace', name: { name } })],
        afterCrash: guarded || manner.replaces ? 'repeat' : 'probe',
      });
    }
    case 'USER':
    case 'ROLE':
    case 'SERVER':
      return structure({ lock: locks.none, afterCrash: words.accept('IF', 'NOT', 'EXISTS') || manner.replaces ? 'repeat' : 'ask' });
    default:
      return createObject(words, kind, manner);
  }
}

function createTemporary(words: Words): Traits {
  const kind = words.next().word;
  words.accept('IF', 'NOT', 'EXISTS');
  const name = words.table();
  if ((kind !== 'TABLE' && kind !== 'SEQUENCE') || name === undefined) return structure({ afterCrash: 'ask' });
  // Temporary tables commit nothing and go with the session: https://mariadb.com/kb/en/create-table/#create-temporary-table
  return session({ effects: [{ sign: '+', text: `temporary table ${formatName(name)}` }] });
}

function createTable(words: Words, { replaces, server }: Manner): Traits {
  const guarded = words.accept('IF', 'NOT', 'EXISTS');
  const name = words.table();
  if (name === undefined) return structure({ afterCrash: 'ask' });
  let filled = false;
  let refers = false;
  while (!words.atEnd) {
    const { word } = words.next();
    if (word === 'SELECT') filled = true;
    else if (word === 'REFERENCES') refers = true;
  }
  return structure({
    // A new table stands in nobody's way; MySQL also locks the tables that its keys point to, for a moment.
    lock: refers && has(server, 'locksParents') ? locks.instant : replaces ? locks.exclusive : locks.none,
    risks: replaces ? [loses('table', name)] : [],
    effects: [tableEffect('+', name)],
    touches: [partKey(name, 'existence')],
    // A table that was being filled may stand there empty or with half of its rows.
    afterCrash: replaces ? 'repeat' : filled ? 'ask' : guarded ? 'repeat' : 'probe',
  });
}

function createIndex(
  words: Words,
  { replaces }: Manner,
  { unique, special }: { readonly unique: boolean; readonly special: boolean },
): Traits {
  const guarded = words.accept('IF', 'NOT', 'EXISTS');
  const { name } = words.next();
  while (!words.atEnd && !words.accept('ON')) words.next();
  const table = words.table();
  if (table === undefined) return structure({ afterCrash: 'ask' });
  const risks: Risk[] = [{ kind: 'scans', table }];
  if (unique) risks.push({ kind: 'mayFail', why: `two rows of ${formatName(table)} may have the same values` });
  return structure({
    lock: special ? locks.shared : locks.online,
    risks,
    effects: [namedEffect('+', 'index', name)],
    touches: [indexKey(table, name)],
    afterCrash: guarded || replaces ? 'repeat' : 'probe',
  });
}

function createTrigger(words: Words, { replaces }: Manner): Traits {
  const guarded = words.accept('IF', 'NOT', 'EXISTS');
  const name = words.table();
  while (!words.atEnd && !words.accept('ON')) words.next();
  const on = words.table();
  if (name === undefined || on === undefined) return structure({ afterCrash: 'ask' });
  const reference = { kind: 'trigger', name: own(name, on), on } as const;
  return structure({
    effects: [objectEffect(replaces ? '~' : '+', reference, 'trigger')],
    touches: [keyOf(reference)],
    afterCrash: guarded || replaces ? 'repeat' : 'probe',
  });
}

/** A trigger lies in the database of its table. */
function own(name: QualifiedName, on: QualifiedName): QualifiedName {
  return on.schema === undefined ? { name: name.name } : { schema: on.schema, name: name.name };
}

function createObject(words: Words, kind: string, { replaces }: Manner): Traits {
  const body = kind === 'PACKAGE' && words.accept('BODY');
  const guarded = words.accept('IF', 'NOT', 'EXISTS');
  const objectKind = kinds[kind];
  const name = words.table();
  if (objectKind === undefined || name === undefined) return structure({ afterCrash: 'ask' });
  const effect: Effect = objectEffect(replaces ? '~' : '+', { kind: objectKind, name }, body ? 'package body' : kind.toLowerCase());
  return structure({
    lock: replaces ? locks.instant : locks.none,
    effects: [effect],
    touches: [keyOf({ kind: objectKind, name })],
    afterCrash: guarded || replaces ? 'repeat' : 'probe',
  });
}
