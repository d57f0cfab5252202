import type { Server, Traits } from '../../contracts/index.ts';
import { formatName, tableKey } from '../../schema/index.ts';
import { classifyAlterTable } from './classify-alter.ts';
import { classifyCreate } from './classify-create.ts';
import { classifyDrop, classifyRenameTable } from './classify-drop.ts';
import { classifyDelete, classifyInsert, classifyLoad, classifyUpdate } from './classify-rows.ts';
import { locks, loses, objectEffect, query, session, structure } from './traits.ts';
import { skipModifiers, type Words, wordsOf } from './words.ts';

type Classify = (words: Words, server: Server) => Traits;

/** What nobody can know from the text: it may change anything, and may have been finished or not. */
const unknown = structure({ afterCrash: 'ask' });
const repeatable = structure({ afterCrash: 'repeat' });

/**
 * What a statement written by hand does, from its leading words. Anything unknown is taken for a structural statement that only a
 * person can judge after a crash. Statements that commit by themselves:
 * https://mariadb.com/kb/en/sql-statements-that-cause-an-implicit-commit/ and https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
 */
export function classify(sql: string, server: Server): Traits {
  return classifyFrom(wordsOf(sql, server), server);
}

function classifyFrom(words: Words, server: Server): Traits {
  while (words.accept('(') || words.accept(';'));
  if (words.atEnd) return session();
  return (byFirstWord[words.next().word] ?? (() => unknown))(words, server);
}

const byFirstWord: Readonly<Record<string, Classify>> = {
  CREATE: classifyCreate,
  DROP: classifyDrop,
  ALTER: classifyAlter,
  RENAME: classifyRename,
  TRUNCATE: classifyTruncate,
  COMMENT: () => unknown,

  INSERT: classifyInsert,
  REPLACE: classifyInsert,
  UPDATE: classifyUpdate,
  DELETE: classifyDelete,
  LOAD: classifyLoad,
  CALL: () => ({ ...unknown, family: 'rows', lock: locks.rows }),
  WITH: classifyWith,

  SELECT: classifySelect,
  VALUES: () => query(),
  TABLE: () => query(),
  SHOW: () => query(),
  DESCRIBE: () => query(),
  DESC: () => query(),
  HELP: () => query(),
  CHECKSUM: () => query(),
  CHECK: () => ({ ...repeatable, lock: locks.read }),
  DO: () => query(),
  EXPLAIN: classifyExplain,
  ANALYZE: classifyAnalyze,
  OPTIMIZE: classifyMaintenance,
  REPAIR: classifyMaintenance,

  SET: classifySet,
  USE: (words) => session({ risks: [{ kind: 'mayFail', why: `names behind it mean the database ${words.peek().name}` }] }),
  PREPARE: () => session(),
  DEALLOCATE: () => session(),
  EXECUTE: () => unknown,
  HANDLER: () => session(),
  SAVEPOINT: () => session(),
  RELEASE: () => session(),
  ROLLBACK: () => session(),
  COMMIT: () => session(),
  START: (words) => (words.accept('TRANSACTION') ? session() : session({ transactional: false })),
  BEGIN: (words) => (words.peek().word === 'NOT' ? classifyBlock(words) : session()),
  IF: classifyBlock,
  CASE: classifyBlock,
  LOOP: classifyBlock,
  WHILE: classifyBlock,
  REPEAT: classifyBlock,
  FOR: classifyBlock,
  XA: () => session({ transactional: false, afterCrash: 'ask' }),
  LOCK: () => session({ transactional: false, lock: locks.lockTables }),
  UNLOCK: () => session({ transactional: false }),
  SIGNAL: () => session(),
  RESIGNAL: () => session(),
  GET: () => session(),
  KILL: () => session({ afterCrash: 'ask' }),

  FLUSH: () => session({ transactional: false, lock: locks.exclusive }),
  RESET: () => session({ transactional: false, afterCrash: 'ask' }),
  PURGE: () => session({ transactional: false }),
  CACHE: () => session({ transactional: false }),
  CHANGE: () => session({ transactional: false }),
  STOP: () => session({ transactional: false }),
  GRANT: () => ({ ...repeatable, lock: locks.none }),
  REVOKE: () => ({ ...unknown, lock: locks.none }),
};

/** A block of statements: it is not followed, but words that take data away are seen. */
function classifyBlock(words: Words): Traits {
  const seen = new Set<string>();
  while (!words.atEnd) seen.add(words.next().word);
  const anywhere = { name: '*' };
  return {
    ...unknown,
    risks: [
      ...(seen.has('DROP') ? [loses('table', anywhere)] : []),
      ...(seen.has('DELETE') || seen.has('TRUNCATE') ? [loses('rows', anywhere)] : []),
    ],
  };
}

