import type { Effect, Lock, Risk, Server, Traits } from '../../contracts/index.ts';
import { formatName, type Key, type Name, type QualifiedName, tableKey } from '../../schema/index.ts';
import { addColumnLock, columnDefinition } from './classify-column.ts';
import { has } from './flavours.ts';
import {
  columnEffect,
  type LockName,
  locks,
  loses,
  mostCareful,
  namedEffect,
  partKey,
  strongest,
  structure,
  type TablePart,
} from './traits.ts';
import type { Words } from './words.ts';

/** One action of an ALTER TABLE. */
interface Action {
  readonly lock: LockName;
  readonly risks?: readonly Risk[];
  readonly effects?: readonly Effect[];
  /** The table as a whole unless something smaller is said. */
  readonly parts?: readonly TablePart[];
  /** The name that the table is given. */
  readonly renamed?: QualifiedName;
  readonly afterCrash?: Traits['afterCrash'];
}

interface Place {
  readonly table: QualifiedName;
  readonly server: Server;
}

/** ALTER TABLE, behind those words. `ignore`: MariaDB deletes rows that a new unique key would refuse. */
export function classifyAlterTable(words: Words, server: Server, ignore: boolean): Traits {
  const guarded = words.accept('IF', 'EXISTS');
  const table = words.table();
  if (table === undefined) return structure({ afterCrash: 'ask' });
  if (words.accept('WAIT')) words.next();
  else words.accept('NOWAIT');
  const actions: Action[] = [];
  let asked: Lock | undefined;
  while (!words.atEnd) {
    const wanted = askedFor(words);
    if (wanted === undefined) actions.push(readAction(words, { table, server }));
    else asked = wanted.lock ?? asked;
    passToNext(words);
  }
  const risks = actions.flatMap((action) => action.risks ?? []);
  if (ignore) risks.push(loses('rows', table));
  const careful = mostCareful(actions.map((action) => action.afterCrash ?? 'probe'));
  return structure({
    lock: asked ?? locks[strongest(actions.map((action) => action.lock))],
    risks,
    effects: actions.flatMap((action) => action.effects ?? []),
    touches: touchesOf(actions, table),
    afterCrash: guarded && careful === 'probe' ? 'probe' : careful,
  });
}

/** The parts of the table that the actions change, or all of it when one of them does not say. */
function touchesOf(actions: readonly Action[], table: QualifiedName): readonly Key[] {
  const renamed = actions.flatMap((action) => (action.renamed === undefined ? [] : [partKey(action.renamed, 'itself')]));
  if (actions.length === 0 || actions.some((action) => action.parts === undefined)) return [tableKey(table), ...renamed];
  const parts = new Set(actions.flatMap((action) => action.parts ?? []));
  return [...[...parts].map((part) => partKey(table, part)), ...renamed];
}

/** Passes over what is left of an action and the comma behind it. */
function passToNext(words: Words): void {
  while (!words.atEnd && !words.accept(',')) words.skip();
}

/** ALGORITHM and LOCK are wishes that the server fulfils or refuses. */
function askedFor(words: Words): { readonly lock?: Lock } | undefined {
  if (words.accept('ALGORITHM')) {
    words.accept('=');
    const { word } = words.next();
    return word === 'INSTANT' ? { lock: locks.instant } : word === 'COPY' ? { lock: locks.copy } : {};
  }
  if (words.accept('LOCK')) {
    words.accept('=');
    const { word } = words.next();
    return word === 'NONE'
      ? { lock: locks.online }
      : word === 'SHARED'
        ? { lock: locks.copy }
        : word === 'EXCLUSIVE'
          ? { lock: locks.exclusive }
          : {};
  }
  return undefined;
}

function readAction(words: Words, place: Place): Action {
  const { word } = words.next();
  const handler = actions[word];
  return handler === undefined ? { lock: 'copy', risks: [{ kind: 'rewrites', table: place.table }] } : handler(words, place);
}

