import type { Risk, Server, Traits } from '../../contracts/index.ts';
import { formatName, type Key, keyOf, type QualifiedName } from '../../schema/index.ts';
import { plain, type Reader } from './reader.ts';
import {
  anyTable,
  effect,
  lock,
  loses,
  type Mode,
  type ObjectWord,
  objectPhrases,
  objectWord,
  rows,
  structure,
  subject,
  unknown,
} from './traits.ts';

/** DROP of anything, one or several. */
export function classifyDrop(r: Reader, server: Server): Traits {
  r.skip();
  if (r.take('OWNED')) return dropOwned();
  const phrase = r.takeOne(objectPhrases);
  if (phrase === undefined) return unknown();
  const word = objectWord(phrase);
  const concurrently = r.take('CONCURRENTLY');
  const ifExists = r.take('IF', 'EXISTS');
  const dropped = named(r);
  const cascade = endsInCascade(r);
  const subjects = dropped.map((item) => subject(word, item, server));
  return structure({
    transactional: !(concurrently || outsideOnly.has(word.noun)),
    lock: lock(concurrently ? 'SHARE UPDATE EXCLUSIVE' : (locks[word.noun] ?? 'none')),
    risks: dropped.flatMap((item) => losses(word, item.name, { cascade, server })),
    effects: subjects.map(({ text, key }) => effect('-', text, word.noun === 'type' ? undefined : key)),
    touches: subjects.flatMap(({ touches }, index) => (word.noun === 'type' ? typeKeys(dropped[index]?.name, server) : touches)),
    afterCrash: ifExists ? 'repeat' : unseen.has(word.noun) ? 'ask' : 'probe',
  });
}

/** What `DROP TYPE` and `ALTER TYPE` may mean; the statement does not tell which kind of type it is. */
export function typeKeys(name: QualifiedName | undefined, server: Server): readonly Key[] {
  if (name === undefined) return [];
  const own = plain(name, server);
  return [keyOf({ kind: 'enum', name: own }), keyOf({ kind: 'composite', name: own })];
}

/** Kinds that are dropped, or created, outside transactions only. */
export const outsideOnly: ReadonlySet<string> = new Set(['database', 'tablespace', 'subscription']);

/** Kinds about which the catalogue is not asked after a crash. */
export const unseen: ReadonlySet<string> = new Set([
  'subscription',
  'user mapping',
  'conversion',
  'foreign data wrapper',
  'server',
  'operator',
  'operator class',
  'operator family',
  'cast',
  'transform',
  'access method',
  'text search configuration',
  'text search dictionary',
  'text search parser',
  'text search template',
  'language',
]);

const locks: Readonly<Record<string, Mode>> = {
  table: 'ACCESS EXCLUSIVE',
  'foreign table': 'ACCESS EXCLUSIVE',
  view: 'ACCESS EXCLUSIVE',
  'materialized view': 'ACCESS EXCLUSIVE',
  index: 'ACCESS EXCLUSIVE',
  sequence: 'ACCESS EXCLUSIVE',
  trigger: 'ACCESS EXCLUSIVE',
  policy: 'ACCESS EXCLUSIVE',
  rule: 'ACCESS EXCLUSIVE',
  schema: 'ACCESS EXCLUSIVE',
  extension: 'ACCESS EXCLUSIVE',
  statistics: 'SHARE UPDATE EXCLUSIVE',
  publication: 'none',
};

function losses(word: ObjectWord, given: QualifiedName, context: { readonly cascade: boolean; readonly server: Server }): readonly Risk[] {
  const name = plain(given, context.server);
  switch (word.noun) {
    case 'table':
      return [loses('table', name)];
    case 'database':
      return [loses('table', { name: anyTable })];
    case 'schema':
      return context.cascade ? [loses('table', { schema: given.name, name: anyTable })] : [];
    case 'type':
    case 'domain':
    case 'extension':
      // The columns of such a type go with it.
      return context.cascade ? [loses('column', { name: anyTable }, { column: `${word.noun} ${formatName(name)}` })] : [];
    default:
      return [];
  }
}

interface Named {
  readonly name: QualifiedName;
  readonly on?: QualifiedName;
}

/** `a, b`, `a(int), b(text)`, or `a ON t`. */
function named(r: Reader): readonly Named[] {
  const names = r.names();
  if (names.length !== 1 || !r.take('ON')) return names.map((name) => ({ name }));
  const on = r.name();
  return names.map((name) => (on === undefined ? { name } : { name, on }));
}

function endsInCascade(r: Reader): boolean {
  while (!r.ended) if (r.skip().word === 'CASCADE') return true;
  return false;
}

function dropOwned(): Traits {
  return structure({
    lock: lock('ACCESS EXCLUSIVE'),
    risks: [loses('table', { name: anyTable })],
    effects: [effect('-', 'everything that the roles own')],
    afterCrash: 'repeat',
  });
}

export function classifyTruncate(r: Reader, server: Server): Traits {
  r.skip();
  r.take('TABLE');
  const tables = r.names().map((name) => plain(name, server));
  const cascade = endsInCascade(r);
  return rows({
    lock: lock('ACCESS EXCLUSIVE'),
    risks: tables.map((table) => loses('rows', table, cascade ? { cascade: true } : {})),
    effects: tables.map((table) => effect('-', `all rows of ${formatName(table)}`)),
  });
}
