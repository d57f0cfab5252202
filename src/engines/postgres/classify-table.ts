import { canonicalJson } from '../../base/index.ts';
import type { Effect, Risk, Server, Traits } from '../../contracts/index.ts';
import { formatName, type Key, keyOf, type QualifiedName, tableKey } from '../../schema/index.ts';
import { referenced } from './classify-create.ts';
import { isVolatile, losesNothing } from './expressions.ts';
import { plain, type Reader, readerOf, type Token } from './reader.ts';
import { effect, lock, loses, type Mode, mayFail, structure, unknown } from './traits.ts';

/** What one action of ALTER TABLE does; actions of one statement are joined. */
interface Action {
  readonly mode: Mode;
  readonly risks?: readonly Risk[];
  readonly effects?: readonly Effect[];
  readonly touches?: readonly Key[];
  readonly transactional?: false;
}

interface At {
  readonly table: QualifiedName;
  /** The table as effects name it. */
  readonly shown: string;
  readonly server: Server;
}

/** ALTER TABLE, read behind its IF EXISTS: lock modes from `AlterTableGetLockLevel` in the server's sources. */
export function alterTable(r: Reader, server: Server): Traits {
  if (r.is('ALL', 'IN', 'TABLESPACE')) return structure({ lock: lock('ACCESS EXCLUSIVE'), effects: [effect('~', 'tablespace of tables')] });
  r.take('ONLY');
  const found = r.name();
  if (found === undefined) return unknown();
  r.take('*');
  const table = plain(found, server);
  const at: At = { table, shown: formatName(table), server };
  const actions: Action[] = [];
  let every = true;
  do {
    const tokens = r.item();
    actions.push(action(readerOf(tokens), tokens, at));
    every &&= readsIf(tokens);
  } while (r.take(','));
  return structure({
    transactional: actions.every((one) => one.transactional !== false),
    lock: lock(...actions.map((one) => one.mode)),
    risks: distinct(actions.flatMap((one) => one.risks ?? [])),
    effects: actions.flatMap((one) => one.effects ?? [effect('~', `table ${at.shown}`)]),
    touches: [...new Set([tableKey(table), ...actions.flatMap((one) => one.touches ?? [])])],
    afterCrash: every ? 'repeat' : 'probe',
  });
}

function distinct(risks: readonly Risk[]): readonly Risk[] {
  return [...new Map(risks.map((risk) => [canonicalJson(risk), risk])).values()];
}

/** `ADD COLUMN IF NOT EXISTS`, `DROP COLUMN IF EXISTS`: twice is as good as once. */
function readsIf(tokens: readonly Token[]): boolean {
  return tokens.slice(0, 4).some(({ word }, index) => word === 'IF' && /^(NOT|EXISTS)$/.test(tokens[index + 1]?.word ?? ''));
}

function action(r: Reader, tokens: readonly Token[], at: At): Action {
  switch (r.skip().word) {
    case 'ADD':
      return add(r, tokens, at);
    case 'DROP':
      return drop(r, at);
    case 'ALTER':
      return alter(r, at);
    case 'RENAME':
      return rename(r, at);
    case 'SET':
      return set(r, at);
    case 'RESET':
    case 'CLUSTER':
      return { mode: 'SHARE UPDATE EXCLUSIVE' };
    case 'VALIDATE':
      r.take('CONSTRAINT');
      return {
        mode: 'SHARE UPDATE EXCLUSIVE',
        risks: [{ kind: 'scans', table: at.table }, mayFail(`rows of "${at.shown}" may break it`)],
        effects: [effect('~', `constraint ${nameOf(r)} of ${at.shown} is valid`)],
      };
    case 'ENABLE':
    case 'DISABLE':
      return {
        mode: r.is('TRIGGER') || r.is('ALWAYS', 'TRIGGER') || r.is('REPLICA', 'TRIGGER') ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE',
      };
    case 'ATTACH':
      return attach(r, at);
    case 'DETACH':
      return detach(r, at);
    case 'INHERIT':
      return inherit(r, at);
    default:
      return { mode: 'ACCESS EXCLUSIVE' };
  }
}

const constraintWords: ReadonlySet<string> = new Set(['PRIMARY', 'UNIQUE', 'FOREIGN', 'CHECK', 'EXCLUDE']);

function add(r: Reader, tokens: readonly Token[], at: At): Action {
  if (r.take('CONSTRAINT')) {
    const name = nameOf(r);
    return addConstraint(r, tokens, { at, text: `constraint ${name} of ${at.shown}` });
  }
  if (constraintWords.has(r.peek().word)) {
    return addConstraint(r, tokens, {
      at,
      text: `${r
        .peek()
        .word.toLowerCase()
        .replace(/^(primary|foreign)$/, '$1 key')} of ${at.shown}`,
    });
  }
  r.take('COLUMN');
  const certain = !r.take('IF', 'NOT', 'EXISTS');
  const name = nameOf(r);
  return addColumn(readAll(r), { at, name, certain });
}

