import type { Server, Traits } from '../../contracts/index.ts';
import { formatName, keyOf } from '../../schema/index.ts';
import { classifyAlter } from './classify-alter.ts';
import { classifyCreate } from './classify-create.ts';
import { classifyDrop, classifyTruncate } from './classify-drop.ts';
import { classifyRows, classifySelect, classifyWith } from './classify-rows.ts';
import { unquote } from './quote.ts';
import { plain, type Reader, reader, readTokens } from './reader.ts';
import { effect, isMode, lock, objectPhrases, objectWord, rows, session, structure, subject, unknown } from './traits.ts';

type Classify = (r: Reader, server: Server) => Traits;

/**
 * What a statement does, told from its leading words; the lock modes are those of
 * https://www.postgresql.org/docs/current/explicit-locking.html and of the manual page of each command. What may not stand in a
 * transaction block is what the server's sources pass to PreventInTransactionBlock. Anything unknown is taken to do the worst.
 */
export function classify(sql: string, server: Server): Traits {
  const traits = statement(reader(sql), server);
  const risks = traits.family === 'structure' ? cutNames(sql) : [];
  return risks.length === 0 ? traits : { ...traits, risks: [...traits.risks, ...risks] };
}

/** Names over 63 bytes are cut without an error: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
function cutNames(sql: string): Traits['risks'] {
  if (!/"[^"]{16}|[^\s'"(),;]{16}/.test(sql)) return [];
  const names = readTokens(sql).flatMap(({ kind, text }) => (kind === 'name' ? [unquote(text)] : kind === 'word' ? [text] : []));
  const long = [...new Set(names)].filter((name) => new TextEncoder().encode(name).length > 63);
  return long.map((name) => ({ kind: 'mayFail', why: `the server cuts the name "${name}" to 63 bytes` }));
}

function statement(r: Reader, server: Server): Traits {
  const first = r.peek().word;
  if (first === '(') return classifySelect(r, server);
  const handler = handlers.get(first);
  return handler === undefined ? unknown() : handler(r, server);
}

/** Says something about the connection only. */
const onlySession: Classify = () => session();
/** Runs code that the text does not show. */
const runsCode =
  (noun: string): Classify =>
  (r, server) => {
    r.skip();
    const name = noun === 'procedure' ? r.name() : undefined;
    return unknown({ effects: [effect('~', name === undefined ? noun : `${noun} ${formatName(plain(name, server))} runs`)] });
  };

const handlers: ReadonlyMap<string, Classify> = new Map<string, Classify>([
  ['CREATE', classifyCreate],
  ['ALTER', classifyAlter],
  ['DROP', classifyDrop],
  ['TRUNCATE', classifyTruncate],
  ['INSERT', classifyRows],
  ['UPDATE', classifyRows],
  ['DELETE', classifyRows],
  ['MERGE', classifyRows],
  ['COPY', classifyRows],
  ['WITH', classifyWith],
  ['SELECT', classifySelect],
  ['VALUES', classifySelect],
  ['TABLE', classifySelect],
  ['SHOW', classifySelect],
  ['EXPLAIN', explain],
  ['COMMENT', comment],
  ['SECURITY', () => structure({ lock: lock('SHARE UPDATE EXCLUSIVE'), afterCrash: 'repeat' })],
  ['GRANT', grant],
  ['REVOKE', grant],
  ['REASSIGN', () => structure({ effects: [effect('~', 'owners')], afterCrash: 'repeat' })],
  ['IMPORT', () => structure({ effects: [effect('+', 'foreign tables')], afterCrash: 'ask' })],
  ['CALL', runsCode('procedure')],
  ['DO', runsCode('code block')],
  ['EXECUTE', () => rows()],
  ['LOCK', lockTable],
  ['VACUUM', vacuum],
  ['ANALYZE', () => session({ lock: lock('SHARE UPDATE EXCLUSIVE') })],
  ['ANALYSE', () => session({ lock: lock('SHARE UPDATE EXCLUSIVE') })],
  ['CLUSTER', cluster],
  ['REINDEX', reindex],
  ['REFRESH', refresh],
  ['CHECKPOINT', onlySession],
  ['SET', onlySession],
  ['RESET', onlySession],
  ['DISCARD', (r) => session({ transactional: !r.is('DISCARD', 'ALL') })],
  ['LISTEN', onlySession],
  ['UNLISTEN', onlySession],
  ['NOTIFY', () => session({ afterCrash: 'ask' })],
  ['LOAD', onlySession],
  ['PREPARE', onlySession],
  ['DEALLOCATE', onlySession],
  ['DECLARE', onlySession],
  ['FETCH', () => session({ family: 'query', afterCrash: 'ask' })],
  ['MOVE', () => session({ afterCrash: 'ask' })],
  ['CLOSE', onlySession],
  ['BEGIN', onlySession],
  ['START', onlySession],
  ['END', onlySession],
  ['ABORT', onlySession],
  ['SAVEPOINT', onlySession],
  ['RELEASE', onlySession],
  ['COMMIT', endOfTransaction],
  ['ROLLBACK', endOfTransaction],
]);

