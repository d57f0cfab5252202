import type { Effect, Lock, Loss, Risk, Server, Traits } from '../../contracts/index.ts';
import { formatName, type Key, keyOf, type ObjectKind, type QualifiedName, tableKey } from '../../schema/index.ts';
import { plain } from './reader.ts';

/** The lock modes of tables, weakest first: https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES */
const modes = [
  ['none', 'nothing'],
  ['ACCESS SHARE', 'nothing'],
  ['ROW SHARE', 'nothing'],
  ['ROW EXCLUSIVE', 'nothing'],
  ['SHARE UPDATE EXCLUSIVE', 'structure'],
  ['SHARE', 'writes'],
  ['SHARE ROW EXCLUSIVE', 'writes'],
  ['EXCLUSIVE', 'writes'],
  ['ACCESS EXCLUSIVE', 'everything'],
  ['unknown', 'everything'],
] as const satisfies readonly (readonly [string, Lock['blocks']])[];

/** A mode by PostgreSQL's own name; `none` for what nobody else can wait for, `unknown` where the text does not tell. */
export type Mode = (typeof modes)[number][0];

/** The strongest of some modes, with what others cannot do meanwhile. */
export function lock(...names: readonly Mode[]): Lock {
  const rank = Math.max(0, ...names.map((name) => modes.findIndex(([mode]) => mode === name)));
  const [name, blocks] = modes[rank] ?? modes[0];
  return { blocks, name };
}

/** Whether a text names a lock mode, as in LOCK TABLE … IN … MODE. */
export function isMode(name: string): name is Mode {
  return modes.some(([mode]) => mode === name);
}

/** Traits of a statement that changes the catalogue; what is not given is harmless. */
export function structure(given: Partial<Traits> = {}): Traits {
  return {
    family: 'structure',
    transactional: true,
    lock: lock('none'),
    risks: [],
    effects: [],
    touches: [],
    afterCrash: 'probe',
    ...given,
  };
}

/** Traits of a statement that changes rows. */
export function rows(given: Partial<Traits> = {}): Traits {
  return { ...structure({ lock: lock('ROW EXCLUSIVE') }), family: 'rows', afterCrash: 'ask', ...given };
}

/** Traits of a statement that only concerns the connection. */
export function session(given: Partial<Traits> = {}): Traits {
  return { ...structure(), family: 'session', afterCrash: 'repeat', ...given };
}

/** Traits of what nobody can judge by its first words: it may do anything. */
export function unknown(given: Partial<Traits> = {}): Traits {
  return structure({ lock: lock('unknown'), afterCrash: 'ask', ...given });
}

/** Stands for tables that the text of a statement does not name: all of a namespace, or any where there is none. */
export const anyTable = '*';

export function loses(what: Loss['what'], table: QualifiedName, more: Partial<Loss> = {}): Risk {
  return { kind: 'loses', loss: { what, table, ...more } };
}

export function mayFail(why: string): Risk {
  return { kind: 'mayFail', why };
}

/** A kind of object as statements call it, and as the model does. */
export interface ObjectWord {
  /** In a reader's words, for effects. */
  readonly noun: string;
  readonly kind: ObjectKind;
}