function addConstraint(r: Reader, tokens: readonly Token[], { at, text }: { readonly at: At; readonly text: string }): Action {
  const kind = r.skip().word;
  const has = (...words: readonly string[]): boolean => phraseIn(tokens, words);
  const effects = [effect('+', text)];
  const scans: Risk = { kind: 'scans', table: at.table };
  if (kind === 'FOREIGN') {
    const parents = referenced(tokens).map((name) => plain(name, at.server));
    const risks = has('NOT', 'VALID') ? [] : [scans, mayFail(`rows of "${at.shown}" may refer to nothing`)];
    return { mode: 'SHARE ROW EXCLUSIVE', risks, effects, touches: parents.map(tableKey) };
  }
  if (has('USING', 'INDEX')) return { mode: 'ACCESS EXCLUSIVE', effects };
  if (has('NOT', 'VALID')) return { mode: 'ACCESS EXCLUSIVE', effects };
  const why = kind === 'CHECK' || kind === 'NOT' ? `rows of "${at.shown}" may break it` : `rows of "${at.shown}" may hold equal values`;
  return { mode: 'ACCESS EXCLUSIVE', risks: [scans, mayFail(why)], effects };
}

function addColumn(definition: readonly Token[], added: { readonly at: At; readonly name: string; readonly certain: boolean }): Action {
  const { at, name, certain } = added;
  const has = (...words: readonly string[]): boolean => phraseIn(definition, words);
  const defaultAt = definition.findIndex(({ word }) => word === 'DEFAULT');
  const serial = /^(SMALL|BIG)?SERIAL[248]?$/.test(definition[0]?.word ?? '');
  const filled = serial || defaultAt >= 0 || has('GENERATED');
  const computed = (has('GENERATED') && !has('VIRTUAL')) || serial || (defaultAt >= 0 && isVolatile(definition.slice(defaultAt + 1)));
  const risks: Risk[] = [];
  if (computed) risks.push({ kind: 'rewrites', table: at.table });
  if (!filled && (has('NOT', 'NULL') || has('PRIMARY', 'KEY')))
    risks.push(mayFail(`"${at.shown}" may have rows, which would be empty in "${name}"`));
  if (has('UNIQUE') || has('PRIMARY', 'KEY') || has('CHECK')) risks.push({ kind: 'scans', table: at.table });
  const parents = referenced(definition).map((parent) => tableKey(plain(parent, at.server)));
  const text = `column ${at.shown}.${name}`;
  // The text is the key of a column that is new for certain: dropping it again in the same run loses nothing.
  return { mode: 'ACCESS EXCLUSIVE', risks, effects: [effect('+', text, certain ? text : undefined)], touches: parents };
}

function drop(r: Reader, at: At): Action {
  if (r.take('CONSTRAINT')) {
    r.take('IF', 'EXISTS');
    return { mode: 'ACCESS EXCLUSIVE', effects: [effect('-', `constraint ${nameOf(r)} of ${at.shown}`)] };
  }
  r.take('COLUMN');
  r.take('IF', 'EXISTS');
  const column = nameOf(r);
  return {
    mode: 'ACCESS EXCLUSIVE',
    risks: [loses('column', at.table, { column })],
    effects: [effect('-', `column ${at.shown}.${column}`)],
  };
}

function alter(r: Reader, at: At): Action {
  if (r.take('CONSTRAINT')) return { mode: 'ACCESS EXCLUSIVE', effects: [effect('~', `constraint ${nameOf(r)} of ${at.shown}`)] };
  r.take('COLUMN');
  const column = nameOf(r);
  const change = (detail: string, risks: readonly Risk[] = [], mode: Mode = 'ACCESS EXCLUSIVE'): Action => ({
    mode,
    risks,
    effects: [effect('~', `column ${at.shown}.${column} ${detail}`)],
  });
  if (r.take('TYPE') || r.take('SET', 'DATA', 'TYPE')) return change(...retyped(readAll(r), column, at));
  if (r.take('SET', 'NOT', 'NULL')) {
    return change('not null', [{ kind: 'scans', table: at.table }, mayFail(`rows of "${at.shown}" may be empty in "${column}"`)]);
  }
  if (r.take('DROP', 'NOT', 'NULL')) return change('may be empty');
  if (r.take('SET', 'DEFAULT')) return change('default');
  if (r.take('DROP', 'DEFAULT')) return change('no default');
  if (r.is('ADD', 'GENERATED')) return change('identity');
  if (r.take('DROP', 'IDENTITY')) return change('no identity');
  if (r.take('SET', 'EXPRESSION')) return change('expression', [{ kind: 'rewrites', table: at.table }]);
  if (r.take('SET', 'STATISTICS')) return change('statistics', [], 'SHARE UPDATE EXCLUSIVE');
  if (r.is('SET', '(') || r.is('RESET', '(')) return change('options', [], 'SHARE UPDATE EXCLUSIVE');
  return change(
    readAll(r)
      .map(({ text }) => text.toLowerCase())
      .slice(0, 4)
      .join(' '),
  );
}

