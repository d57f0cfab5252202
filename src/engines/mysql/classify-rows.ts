import type { Server, Traits } from '../../contracts/index.ts';
import { formatName, type QualifiedName, tableKey } from '../../schema/index.ts';
import { loses, rows, structure } from './traits.ts';
import type { Words } from './words.ts';

/** INSERT and REPLACE, behind the verb. */
export function classifyInsert(words: Words, server: Server): Traits {
  for (const word of ['LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE', 'INTO']) words.accept(word);
  const table = words.table();
  if (table === undefined) return structure({ family: 'rows', afterCrash: 'ask' });
  return rows(isSafe(table, server), { effects: [{ sign: '+', text: `rows of ${formatName(table)}` }] });
}

/** UPDATE, behind the verb: every table that it names may be changed. */
export function classifyUpdate(words: Words, server: Server): Traits {
  while (words.accept('LOW_PRIORITY') || words.accept('IGNORE'));
  const table = words.table();
  if (table === undefined) return rows(allSafe(words, server));
  const safe = isSafe(table, server) && allSafe(words, server);
  return rows(safe, { effects: [{ sign: '~', text: `rows of ${formatName(table)}` }] });
}

/** DELETE, behind the verb, in its three forms: from one table, `DELETE a, b FROM …`, `DELETE FROM a, b USING …`. */
export function classifyDelete(words: Words, server: Server): Traits {
  while (words.accept('LOW_PRIORITY') || words.accept('QUICK') || words.accept('IGNORE') || words.accept('HISTORY'));
  words.accept('FROM');
  const tables: QualifiedName[] = [];
  do {
    const table = words.table();
    if (table === undefined) break;
    tables.push(table);
    if (words.accept('.', '*')) continue;
  } while (words.accept(','));
  const safe = tables.every((table) => isSafe(table, server)) && allSafe(words, server);
  return rows(safe, {
    risks: tables.map((table) => loses('rows', table)),
    effects: tables.map((table) => ({ sign: '-' as const, text: `rows of ${formatName(table)}` })),
  });
}

/** LOAD DATA and LOAD XML, behind the first word. LOAD INDEX INTO CACHE commits by itself. */
export function classifyLoad(words: Words, server: Server): Traits {
  if (words.accept('INDEX')) return structure({ afterCrash: 'repeat' });
  while (!words.atEnd && !words.accept('INTO', 'TABLE')) words.next();
  const table = words.table();
  if (table === undefined) return structure({ family: 'rows', afterCrash: 'ask' });
  return rows(isSafe(table, server), { effects: [{ sign: '+', text: `rows of ${formatName(table)}` }] });
}

function isSafe(table: QualifiedName, server: Server): boolean {
  return server.unsafeTables?.has(tableKey(table)) !== true;
}

/** No name in the rest of the statement is that of a table without transactions; whether it is only read is not looked at. */
function allSafe(words: Words, server: Server): boolean {
  if (server.unsafeTables === undefined || server.unsafeTables.size === 0) return true;
  while (!words.atEnd) {
    const table = words.table();
    if (table === undefined) words.next();
    else if (!isSafe(table, server)) return false;
  }
  return true;
}
