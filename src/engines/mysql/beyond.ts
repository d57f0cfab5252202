import type { Beyond, Server } from '../../contracts/index.ts';
import { skipModifiers, type Words, wordsOf } from './words.ts';

/** What belongs to the whole server, by the word behind CREATE, ALTER, DROP or RENAME. */
const shared: ReadonlySet<string> = new Set(['DATABASE', 'SCHEMA', 'USER', 'ROLE', 'SERVER', 'TABLESPACE', 'LOGFILE', 'INSTANCE']);
const verbs: Readonly<Record<string, string>> = { CREATE: 'creates', ALTER: 'alters', DROP: 'drops', RENAME: 'renames' };
const administrative: ReadonlySet<string> = new Set([
  'GRANT',
  'REVOKE',
  'FLUSH',
  'RESET',
  'PURGE',
  'KILL',
  'SHUTDOWN',
  'INSTALL',
  'UNINSTALL',
  'CHANGE',
  'START',
  'STOP',
]);
/** Behind `ALTER DATABASE` a word of these says that no database is named, so that it is the connection's own. */
const databaseOptions: ReadonlySet<string> = new Set(['CHARACTER', 'CHARSET', 'DEFAULT', 'COLLATE', 'COMMENT', 'READ', 'ENCRYPTION']);
/** Kinds with a body that is kept and runs at another time. */
const kept: ReadonlySet<string> = new Set(['TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT', 'PACKAGE']);
/** Words between a verb and the name of what it changes. */
const modifiers: ReadonlySet<string> = new Set([
  'LOW_PRIORITY',
  'HIGH_PRIORITY',
  'DELAYED',
  'CONCURRENT',
  'QUICK',
  'IGNORE',
  'LOCAL',
  'IF',
  'NOT',
  'EXISTS',
  'FROM',
  'INTO',
  'TABLE',
]);
/** What a trigger calls its row. */
const ofRow: ReadonlySet<string> = new Set(['NEW', 'OLD']);

/** What a statement does beyond its database, as far as its text tells: https://mariadb.com/kb/en/identifier-qualifiers/ */
export function beyond(sql: string, server: Server): Beyond | undefined {
  const words = wordsOf(sql, server);
  const first = words.next().word;
  if (first === 'USE') {
    const other = words.table()?.name;
    return other === server.namespace ? undefined : { what: `goes over to the database "${other}"`, where: 'elsewhere' };
  }
  if (administrative.has(first) && !words.accept('TRANSACTION'))
    return { what: `says ${first}, which concerns the server`, where: 'server' };
  if (first === 'SET' && ['GLOBAL', 'PERSIST', 'PERSIST_ONLY', 'PASSWORD'].includes(words.peek().word))
    return { what: 'changes settings of the server', where: 'server' };
  return first in verbs ? defined(first, words) : changed(first, words);
}

function defined(verb: string, words: Words): Beyond | undefined {
  words.accept('OR', 'REPLACE');
  skipModifiers(words);
  while (words.accept('TEMPORARY') || words.accept('ONLINE') || words.accept('IGNORE'));
  const kind = words.next().word;
  if (shared.has(kind)) return ofServer(verb, kind, words);
  if (verb === 'CREATE' && kept.has(kind)) return created(kind, words);
  // Columns, keys and partitions say of another database at most what they refer to.
  const opens = new Set([kind, 'TABLE', 'TABLES', 'ON', 'TO', ...(verb === 'ALTER' ? [] : [','])]);
  const other = inPlaces(words, opens, ['(', 'AS', 'ADD'], kind);
  return other === undefined ? undefined : into(other);
}

function ofServer(verb: string, kind: string, words: Words): Beyond | undefined {
  const isDatabase = kind === 'DATABASE' || kind === 'SCHEMA';
  if (verb !== 'ALTER' || !isDatabase) return { what: `${verbs[verb]} a ${kind.toLowerCase()}`, where: 'server' };
  if (databaseOptions.has(words.peek().word)) return undefined;
  return { what: `alters the database "${words.next().name}"`, where: 'elsewhere' };
}