/** Without the type before, only text is known to hold everything, and whether rows are written anew is not known at all. */
function retyped(definition: readonly Token[], column: string, at: At): [string, readonly Risk[]] {
  const end = definition.findIndex(({ word }) => word === 'USING' || word === 'COLLATE');
  const type = definition.slice(0, end < 0 ? definition.length : end);
  const using = definition.some(({ word }) => word === 'USING');
  const rewrites: Risk = { kind: 'rewrites', table: at.table };
  const text = `type ${typeText(type)}`;
  if (losesNothing(type) && !using) return [text, [rewrites]];
  return [text, [rewrites, loses('values', at.table, { column }), mayFail(`values of "${column}" may not fit the new type`)]];
}

function typeText(tokens: readonly Token[]): string {
  let text = '';
  let end = 0;
  for (const token of tokens) {
    text += (text !== '' && token.start > end ? ' ' : '') + token.text;
    end = token.end;
  }
  return text;
}

function rename(r: Reader, at: At): Action {
  if (r.take('TO')) {
    const to = { ...at.table, name: nameOf(r) };
    return { mode: 'ACCESS EXCLUSIVE', effects: [effect('~', `table ${at.shown} → ${formatName(to)}`)], touches: [tableKey(to)] };
  }
  const constraint = r.take('CONSTRAINT');
  r.take('COLUMN');
  const from = nameOf(r);
  r.take('TO');
  const to = nameOf(r);
  const text = constraint ? `constraint ${from} of ${at.shown} → ${to}` : `column ${at.shown}.${from} → ${to}`;
  return { mode: 'ACCESS EXCLUSIVE', effects: [effect('~', text)] };
}

function set(r: Reader, at: At): Action {
  if (r.take('SCHEMA')) {
    const to = plain({ schema: nameOf(r), name: at.table.name }, at.server);
    return { mode: 'ACCESS EXCLUSIVE', effects: [effect('~', `table ${at.shown} → ${formatName(to)}`)], touches: [tableKey(to)] };
  }
  if (r.is('(')) return { mode: 'SHARE UPDATE EXCLUSIVE' };
  const rewriting = r.is('LOGGED') || r.is('UNLOGGED') || r.is('TABLESPACE') || r.is('ACCESS', 'METHOD');
  return { mode: 'ACCESS EXCLUSIVE', risks: rewriting ? [{ kind: 'rewrites', table: at.table }] : [] };
}

/** The partition itself is locked more strongly than the table that it joins. */
function attach(r: Reader, at: At): Action {
  r.take('PARTITION');
  const found = r.name();
  if (found === undefined) return { mode: 'ACCESS EXCLUSIVE' };
  const partition = plain(found, at.server);
  return {
    mode: 'ACCESS EXCLUSIVE',
    risks: [{ kind: 'scans', table: partition }, mayFail(`rows of "${formatName(partition)}" may lie outside its bounds`)],
    effects: [effect('~', `partition ${formatName(partition)} joins ${at.shown}`)],
    touches: [tableKey(partition)],
  };
}

function detach(r: Reader, at: At): Action {
  r.take('PARTITION');
  const found = r.name();
  if (found === undefined) return { mode: 'ACCESS EXCLUSIVE' };
  const partition = plain(found, at.server);
  const effects = [effect('~', `partition ${formatName(partition)} leaves ${at.shown}`)];
  const touches = [keyOf({ kind: 'table', name: partition })];
  if (r.take('CONCURRENTLY')) return { mode: 'SHARE UPDATE EXCLUSIVE', transactional: false, effects, touches };
  return { mode: r.take('FINALIZE') ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE', effects, touches };
}

function inherit(r: Reader, at: At): Action {
  const parent = r.name();
  return { mode: 'ACCESS EXCLUSIVE', touches: parent === undefined ? [] : [tableKey(plain(parent, at.server))] };
}

function nameOf(r: Reader): string {
  return r.name()?.name ?? '';
}

function readAll(r: Reader): readonly Token[] {
  const tokens: Token[] = [];
  while (!r.ended) tokens.push(r.skip());
  return tokens;
}

function phraseIn(tokens: readonly Token[], words: readonly string[]): boolean {
  return tokens.some((_, index) => words.every((word, offset) => tokens[index + offset]?.word === word));
}
