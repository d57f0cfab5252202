import type { Effect, Lock, Loss, Risk, Traits } from '../../contracts/index.ts';
import { formatName, type Key, keyOf, type Name, type ObjectKind, type QualifiedName, tableKey } from '../../schema/index.ts';

/**
 * How much of a table others can use while a structural statement is at work on it, the least first. Every one of them waits for all
 * open transactions that have used the table, and whoever comes later waits behind it.
 * https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html and https://mariadb.com/kb/en/innodb-online-ddl-overview/
 */
export const locks = {
  none: { blocks: 'nothing', name: 'none' },
  read: { blocks: 'structure', name: 'shared metadata lock' },
  rows: { blocks: 'structure', name: 'shared metadata lock, row locks' },
  online: { blocks: 'structure', name: 'metadata lock, exclusive at the beginning and the end (INPLACE, LOCK=NONE)' },
  instant: { blocks: 'everything', name: 'metadata lock, exclusive for a moment (INSTANT)' },
  shared: { blocks: 'writes', name: 'metadata lock, shared during the work, then exclusive (INPLACE, LOCK=SHARED)' },
  copy: { blocks: 'writes', name: 'metadata lock, shared during the copy, then exclusive (COPY)' },
  exclusive: { blocks: 'everything', name: 'metadata lock, exclusive' },
  lockTables: { blocks: 'everything', name: 'LOCK TABLES' },
} as const satisfies Record<string, Lock>;

export type LockName = keyof typeof locks;

const strength: readonly LockName[] = ['none', 'read', 'rows', 'instant', 'online', 'shared', 'copy', 'exclusive', 'lockTables'];

/** The one of the locks that lasts longest and shuts out most. */
export function strongest(names: readonly LockName[]): LockName {
  return strength[Math.max(0, ...names.map((name) => strength.indexOf(name)))] ?? 'exclusive';
}

const orderOfCare = ['repeat', 'probe', 'ask'] as const;

/** What to do after a crash with a statement of several parts: the most careful of what each asks for. */
export function mostCareful(parts: readonly Traits['afterCrash'][]): Traits['afterCrash'] {
  return orderOfCare[Math.max(0, ...parts.map((part) => orderOfCare.indexOf(part)))] ?? 'ask';
}

/** Traits of a structural statement: it commits by itself, and takes an exclusive lock unless something else is said. */
export function structure(traits: Partial<Traits>): Traits {
  return {
    family: 'structure',
    transactional: false,
    lock: locks.exclusive,
    risks: [],
    effects: [],
    touches: [],
    afterCrash: 'probe',
    ...traits,
  };
}

/** Traits of a statement that concerns the connection alone. */
export function session(traits: Partial<Traits> = {}): Traits {
  return { family: 'session', transactional: true, lock: locks.none, risks: [], effects: [], touches: [], afterCrash: 'repeat', ...traits };
}

/** Traits of a statement that reads. */
export function query(traits: Partial<Traits> = {}): Traits {
  return { family: 'query', transactional: true, lock: locks.read, risks: [], effects: [], touches: [], afterCrash: 'repeat', ...traits };
}

/** Traits of a statement that changes rows. Rows of tables without transactions cannot be taken back, so afterwards a person decides. */
export function rows(safe: boolean, traits: Partial<Traits> = {}): Traits {
  return {
    family: 'rows',
    transactional: safe,
    lock: locks.rows,
    risks: [],
    effects: [],
    touches: [],
    afterCrash: 'ask',
    ...traits,
  };
}

export function loses(what: Loss['what'], table: QualifiedName, column?: Name): Risk {
  return { kind: 'loses', loss: { what, table, ...(column === undefined ? {} : { column }) } };
}

/** `+ table coupons`, with the key that tells later statements that it is new. */
export function tableEffect(sign: Effect['sign'], name: QualifiedName): Effect {
  return { sign, text: `table ${formatName(name)}`, key: tableKey(name) };
}

export function columnEffect(sign: Effect['sign'], table: QualifiedName, column: Name, to?: Name): Effect {
  const text = `column ${formatName(table)}.${column}`;
  return { sign, text: to === undefined ? text : `${text} → ${to}`, key: text };
}

/** A view, routine, trigger or any other object that stands for itself. `word` is what people call it. */
export function objectEffect(
  sign: Effect['sign'],
  reference: { readonly kind: ObjectKind; readonly name: QualifiedName; readonly on?: QualifiedName },
  word: string,
): Effect {
  return { sign, text: `${word} ${formatName(reference.name)}`, key: keyOf(reference) };
}

export function namedEffect(sign: Effect['sign'], word: string, name: Name, to?: Name): Effect {
  return { sign, text: to === undefined ? `${word} ${name}` : `${word} ${name} → ${to}` };
}

/**
 * What of a table a statement can change; each is looked at by itself, because looking at all costs five times as much. That it exists can
 * be known without opening it.
 */
export type TablePart = 'existence' | 'itself' | 'columns' | 'indexes' | 'constraints' | 'partitions';

/** The key of a part of a table: `table users (columns)`. A name with a parenthesis in it would stand in quotes. */
export function partKey(table: QualifiedName, part: TablePart): Key {
  return `${tableKey(table)} (${part})`;
}

/** The key of an index: `index users/users_email`. */
export function indexKey(table: QualifiedName, name: Name): Key {
  return `index ${formatName(table)}/${formatName({ name })}`;
}