/** Options that only the catalogue knows; setting them twice is as good as once. */
const option: Action = { lock: 'instant', afterCrash: 'repeat', parts: ['itself'] };
const rebuild = (_: Words, { table }: Place): Action => ({ lock: 'online', risks: [{ kind: 'rewrites', table }], afterCrash: 'repeat' });
const copyAgain = (_: Words, { table }: Place): Action => ({ lock: 'copy', risks: [{ kind: 'rewrites', table }], afterCrash: 'repeat' });

const actions: Readonly<Record<string, (words: Words, place: Place) => Action>> = {
  ADD: readAdd,
  DROP: readDrop,
  RENAME: readRename,
  MODIFY: readModify,
  CHANGE: readChange,
  ALTER: readAlterColumn,
  CONVERT: (words, { table }) => ({
    lock: 'copy',
    risks: [{ kind: 'rewrites', table }, ...(words.accept('TO', 'CHARACTER', 'SET', 'UTF8MB4') ? [] : [loses('values', table)])],
    afterCrash: 'repeat',
  }),
  ENGINE: copyAgain,
  ORDER: copyAgain,
  FORCE: rebuild,
  ROW_FORMAT: rebuild,
  KEY_BLOCK_SIZE: rebuild,
  COMMENT: () => option,
  AUTO_INCREMENT: () => option,
  DEFAULT: () => option,
  CHARACTER: () => option,
  CHARSET: () => option,
  COLLATE: () => option,
  STATS_PERSISTENT: () => option,
  STATS_AUTO_RECALC: () => option,
  STATS_SAMPLE_PAGES: () => option,
  ENABLE: () => option,
  DISABLE: () => option,
  WITH: () => option,
  WITHOUT: () => option,
  PARTITION: copyAgain,
  REMOVE: copyAgain,
  REBUILD: rebuild,
  OPTIMIZE: rebuild,
  ANALYZE: () => ({ lock: 'read', afterCrash: 'repeat' }),
  CHECK: () => ({ lock: 'read', afterCrash: 'repeat' }),
  REPAIR: rebuild,
  REORGANIZE: (_, { table }) => ({ lock: 'copy', parts: ['partitions'], risks: [{ kind: 'rewrites', table }] }),
  COALESCE: (_, { table }) => ({ lock: 'copy', parts: ['partitions'], risks: [{ kind: 'rewrites', table }] }),
  TRUNCATE: (_, { table }) => ({ lock: 'exclusive', risks: [loses('rows', table)], afterCrash: 'ask' }),
  // Twice is as good as never.
  EXCHANGE: () => ({ lock: 'exclusive', afterCrash: 'ask' }),
  DISCARD: (_, { table }) => ({ lock: 'exclusive', risks: [loses('rows', table)], afterCrash: 'ask' }),
  IMPORT: () => ({ lock: 'exclusive', afterCrash: 'ask' }),
};

function readAdd(words: Words, place: Place): Action {
  const name = constraintName(words);
  const first = words.peek().word;
  const pair = `${first} ${words.peek(1).word}`;
  const { table, server } = place;
  if (pair === 'PRIMARY KEY') {
    const risks: readonly Risk[] = [{ kind: 'rewrites', table }, mayRepeat(table)];
    return { lock: 'online', risks, parts: ['indexes', 'columns'], effects: [{ sign: '+', text: `primary key of ${formatName(table)}` }] };
  }
  if (pair === 'FOREIGN KEY')
    return addConstraint(table, name, { word: 'foreign key', risk: 'rewrites', why: 'may point to rows that do not exist' });
  if (first === 'CHECK') return addConstraint(table, name, { word: 'check', risk: 'scans', why: 'may not fit the check' });
  if (first === 'PARTITION') return { lock: 'shared', parts: ['partitions'] };
  if (pair === 'SYSTEM VERSIONING' || first === 'PERIOD') return { lock: 'copy', risks: [{ kind: 'rewrites', table }] };
  return readAddIndex(words, place, name) ?? addColumns(words, table, server);
}

