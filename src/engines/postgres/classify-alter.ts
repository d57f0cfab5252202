import type { Server, Traits } from '../../contracts/index.ts';
import { formatName, type Key, keyOf, type QualifiedName } from '../../schema/index.ts';
import { outsideOnly, typeKeys, unseen } from './classify-drop.ts';
import { alterTable } from './classify-table.ts';
import { plain, type Reader } from './reader.ts';
import { effect, lock, type Mode, mayFail, type ObjectWord, objectPhrases, objectWord, structure, subject, unknown } from './traits.ts';

/** ALTER of anything. */
export function classifyAlter(r: Reader, server: Server): Traits {
  r.skip();
  if (r.take('SYSTEM')) return structure({ transactional: false, effects: [effect('~', 'settings of the server')], afterCrash: 'repeat' });
  if (r.take('DEFAULT', 'PRIVILEGES')) return structure({ effects: [effect('~', 'default rights')], afterCrash: 'repeat' });
  if (r.take('LARGE', 'OBJECT')) return structure({ afterCrash: 'repeat' });
  const phrase = r.takeOne(objectPhrases);
  if (phrase === undefined) return unknown();
  const word = objectWord(phrase);
  r.take('IF', 'EXISTS');
  switch (word.noun) {
    case 'table':
    case 'foreign table':
      return alterTable(r, server);
    case 'index':
      return alterIndex(r, server);
    case 'type':
      return alterType(r, server);
    case 'database':
      return alterDatabase(r);
    case 'subscription':
      // Most of its forms refuse a transaction, depending on options.
      return structure({ transactional: false, effects: [effect('~', 'subscription')], afterCrash: 'ask' });
    default:
      return alterOther(r, word, server);
  }
}

const locks: Readonly<Record<string, Mode>> = {
  view: 'ACCESS EXCLUSIVE',
  'materialized view': 'ACCESS EXCLUSIVE',
  sequence: 'SHARE ROW EXCLUSIVE',
  trigger: 'ACCESS EXCLUSIVE',
  policy: 'ACCESS EXCLUSIVE',
  rule: 'ACCESS EXCLUSIVE',
  statistics: 'SHARE UPDATE EXCLUSIVE',
  publication: 'SHARE UPDATE EXCLUSIVE',
};

function alterOther(r: Reader, word: ObjectWord, server: Server): Traits {
  const name = r.name();
  if (name === undefined) return structure({ effects: [effect('~', word.noun)], afterCrash: 'ask' });
  r.parentheses();
  const on = r.take('ON') ? r.name() : undefined;
  const before = subject(word, on === undefined ? { name } : { name, on }, server);
  const touches: Key[] = [...before.touches];
  let text = before.text;
  let mode = locks[word.noun] ?? 'none';
  while (!r.ended) {
    const to = movedTo(r, name);
    if (to === undefined) continue;
    const after = subject(word, on === undefined ? { name: to } : { name: to, on }, server);
    touches.push(...after.touches);
    text += ` → ${formatName(plain(to, server))}`;
    if (word.noun === 'sequence') mode = 'ACCESS EXCLUSIVE';
  }
  return structure({
    transactional: !outsideOnly.has(word.noun),
    lock: lock(mode),
    effects: [effect('~', text)],
    touches: [...new Set(touches)],
    afterCrash: unseen.has(word.noun) ? 'ask' : 'probe',
  });
}

/** Steps over one word, or over RENAME TO and SET SCHEMA, which give the object another name. */
function movedTo(r: Reader, name: QualifiedName): QualifiedName | undefined {
  if (r.take('RENAME', 'TO')) {
    const to = r.name();
    return to === undefined ? undefined : { ...name, name: to.name };
  }
  if (r.take('SET', 'SCHEMA')) {
    const to = r.name();
    return to === undefined ? undefined : { schema: to.name, name: name.name };
  }
  r.skip();
  return undefined;
}

function alterIndex(r: Reader, server: Server): Traits {
  const name = r.name();
  if (name === undefined) return unknown();
  const word = objectWord('INDEX');
  const before = subject(word, { name }, server);
  if (r.take('RENAME', 'TO')) {
    const to = r.name();
    const after = to === undefined ? before : subject(word, { name: { ...name, name: to.name } }, server);
    return structure({
      lock: lock('SHARE UPDATE EXCLUSIVE'),
      effects: [effect('~', `${before.text} → ${to?.name ?? ''}`)],
      touches: [...before.touches, ...after.touches],
    });
  }
  const light = r.is('SET', '(') || r.is('RESET') || r.is('ATTACH') || r.is('ALTER');
  return structure({
    lock: lock(light ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE'),
    effects: [effect('~', before.text)],
    touches: before.touches,
  });
}

/** A new enum value can be added in a transaction but not used there, so it is told apart as one that stands alone. */
function alterType(r: Reader, server: Server): Traits {
  const found = r.name();
  if (found === undefined) return unknown();
  const name = plain(found, server);
  const text = formatName(name);
  if (r.take('ADD', 'VALUE')) {
    const ifNotExists = r.take('IF', 'NOT', 'EXISTS');
    return structure({
      transactional: false,
      effects: [effect('+', `value ${r.peek().text} of enum type ${text}`)],
      touches: [keyOf({ kind: 'enum', name })],
      afterCrash: ifNotExists ? 'repeat' : 'probe',
    });
  }
  if (r.take('RENAME', 'VALUE')) {
    const [from, to] = [r.peek(0).text, r.peek(2).text];
    return structure({ effects: [effect('~', `value ${from} of enum type ${text} → ${to}`)], touches: [keyOf({ kind: 'enum', name })] });
  }
  const touches = [...typeKeys(found, server)];
  let effectText = `type ${text}`;
  const attributes = r.is('ADD', 'ATTRIBUTE') || r.is('DROP', 'ATTRIBUTE') || r.is('ALTER', 'ATTRIBUTE') || r.is('RENAME', 'ATTRIBUTE');
  while (!r.ended) {
    const to = movedTo(r, found);
    if (to === undefined) continue;
    touches.push(...typeKeys(to, server));
    effectText += ` → ${formatName(plain(to, server))}`;
  }
  return structure({
    lock: lock(attributes ? 'ACCESS EXCLUSIVE' : 'none'),
    risks: attributes ? [mayFail('tables that store values of the type stand in the way')] : [],
    effects: [effect('~', effectText)],
    touches,
  });
}

function alterDatabase(r: Reader): Traits {
  const name = r.name();
  const moves = r.is('SET', 'TABLESPACE');
  return structure({
    transactional: !moves,
    effects: [effect('~', `database ${name?.name ?? ''}`)],
    afterCrash: moves ? 'ask' : 'repeat',
  });
}