const words: Readonly<Record<string, ObjectWord>> = {
  'MATERIALIZED VIEW': { noun: 'materialized view', kind: 'view' },
  'RECURSIVE VIEW': { noun: 'view', kind: 'view' },
  VIEW: { noun: 'view', kind: 'view' },
  'FOREIGN TABLE': { noun: 'foreign table', kind: 'opaque' },
  TABLE: { noun: 'table', kind: 'table' },
  INDEX: { noun: 'index', kind: 'opaque' },
  SEQUENCE: { noun: 'sequence', kind: 'sequence' },
  TYPE: { noun: 'type', kind: 'opaque' },
  DOMAIN: { noun: 'domain', kind: 'domain' },
  FUNCTION: { noun: 'function', kind: 'routine' },
  PROCEDURE: { noun: 'procedure', kind: 'routine' },
  ROUTINE: { noun: 'routine', kind: 'routine' },
  AGGREGATE: { noun: 'aggregate', kind: 'opaque' },
  'CONSTRAINT TRIGGER': { noun: 'trigger', kind: 'trigger' },
  'EVENT TRIGGER': { noun: 'event trigger', kind: 'opaque' },
  TRIGGER: { noun: 'trigger', kind: 'trigger' },
  POLICY: { noun: 'policy', kind: 'policy' },
  RULE: { noun: 'rule', kind: 'opaque' },
  EXTENSION: { noun: 'extension', kind: 'extension' },
  SCHEMA: { noun: 'schema', kind: 'namespace' },
  COLLATION: { noun: 'collation', kind: 'opaque' },
  STATISTICS: { noun: 'statistics', kind: 'opaque' },
  PUBLICATION: { noun: 'publication', kind: 'opaque' },
  SUBSCRIPTION: { noun: 'subscription', kind: 'opaque' },
  DATABASE: { noun: 'database', kind: 'opaque' },
  TABLESPACE: { noun: 'tablespace', kind: 'opaque' },
  'USER MAPPING': { noun: 'user mapping', kind: 'opaque' },
  ROLE: { noun: 'role', kind: 'opaque' },
  USER: { noun: 'role', kind: 'opaque' },
  GROUP: { noun: 'role', kind: 'opaque' },
  CONVERSION: { noun: 'conversion', kind: 'opaque' },
  'FOREIGN DATA WRAPPER': { noun: 'foreign data wrapper', kind: 'opaque' },
  SERVER: { noun: 'server', kind: 'opaque' },
  'OPERATOR CLASS': { noun: 'operator class', kind: 'opaque' },
  'OPERATOR FAMILY': { noun: 'operator family', kind: 'opaque' },
  OPERATOR: { noun: 'operator', kind: 'opaque' },
  CAST: { noun: 'cast', kind: 'opaque' },
  TRANSFORM: { noun: 'transform', kind: 'opaque' },
  'ACCESS METHOD': { noun: 'access method', kind: 'opaque' },
  'TEXT SEARCH CONFIGURATION': { noun: 'text search configuration', kind: 'opaque' },
  'TEXT SEARCH DICTIONARY': { noun: 'text search dictionary', kind: 'opaque' },
  'TEXT SEARCH PARSER': { noun: 'text search parser', kind: 'opaque' },
  'TEXT SEARCH TEMPLATE': { noun: 'text search template', kind: 'opaque' },
  LANGUAGE: { noun: 'language', kind: 'opaque' },
  'PROCEDURAL LANGUAGE': { noun: 'language', kind: 'opaque' },
};

/** The words that name kinds of objects after CREATE, ALTER, DROP and COMMENT ON. */
export const objectPhrases: readonly string[] = Object.keys(words);

export function objectWord(phrase: string): ObjectWord {
  return words[phrase] ?? { noun: phrase.toLowerCase(), kind: 'opaque' };
}

/** Kinds without a place of their own in the model are opaque objects whose names begin with the kind. */
export function opaqueName(noun: string, name: QualifiedName, on?: QualifiedName): QualifiedName {
  return { ...name, name: on === undefined ? `${noun} ${name.name}` : `${noun} ${name.name} on ${formatName(on)}` };
}

/** What a statement says of one object: its key, the text of an effect, and the keys whose catalogue entries it changes. */
export interface Subject {
  readonly key: Key;
  readonly text: string;
  readonly touches: readonly Key[];
}

export function subject(word: ObjectWord, given: { readonly name: QualifiedName; readonly on?: QualifiedName }, server: Server): Subject {
  const name = plain(given.name, server);
  const on = given.on === undefined ? undefined : plain(given.on, server);
  const owner = on === undefined ? '' : ` of ${formatName(on)}`;
  const text = `${word.noun} ${formatName(name)}${owner}`;
  if (word.kind === 'opaque') {
    const key = keyOf({ kind: 'opaque', name: opaqueName(word.noun, name, on) });
    return { key, text, touches: on === undefined ? [key] : [key, tableKey(on)] };
  }
  const key = keyOf(on === undefined ? { kind: word.kind, name } : { kind: word.kind, name, on });
  return { key, text, touches: on === undefined ? [key] : [key, tableKey(on)] };
}

/** An effect on the object itself; its key is left out where it is not certain that the object is new or gone afterwards. */
export function effect(sign: Effect['sign'], text: string, key?: Key): Effect {
  return key === undefined ? { sign, text } : { sign, text, key };
}