/** The name behind CONSTRAINT, which may be missing. */
function constraintName(words: Words): Name | undefined {
  if (!words.accept('CONSTRAINT')) return undefined;
  const { kind, word } = words.peek();
  return kind === 'name' || (kind === 'word' && !/^(PRIMARY|UNIQUE|FOREIGN|CHECK)$/.test(word)) ? words.next().name : undefined;
}

function addConstraint(
  table: QualifiedName,
  name: Name | undefined,
  { word, risk, why }: { readonly word: string; readonly risk: 'rewrites' | 'scans'; readonly why: string },
): Action {
  return {
    lock: 'copy',
    risks: [
      { kind: risk, table },
      { kind: 'mayFail', why: `rows of ${formatName(table)} ${why}` },
    ],
    parts: ['constraints'],
    effects: [name === undefined ? { sign: '+', text: `${word} of ${formatName(table)}` } : namedEffect('+', 'constraint', name)],
  };
}

/** A unique key or an index of any kind; nothing when a column is added. */
function readAddIndex(words: Words, place: Place, constraint: Name | undefined): Action | undefined {
  const { table } = place;
  const scans: Risk = { kind: 'scans', table };
  if (words.accept('UNIQUE')) {
    if (!words.accept('KEY')) words.accept('INDEX');
    return addIndex(place, indexName(words) ?? constraint, { word: 'constraint', lock: 'online', risks: [scans, mayRepeat(table)] });
  }
  if (words.accept('INDEX') || words.accept('KEY'))
    return addIndex(place, indexName(words), { word: 'index', lock: 'online', risks: [scans] });
  if (!words.accept('FULLTEXT') && !words.accept('SPATIAL') && !words.accept('VECTOR')) return undefined;
  if (!words.accept('INDEX')) words.accept('KEY');
  return addIndex(place, indexName(words), { word: 'index', lock: 'shared', risks: [scans] });
}

function addIndex(
  { table }: Place,
  name: Name | undefined,
  add: { readonly word: string; readonly lock: LockName; readonly risks: readonly Risk[] },
): Action {
  return {
    lock: add.lock,
    risks: add.risks,
    effects: [name === undefined ? { sign: '+', text: `index of ${formatName(table)}` } : namedEffect('+', add.word, name)],
    parts: ['indexes'],
  };
}

function mayRepeat(table: QualifiedName): Risk {
  return { kind: 'mayFail', why: `two rows of ${formatName(table)} may have the same values` };
}

/** The name of an index may be missing: then its columns or its kind come at once. */
function indexName(words: Words): Name | undefined {
  words.accept('IF', 'NOT', 'EXISTS');
  const { kind, word } = words.peek();
  if (kind === 'name' || (kind === 'word' && word !== 'USING')) return words.next().name;
  return undefined;
}

function addColumns(words: Words, table: QualifiedName, server: Server): Action {
  words.accept('COLUMN');
  const guarded = words.accept('IF', 'NOT', 'EXISTS');
  const several = words.accept('(');
  const locksOf: LockName[] = [];
  const effects: Effect[] = [];
  const risks: Risk[] = [];
  do {
    const { name } = words.next();
    const definition = columnDefinition(words);
    effects.push(columnEffect('+', table, name));
    const lock = addColumnLock(definition, server);
    locksOf.push(lock.lock);
    if (lock.rewrites) risks.push({ kind: 'rewrites', table });
    if (definition.unique) risks.push(mayRepeat(table));
  } while (several && words.accept(','));
  return { lock: strongest(locksOf), parts: ['columns'], effects, risks, afterCrash: guarded ? 'repeat' : 'probe' };
}