/** A routine, trigger or event in another database, or one whose body changes another: an event by itself, the others when they are called. */
function created(kind: string, words: Words): Beyond | undefined {
  while (words.accept('IF') || words.accept('NOT') || words.accept('EXISTS') || words.accept('BODY'));
  const name = words.table();
  if (name?.schema !== undefined) return into(name.schema);
  const other = inPlaces(words, new Set(['INTO', 'UPDATE', 'TABLE', 'CALL', 'INSERT', 'REPLACE', 'DELETE', 'TRUNCATE']), []);
  if (other === undefined) return undefined;
  return { what: `makes code that names the database "${other}"`, where: kind === 'EVENT' ? 'elsewhere' : 'later' };
}

/** Where the names of what a statement of rows changes stand, and the words behind which none does any more. */
const rows: Readonly<Record<string, { readonly opens: readonly string[]; readonly stops: readonly string[] }>> = {
  INSERT: { opens: ['INSERT', 'INTO'], stops: ['SELECT', 'VALUES', 'VALUE', 'SET', 'WITH'] },
  REPLACE: { opens: ['REPLACE', 'INTO'], stops: ['SELECT', 'VALUES', 'VALUE', 'SET', 'WITH'] },
  UPDATE: { opens: ['UPDATE', 'JOIN', ','], stops: ['SET'] },
  DELETE: { opens: ['DELETE', 'FROM', 'USING', 'JOIN', ','], stops: ['WHERE', 'ORDER', 'LIMIT', 'RETURNING'] },
  TRUNCATE: { opens: ['TRUNCATE', 'TABLE'], stops: [] },
  LOAD: { opens: ['TABLE'], stops: ['('] },
  CALL: { opens: ['CALL'], stops: ['('] },
  LOCK: { opens: ['TABLE', 'TABLES', ','], stops: [] },
  OPTIMIZE: { opens: ['TABLE', 'TABLES', ','], stops: [] },
  REPAIR: { opens: ['TABLE', 'TABLES', ','], stops: [] },
  ANALYZE: { opens: ['TABLE', 'TABLES', ','], stops: [] },
};

function changed(first: string, words: Words): Beyond | undefined {
  let verb = first;
  if (first === 'WITH') {
    // The tables of its parts are only read.
    while (!words.atEnd && !(words.peek().word in rows)) words.skip();
    verb = words.next().word;
  }
  const places = rows[verb];
  if (places === undefined) return undefined;
  const other = inPlaces(words, new Set(places.opens), places.stops, verb);
  return other === undefined ? undefined : into(other);
}

function into(database: string): Beyond {
  return { what: `changes the database "${database}"`, where: 'elsewhere' };
}

/** The first name in one of the places that lies in another database; what stands in parentheses is only read. */
function inPlaces(words: Words, opens: ReadonlySet<string>, stops: readonly string[], first = ''): string | undefined {
  let before = first;
  while (!words.atEnd) {
    const { kind, word } = words.peek();
    if (stops.includes(word)) return undefined;
    const isOpen = opens.has(before);
    if (isOpen && modifiers.has(word)) words.next();
    else if (isOpen && (kind === 'name' || kind === 'word') && !opens.has(word)) {
      const other = otherDatabase(words);
      if (other !== undefined) return other;
      before = '';
    } else {
      // Behind ON DUPLICATE KEY UPDATE stand columns.
      before = before === 'KEY' && word === 'UPDATE' ? '' : word;
      words.skip();
    }
  }
  return undefined;
}

function otherDatabase(words: Words): string | undefined {
  const { schema } = words.table() ?? {};
  return schema === undefined || ofRow.has(schema.toUpperCase()) ? undefined : schema;
}
