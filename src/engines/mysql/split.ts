import { followBlocks, type SplitRules, scan, significantTokens, splitScript } from '../../base/index.ts';
import type { SplitScript, TransactionControl } from '../../contracts/index.ts';
import { keywords } from './keywords.ts';

/**
 * Commands of the mysql client that change nothing of what follows; all others do, and are no SQL.
 * https://dev.mysql.com/doc/refman/8.4/en/mysql-commands.html
 */
const harmless: ReadonlySet<string> = new Set([
  'help',
  '?',
  'clear',
  'nopager',
  'notee',
  'nowarning',
  'pager',
  'print',
  'prompt',
  'rehash',
  'status',
  'tee',
  'warnings',
  '\\h',
  '\\?',
  '\\c',
  '\\n',
  '\\t',
  '\\w',
  '\\P',
  '\\p',
  '\\R',
  '\\#',
  '\\s',
  '\\T',
  '\\W',
  '\\-',
]);
const commands: ReadonlySet<string> = new Set([
  'charset',
  'connect',
  'edit',
  'ego',
  'exit',
  'go',
  'quit',
  'resetconnection',
  'source',
  'system',
]);

/** Words that open a block where a statement begins, beside BEGIN and CASE. */
const openers: ReadonlySet<string> = new Set(['IF', 'LOOP', 'WHILE', 'REPEAT', 'FOR']);

/** Quotes and comments of MySQL: https://dev.mysql.com/doc/refman/8.4/en/lexical-structure.html */
export const rules: SplitRules = {
  nestedComments: false,
  hashComments: true,
  dashNeedsSpace: true,
  backslash: 'always',
  doubleQuotes: 'string',
  backticks: true,
  brackets: false,
  dollarQuotes: false,
  executableComments: true,
  holders: new Set(['CREATE', 'BEGIN', 'CASE', ...openers]),
  compound:
    /^(BEGIN NOT|IF|LOOP|WHILE|REPEAT|FOR|CASE|CREATE( OR REPLACE)?( AGGREGATE)?( DEFINER( \S+){0,3})? (TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE))\b/,
  blocks: () => followBlocks(openers),
  delimiterCommand: true,
  copyData: false,
  metaCommand: (line) => {
    const name = /^(?:\\.|\?|[a-z]+)(?=[\s;]|$)/i.exec(line)?.[0] ?? /^\\\S/.exec(line)?.[0];
    if (name === undefined || name === '\\N') return undefined;
    const word = name.startsWith('\\') ? name : name.toLowerCase();
    const rest = line.slice(name.length);
    // What stands behind it on the line may be SQL, which must not go unseen.
    const alone = name.startsWith('\\') && !/^\\[PTR]/.test(name) ? /^[\s;]*$/.test(rest) : !/;\s*\S/.test(rest);
    if (harmless.has(word)) return { name, harmless: alone };
    return commands.has(word) || word.startsWith('\\') ? { name, harmless: false } : undefined;
  },
};

/** Cuts a script as the mysql client does, with DELIMITER, and bodies of routines, triggers and events without it. */
export function split(script: string): SplitScript {
  return splitScript(script, rules);
}

/** The significant tokens of a script; only the case of keywords is taken away, because names of tables may differ in it. */
export function tokens(script: string): string {
  return significantTokens(script, rules, (word) => {
    const upper = word.toUpperCase();
    return keywords.has(upper) ? upper : word;
  });
}

/**
 * The role of a statement in the script's own transactions. `SET autocommit = 0` opens one, as scripts use it; LOCK TABLES and
 * UNLOCK TABLES bracket one too: under the locks themselves the history could not be written, and in a transaction rows are safe.
 */
export function transactionControl(sql: string): TransactionControl {
  const { words, text } = leadingWords(sql);
  const [first, second, third] = words;
  const tables = second === 'TABLE' || second === 'TABLES';
  switch (first) {
    case 'BEGIN':
      return second === undefined || second === 'WORK' ? 'begin' : undefined;
    case 'START':
      return second === 'TRANSACTION' ? 'begin' : undefined;
    case 'LOCK':
      return tables ? 'begin' : undefined;
    case 'COMMIT':
      return 'commit';
    case 'UNLOCK':
      return tables ? 'commit' : undefined;
    case 'ROLLBACK':
      return second === 'TO' || (second === 'WORK' && third === 'TO') ? undefined : 'rollback';
    case 'SET':
      return /^SET\s+(@@)?((SESSION|LOCAL)(\s+|\.))?AUTOCOMMIT\s*:?=\s*(0|OFF|FALSE)\s*;?\s*$/i.test(text) ? 'begin' : undefined;
    default:
      return undefined;
  }
}

/** The first three tokens in capitals, and the text from the first on; comments do not count, a terminator neither. */
function leadingWords(sql: string): { readonly words: readonly string[]; readonly text: string } {
  const cursor = scan(sql, rules);
  const words: string[] = [];
  let start = 0;
  while (words.length < 3 && cursor.next()) {
    if (cursor.kind === 'comment') continue;
    const word = sql.slice(cursor.start, cursor.end).toUpperCase();
    if (word === ';') continue;
    if (words.length === 0) start = cursor.start;
    words.push(word);
  }
  return { words, text: sql.slice(start) };
}