function readDrop(words: Words, { table, server }: Place): Action {
  const { word } = words.peek();
  if (words.accept('PRIMARY', 'KEY')) {
    return {
      lock: 'copy',
      parts: ['indexes'],
      risks: [{ kind: 'rewrites', table }],
      effects: [{ sign: '-', text: `primary key of ${formatName(table)}` }],
    };
  }
  if (words.accept('PARTITION')) return { lock: 'exclusive', parts: ['partitions'], risks: [loses('rows', table)] };
  if (words.accept('SYSTEM', 'VERSIONING') || words.accept('PERIOD'))
    return { lock: 'copy', risks: [{ kind: 'rewrites', table }, loses('rows', table)] };
  const foreign = words.accept('FOREIGN', 'KEY');
  const constraint = !foreign && (words.accept('CONSTRAINT') || words.accept('CHECK'));
  const index = !foreign && !constraint && (words.accept('INDEX') || words.accept('KEY'));
  if (!foreign && !constraint && !index && word === 'COLUMN') words.next();
  const afterCrash = words.accept('IF', 'EXISTS') ? 'repeat' : 'probe';
  const { name } = words.next();
  if (index) return { lock: 'online', effects: [namedEffect('-', 'index', name)], parts: ['indexes'], afterCrash };
  if (foreign || constraint) return { lock: 'online', parts: ['constraints'], effects: [namedEffect('-', 'constraint', name)], afterCrash };
  const instant = has(server, 'instantDropColumn');
  return {
    lock: instant ? 'instant' : 'online',
    risks: [loses('column', table, name), ...(instant ? [] : [{ kind: 'rewrites', table } as const])],
    parts: ['columns'],
    effects: [columnEffect('-', table, name)],
    afterCrash,
  };
}

function readRename(words: Words, { table, server }: Place): Action {
  if (words.accept('COLUMN')) {
    const { name: from } = words.next();
    words.accept('TO');
    return {
      lock: has(server, 'instantRenameColumn') ? 'instant' : 'online',
      parts: ['columns'],
      effects: [columnEffect('~', table, from, words.next().name)],
    };
  }
  if (words.accept('INDEX') || words.accept('KEY')) {
    const { name: from } = words.next();
    words.accept('TO');
    const to = words.next().name;
    return { lock: 'instant', effects: [namedEffect('~', 'index', from, to)], parts: ['indexes'] };
  }
  if (!words.accept('TO') && !words.accept('AS')) words.accept('=');
  const to = words.table();
  if (to === undefined) return { lock: 'exclusive', afterCrash: 'ask' };
  return {
    lock: 'exclusive',
    effects: [{ sign: '~', text: `table ${formatName(table)} → ${formatName(to)}` }],
    parts: ['itself'],
    renamed: to,
  };
}

function readModify(words: Words, { table }: Place): Action {
  words.accept('COLUMN');
  words.accept('IF', 'EXISTS');
  const { name } = words.next();
  return changed(table, { from: name }, columnDefinition(words).text);
}

function readChange(words: Words, { table }: Place): Action {
  words.accept('COLUMN');
  words.accept('IF', 'EXISTS');
  const from = words.next().name;
  const to = words.next().name;
  return changed(table, from === to ? { from } : { from, to }, columnDefinition(words).text);
}

/** A column defined anew: what its values were before is not known here, so any type but a text may be too narrow. */
function changed(table: QualifiedName, { from, to }: { readonly from: Name; readonly to?: Name }, text: boolean): Action {
  return {
    lock: 'copy',
    risks: [
      { kind: 'rewrites', table },
      { kind: 'mayFail', why: `values of ${formatName(table)}.${from} may not fit` },
      ...(text ? [] : [loses('values', table, from)]),
    ],
    parts: ['columns'],
    effects: [columnEffect('~', table, from, to)],
  };
}

function readAlterColumn(words: Words, { table }: Place): Action {
  if (words.accept('INDEX') || words.accept('KEY')) return { lock: 'instant', effects: [namedEffect('~', 'index', words.next().name)] };
  if (words.accept('CHECK') || words.accept('CONSTRAINT'))
    return { lock: 'copy', effects: [namedEffect('~', 'constraint', words.next().name)] };
  words.accept('COLUMN');
  words.accept('IF', 'EXISTS');
  return { lock: 'instant', parts: ['columns'], effects: [columnEffect('~', table, words.next().name)], afterCrash: 'repeat' };
}