function classifyAlter(words: Words, server: Server): Traits {
  while (words.accept('ONLINE') || words.accept('OFFLINE'));
  const ignore = words.accept('IGNORE');
  if (words.accept('TABLE')) return classifyAlterTable(words, server, ignore);
  skipModifiers(words);
  const kind = words.next().word;
  const guarded = words.accept('IF', 'EXISTS');
  const name = kind === 'USER' || kind === 'ROLE' ? undefined : words.table();
  if (name === undefined) return kind === 'USER' || kind === 'ROLE' ? { ...repeatable, lock: locks.none } : unknown;
  switch (kind) {
    case 'VIEW':
      return structure({
        effects: [objectEffect('~', { kind: 'view', name }, 'view')],
        touches: [`view ${formatName(name)}`],
        afterCrash: 'repeat',
      });
    case 'SEQUENCE':
      return structure({
        effects: [objectEffect('~', { kind: 'sequence', name }, 'sequence')],
        touches: [`sequence ${formatName(name)}`],
        afterCrash: 'repeat',
      });
    case 'PROCEDURE':
    case 'FUNCTION':
      return structure({
        effects: [objectEffect('~', { kind: 'routine', name }, kind.toLowerCase())],
        touches: [`routine ${formatName(name)}`],
        afterCrash: 'repeat',
      });
    case 'EVENT':
      return structure({
        effects: [{ sign: '~', text: `event ${formatName(name)}` }],
        touches: [`opaque ${formatName(name)}`],
        afterCrash: guarded ? 'repeat' : 'probe',
      });
    case 'DATABASE':
    case 'SCHEMA':
      return structure({ effects: [{ sign: '~', text: `database ${name.name}` }], afterCrash: 'repeat' });
    default:
      return unknown;
  }
}

function classifyRename(words: Words, server: Server): Traits {
  if (words.accept('TABLE') || words.accept('TABLES')) return classifyRenameTable(words, server);
  return { ...unknown, lock: locks.none };
}

function classifyTruncate(words: Words): Traits {
  words.accept('TABLE');
  const table = words.table();
  if (table === undefined) return unknown;
  return structure({
    risks: [loses('rows', table)],
    effects: [{ sign: '-', text: `rows of ${formatName(table)}` }],
    touches: [tableKey(table)],
    afterCrash: 'ask',
  });
}

/** A common table expression belongs to the statement behind it, which may change rows. */
function classifyWith(words: Words, server: Server): Traits {
  while (!words.atEnd) {
    const { word } = words.peek();
    if (word === 'UPDATE' || word === 'DELETE' || word === 'INSERT' || word === 'REPLACE' || word === 'SELECT')
      return classifyFrom(words, server);
    words.skip();
  }
  return query();
}

function classifySelect(words: Words): Traits {
  for (let depth = 0; !words.atEnd; ) {
    const { word } = words.next();
    if (word === '(') depth++;
    else if (word === ')') depth--;
    else if (depth === 0 && word === 'INTO') return session({ lock: locks.read });
    else if (depth === 0 && word === 'FOR' && words.peek().word === 'UPDATE') return query({ lock: locks.rows });
  }
  return query();
}

/** EXPLAIN ANALYZE runs a SELECT, and nothing else. */
function classifyExplain(): Traits {
  return query();
}

/** ANALYZE TABLE keeps statistics; MariaDB's ANALYZE before a statement runs that statement. */
function classifyAnalyze(words: Words, server: Server): Traits {
  while (words.accept('NO_WRITE_TO_BINLOG') || words.accept('LOCAL'));
  if (words.peek().word === 'TABLE' || words.peek().word === 'TABLES') return { ...repeatable, lock: locks.read };
  if (words.accept('FORMAT', '=')) words.next();
  return classifyFrom(words, server);
}

/** OPTIMIZE TABLE builds an InnoDB table anew, online; REPAIR TABLE is for tables without transactions. */
function classifyMaintenance(words: Words): Traits {
  while (words.accept('NO_WRITE_TO_BINLOG') || words.accept('LOCAL'));
  if (!words.accept('TABLE') && !words.accept('TABLES')) return unknown;
  const table = words.table();
  return structure({
    lock: locks.online,
    risks: table === undefined ? [] : [{ kind: 'rewrites', table }],
    afterCrash: 'repeat',
  });
}

/** Variables that end a transaction when they are set, or that cannot be set inside one. */
const outsideTransactions = /^(AUTOCOMMIT|SQL_LOG_BIN|BINLOG_\w+|GTID_\w+|TX_\w+|TRANSACTION|TRANSACTION_\w+|PASSWORD)$/;

function classifySet(words: Words, server: Server): Traits {
  if (words.accept('STATEMENT')) {
    while (!words.atEnd && !words.accept('FOR')) words.skip();
    return classifyFrom(words, server);
  }
  let transactional = true;
  while (!words.atEnd) {
    const token = words.next();
    if (token.kind === 'word' && outsideTransactions.test(token.word)) transactional = false;
  }
  return session({ transactional });
}