/** COMMIT PREPARED and ROLLBACK PREPARED decide about somebody else's transaction and may stand in none. */
function endOfTransaction(r: Reader): Traits {
  r.skip();
  return r.is('PREPARED') ? unknown({ transactional: false }) : session();
}

/** EXPLAIN only plans, EXPLAIN ANALYZE runs the statement. */
function explain(r: Reader, server: Server): Traits {
  r.skip();
  let runs = r.take('ANALYZE');
  r.take('VERBOSE');
  const options = r.parentheses();
  if (options?.some((token, index) => token.word === 'ANALYZE' && !/^(OFF|FALSE|0)$/i.test(options[index + 1]?.text ?? ''))) runs = true;
  return runs ? statement(r, server) : session({ family: 'query', lock: lock('ACCESS SHARE') });
}

function comment(r: Reader, server: Server): Traits {
  r.take('COMMENT', 'ON');
  const text = (target: string): Traits =>
    structure({ lock: lock('SHARE UPDATE EXCLUSIVE'), effects: [effect('~', `comment of ${target}`)], afterCrash: 'repeat' });
  if (r.take('COLUMN')) {
    const [column = '', table = '', schema] = r.path().toReversed();
    const owner = plain(schema === undefined ? { name: table } : { schema, name: table }, server);
    return text(`column ${formatName(owner)}.${column}`);
  }
  if (r.take('CONSTRAINT')) {
    const constraint = r.name();
    r.take('ON');
    r.take('DOMAIN');
    const owner = r.name();
    if (constraint === undefined || owner === undefined) return text('constraint');
    return text(`constraint ${formatName(constraint)} of ${formatName(plain(owner, server))}`);
  }
  const phrase = r.takeOne(objectPhrases);
  const name = r.name();
  if (phrase === undefined || name === undefined) return text('object');
  r.parentheses();
  const on = r.take('ON') ? r.name() : undefined;
  return text(subject(objectWord(phrase), on === undefined ? { name } : { name, on }, server).text);
}

/** Rights have no place in the model; giving or taking them twice is as good as once. */
function grant(r: Reader): Traits {
  const sign = r.skip().word === 'GRANT' ? '+' : '-';
  return structure({ effects: [effect(sign, 'rights')], afterCrash: 'repeat' });
}

function lockTable(r: Reader): Traits {
  r.skip();
  r.take('TABLE');
  r.names();
  const words: string[] = [];
  if (r.take('IN')) while (!r.ended && !r.is('MODE')) words.push(r.skip().word);
  const mode = words.length === 0 ? 'ACCESS EXCLUSIVE' : words.join(' ');
  return session({ lock: lock(isMode(mode) ? mode : 'unknown') });
}

function vacuum(r: Reader, server: Server): Traits {
  r.skip();
  const options = r.parentheses()?.map((token) => token.word) ?? [];
  const full = options.includes('FULL') || r.take('FULL');
  while (r.take('FREEZE') || r.take('VERBOSE') || r.take('ANALYZE'));
  const tables = r.names().map((name) => plain(name, server));
  return session({
    transactional: false,
    lock: lock(full ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE'),
    risks: full ? tables.map((table) => ({ kind: 'rewrites', table })) : [],
  });
}

function cluster(r: Reader, server: Server): Traits {
  r.skip();
  r.take('VERBOSE');
  r.parentheses();
  const first = r.name();
  const table = r.take('ON') ? r.name() : first;
  if (table === undefined) return structure({ transactional: false, lock: lock('ACCESS EXCLUSIVE'), afterCrash: 'repeat' });
  const name = plain(table, server);
  return structure({
    lock: lock('ACCESS EXCLUSIVE'),
    risks: [{ kind: 'rewrites', table: name }],
    touches: [keyOf({ kind: 'table', name })],
    afterCrash: 'repeat',
  });
}

function reindex(r: Reader, server: Server): Traits {
  r.skip();
  const options = r.parentheses()?.map((token) => token.word) ?? [];
  const kind = r.takeOne(['INDEX', 'TABLE', 'SCHEMA', 'DATABASE', 'SYSTEM']);
  const concurrently = r.take('CONCURRENTLY') || options.includes('CONCURRENTLY');
  const name = r.name();
  const single = kind === 'INDEX' || kind === 'TABLE';
  const touched = name === undefined || !single ? [] : subject(objectWord(kind), { name }, server).touches;
  return structure({
    transactional: single && !concurrently,
    lock: lock(concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE'),
    risks: name !== undefined && kind === 'TABLE' ? [{ kind: 'scans', table: plain(name, server) }] : [],
    touches: touched,
    afterCrash: 'repeat',
  });
}

function refresh(r: Reader, server: Server): Traits {
  r.take('REFRESH', 'MATERIALIZED', 'VIEW');
  const concurrently = r.take('CONCURRENTLY');
  const name = r.name();
  return rows({
    lock: lock(concurrently ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE'),
    effects: name === undefined ? [] : [effect('~', `rows of ${formatName(plain(name, server))}`)],
    afterCrash: 'repeat',
  });
}
