import type { Server } from '../../contracts/index.ts';
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
/** Words behind which stands the name of what is changed. */
const objects: ReadonlySet<string> = new Set([
  'INTO',
  'UPDATE',
  'TABLE',
  'TABLES',
  'VIEW',
  'TRIGGER',
  'PROCEDURE',
  'FUNCTION',
  'EVENT',
  'SEQUENCE',
  'EXISTS',
  'TRUNCATE',
  'IGNORE',
]);

/** What a statement changes beyond its database, as far as its text tells: https://mariadb.com/kb/en/identifier-qualifiers/ */
export function beyond(sql: string, server: Server): string | undefined {
  const words = wordsOf(sql, server);
  const first = words.next().word;
  if (first === 'USE') {
    const other = words.table()?.name;
    return other === server.namespace ? undefined : `goes over to the database "${other}"`;
  }
  if (administrative.has(first) && !words.accept('TRANSACTION')) return `says ${first}, which concerns the server`;
  if (first === 'SET' && ['GLOBAL', 'PERSIST', 'PERSIST_ONLY', 'PASSWORD'].includes(words.peek().word))
    return 'changes settings of the server';
  const verb = verbs[first];
  if (verb !== undefined) {
    words.accept('OR', 'REPLACE');
    skipModifiers(words);
    if (shared.has(words.peek().word)) return `${verb} a ${words.peek().word.toLowerCase()}`;
  }
  const other = otherDatabase(first, words);
  return other === undefined ? undefined : `changes the database "${other}"`;
}

/** The first name behind a word for what is changed that lies in another database. What a query reads is only read. */
function otherDatabase(first: string, words: Words): string | undefined {
  const isRead = first === 'SELECT' || first === 'WITH' || first === 'SET';
  if (isRead) return undefined;
  const opens = new Set([
    ...objects,
    ...(first === 'DELETE' ? ['FROM'] : []),
    ...(first === 'RENAME' ? ['TO', ','] : []),
    ...(first === 'DROP' ? [','] : []),
  ]);
  let before = first;
  while (!words.atEnd) {
    const { kind, word } = words.peek();
    if (opens.has(before) && (kind === 'name' || (kind === 'word' && !objects.has(word) && word !== 'IF'))) {
      const found = words.table();
      if (found?.schema !== undefined) return found.schema;
      before = '';
      continue;
    }
    // The body of a routine or a view is only kept.
    if (first === 'CREATE' && ['AS', 'BEGIN', '('].includes(word)) return undefined;
    before = word;
    words.next();
  }
  return undefined;
}
