import type { Server, Traits } from '../../contracts/index.ts';
import { formatName } from '../../schema/index.ts';
import { qualified } from './classify-names.ts';
import { alter, create, drop } from './classify-structure.ts';
import { lower } from './quote.ts';
import { type Reader, reader, type Token, tokensOf } from './tokens.ts';
import { effect, locks, query, rows, rowsOf, session, structure } from './traits.ts';

/**
 * What a statement written by hand does, as far as its leading words tell (https://www.sqlite.org/lang.html). Reads anything and never
 * fails; of a statement it does not know it says that everything may be blocked and that nobody can tell whether it happened.
 */
export function classify(sql: string, _server: Server): Traits {
  const tokens = tokensOf(sql);
  const read = reader(tokens);
  const first = read.next();
  return (first?.kind === 'word' ? verbs[first.upper]?.(read, tokens) : undefined) ?? unknown(tokens);
}

type Classifier = (read: Reader, tokens: readonly Token[]) => Traits | undefined;

const verbs: Readonly<Record<string, Classifier>> = {
  CREATE: create,
  ALTER: alter,
  DROP: drop,
  INSERT: insert,
  REPLACE: insert,
  UPDATE: update,
  DELETE: remove,
  WITH: common,
  SELECT: () => query(),
  VALUES: () => query(),
  EXPLAIN: () => query(),
  PRAGMA: pragma,
  BEGIN: () => session(),
  COMMIT: () => session(),
  END: () => session(),
  ROLLBACK: () => session(),
  SAVEPOINT: () => session(),
  RELEASE: () => session(),
  ATTACH: () => session({ transactional: false, afterCrash: 'repeat' }),
  DETACH: () => session({ transactional: false, afterCrash: 'repeat' }),
  // Refused inside a transaction: https://www.sqlite.org/lang_vacuum.html
  VACUUM: () => structure({ transactional: false, lock: locks.everything, afterCrash: 'repeat', effects: [effect('~', 'the whole file')] }),
  ANALYZE: () => structure({ afterCrash: 'repeat', effects: [effect('~', 'statistics')], touches: ['statistics'] }),
  REINDEX: () => structure({ afterCrash: 'repeat', effects: [effect('~', 'indexes built anew')], touches: ['indexes'] }),
};

function unknown(tokens: readonly Token[]): Traits {
  return tokens.length === 0
    ? query({ lock: locks.none })
    : structure({ lock: locks.everything, afterCrash: 'ask', touches: [rowsOf({ name: '*' })] });
}

function insert(read: Reader): Traits | undefined {
  if (read.accept('OR')) read.next();
  if (!read.accept('INTO')) return undefined;
  const table = qualified(read);
  if (table === undefined) return undefined;
  return rows({ effects: [effect('+', `rows of ${formatName(table)}`)], touches: [rowsOf(table)] });
}

function update(read: Reader): Traits | undefined {
  if (read.accept('OR')) read.next();
  const table = qualified(read);
  if (table === undefined) return undefined;
  return rows({ effects: [effect('~', `rows of ${formatName(table)}`)], touches: [rowsOf(table)] });
}

function remove(read: Reader): Traits | undefined {
  if (!read.accept('FROM')) return undefined;
  const table = qualified(read);
  if (table === undefined) return undefined;
  return rows({
    effects: [effect('-', `rows of ${formatName(table)}`)],
    touches: [rowsOf(table)],
    risks: [{ kind: 'loses', loss: { what: 'rows', table } }],
  });
}

/** The statement behind WITH decides: it may change rows. */
function common(_read: Reader, tokens: readonly Token[]): Traits | undefined {
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    if (depth > 0 || token.kind !== 'word') continue;
    const rest = reader(tokens.slice(index + 1));
    if (token.upper === 'SELECT' || token.upper === 'VALUES') return query();
    if (token.upper === 'INSERT' || (token.upper === 'REPLACE' && rest.at('INTO'))) return insert(rest);
    if (token.upper === 'UPDATE') return update(rest);
    if (token.upper === 'DELETE') return remove(rest);
  }
  return undefined;
}

/** Settings that do nothing, or are refused, while a transaction is open: https://www.sqlite.org/pragma.html */
const outsideOnly = new Set(['foreign_keys', 'journal_mode', 'synchronous', 'temp_store', 'wal_checkpoint', 'locking_mode', 'auto_vacuum']);
/** Numbers kept in the file itself. */
const kept = new Set(['user_version', 'application_id', 'schema_version']);

function pragma(read: Reader): Traits | undefined {
  const first = read.name();
  const written = read.accept('.') ? read.name() : first;
  if (written === undefined) return undefined;
  const name = lower(written);
  if (name === 'incremental_vacuum' || name === 'optimize') return structure({ afterCrash: 'repeat', touches: ['file'] });
  const sets = read.accept('=') || (read.at('(') && !/_(list|info|xinfo|check)$/.test(name));
  if (kept.has(name) && sets) return structure({ afterCrash: 'repeat', effects: [effect('~', name)], touches: ['file'] });
  if (outsideOnly.has(name) && (sets || name === 'wal_checkpoint')) return session({ transactional: false });
  return sets ? session() : query();
}
