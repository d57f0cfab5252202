import type { Risk, Server, Traits } from '../../contracts/index.ts';
import { formatName, type Key, keyOf, type QualifiedName, tableKey } from '../../schema/index.ts';
import { outsideOnly, unseen } from './classify-drop.ts';
import { plain, type Reader, readerOf, type Token } from './reader.ts';
import { effect, lock, type Mode, mayFail, type ObjectWord, objectPhrases, objectWord, structure, subject, unknown } from './traits.ts';

/** CREATE of anything. */
export function classifyCreate(r: Reader, server: Server): Traits {
  r.skip();
  const replace = r.take('OR', 'REPLACE');
  const temporary = skipModifiers(r);
  if (r.is('INDEX') || r.is('UNIQUE', 'INDEX')) return createIndex(r, server);
  const phrase = r.takeOne(objectPhrases);
  if (phrase === undefined) return unknown();
  const ifNotExists = r.take('IF', 'NOT', 'EXISTS');
  const create: Create = { word: objectWord(phrase), replace, ifNotExists, temporary, server };
  switch (create.word.noun) {
    case 'table':
    case 'foreign table':
      return createTable(r, create);
    case 'trigger':
    case 'policy':
    case 'rule':
      return createOnTable(r, create);
    case 'type':
      return createType(r, create);
    case 'schema':
      return createSchema(r, create);
    default:
      return createOther(r, create);
  }
}

interface Create {
  readonly word: ObjectWord;
  readonly replace: boolean;
  readonly ifNotExists: boolean;
  readonly temporary: boolean;
  readonly server: Server;
}

function skipModifiers(r: Reader): boolean {
  let temporary = false;
  for (;;) {
    const modifier = r.takeOne(['GLOBAL', 'LOCAL', 'TEMPORARY', 'TEMP', 'UNLOGGED', 'TRUSTED', 'DEFAULT']);
    if (modifier === undefined) return temporary;
    temporary ||= modifier.startsWith('TEMP');
  }
}

function afterCrash({ word, replace, ifNotExists }: Create): Traits['afterCrash'] {
  if (replace || ifNotExists) return 'repeat';
  return unseen.has(word.noun) ? 'ask' : 'probe';
}

/** An object that need not be new is named without a key: dropping it later in the same run may still lose something. */
function creation(create: Create, name: QualifiedName, on?: QualifiedName): Pick<Traits, 'effects' | 'touches' | 'afterCrash'> {
  const { key, text, touches } = subject(create.word, on === undefined ? { name } : { name, on }, create.server);
  const known = !(create.replace || create.ifNotExists);
  const prefix = create.temporary ? 'temporary ' : '';
  return { effects: [effect('+', prefix + text, known ? key : undefined)], touches, afterCrash: afterCrash(create) };
}

function createIndex(r: Reader, server: Server): Traits {
  const unique = r.take('UNIQUE');
  r.skip();
  const concurrently = r.take('CONCURRENTLY');
  const ifNotExists = r.take('IF', 'NOT', 'EXISTS');
  const name = r.is('ON') ? undefined : r.name();
  r.take('ON');
  r.take('ONLY');
  const on = r.name();
  if (on === undefined) return unknown();
  const table = plain(on, server);
  const risks: Risk[] = [{ kind: 'scans', table }];
  if (unique) risks.push(mayFail(`rows of "${formatName(table)}" may hold equal values`));
  const text = name === undefined ? `index of ${formatName(table)}` : `index ${formatName(name)}`;
  return structure({
    transactional: !concurrently,
    lock: lock(concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE'),
    risks,
    effects: [effect('+', text)],
    touches: [tableKey(table)],
    // A build that broke leaves an invalid index, over which IF NOT EXISTS would step: looking is better than repeating.
    afterCrash: ifNotExists && !concurrently ? 'repeat' : 'probe',
  });
}

function createTable(r: Reader, create: Create): Traits {
  const { server } = create;
  const found = r.name();
  if (found === undefined) return unknown();
  const made = creation(create, found);
  const name = plain(found, server);
  const modes: Mode[] = ['none'];
  const touches: Key[] = [...made.touches];
  const parents = (names: readonly QualifiedName[], mode: Mode): void => {
    for (const parent of names) {
      const key = tableKey(plain(parent, server));
      if (key === tableKey(name)) continue;
      touches.push(key);
      modes.push(mode);
    }
  };
  // PARTITION OF waits for all who use the parent.
  if (r.take('PARTITION', 'OF')) parents(r.names(), 'ACCESS EXCLUSIVE');
  parents(referenced(r.parentheses() ?? []), 'SHARE ROW EXCLUSIVE');
  while (!r.ended) {
    if (r.take('INHERITS')) parents(namesIn(r.parentheses() ?? []), 'SHARE UPDATE EXCLUSIVE');
    else r.skip();
  }
  return structure({ ...made, touches: [...new Set(touches)], lock: lock(...modes) });
}

/** The tables behind REFERENCES. */
export function referenced(tokens: readonly Token[]): readonly QualifiedName[] {
  return tokens.flatMap(({ word }, index) => {
    const name = word === 'REFERENCES' ? readerOf(tokens.slice(index + 1, index + 4)).name() : undefined;
    return name === undefined ? [] : [name];
  });
}

function namesIn(tokens: readonly Token[]): readonly QualifiedName[] {
  return readerOf(tokens).names();
}

function createOnTable(r: Reader, create: Create): Traits {
  const name = r.name();
  while (!r.ended && !r.is('ON') && !r.is('TO')) r.skip();
  // CREATE RULE r AS ON event TO table; triggers and policies say ON table.
  while (create.word.noun === 'rule' && !r.ended && !r.is('TO')) r.skip();
  r.skip();
  const on = r.name();
  if (name === undefined || on === undefined) return unknown();
  const mode = create.word.noun === 'trigger' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE';
  return structure({ ...creation(create, name, on), lock: lock(mode) });
}

function createType(r: Reader, create: Create): Traits {
  const name = r.name();
  if (name === undefined) return unknown();
  const kind = r.is('AS', 'ENUM') ? 'enum' : r.is('AS', '(') ? 'composite' : undefined;
  if (kind === undefined) return structure(creation(create, name));
  const own = plain(name, create.server);
  const key = keyOf({ kind, name: own });
  return structure({ effects: [effect('+', `${kind} type ${formatName(own)}`, key)], touches: [key] });
}

/** CREATE SCHEMA may name only a role, and may hold statements of its own. */
function createSchema(r: Reader, create: Create): Traits {
  const name = r.take('AUTHORIZATION') ? r.name() : r.name();
  if (name === undefined) return unknown();
  return structure(creation(create, name));
}

function createOther(r: Reader, create: Create): Traits {
  const { noun } = create.word;
  const name = r.name();
  if (name === undefined) return structure({ effects: [effect('+', noun)], afterCrash: 'ask' });
  const replacesView = create.replace && noun === 'view';
  return structure({
    ...creation(create, name),
    transactional: !outsideOnly.has(noun),
    lock: lock(replacesView ? 'ACCESS EXCLUSIVE' : noun === 'statistics' ? 'SHARE UPDATE EXCLUSIVE' : 'none'),
  });
}
