import { countBlocks, type SplitRules, scan, significantTokens, splitScript } from '../../base/index.ts';
import type { SplitScript, TransactionControl } from '../../contracts/index.ts';
import { fold } from './quote.ts';

/** Quotes, comments and bodies of PostgreSQL: https://www.postgresql.org/docs/current/sql-syntax-lexical.html */
export const rules: SplitRules = {
  nestedComments: true,
  hashComments: false,
  dashNeedsSpace: false,
  backslash: 'prefix',
  doubleQuotes: 'name',
  backticks: false,
  brackets: false,
  dollarQuotes: true,
  holders: new Set(['CREATE']),
  compound: /^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE)\b/,
  blocks: () => countBlocks('ATOMIC'),
  delimiterCommand: false,
  copyData: true,
  metaCommand: (line) => {
    const name = /^\\\S*/.exec(line)?.[0];
    // pg_dump puts these two around its text since August 2025, to keep psql from running commands hidden in it.
    return name === undefined ? undefined : { name, harmless: /^\\(un)?restrict$/.test(name) };
  },
};

/** Cuts a script into statements; commands of psql are problems, except those that pg_dump itself writes. */
export function split(script: string): SplitScript {
  return splitScript(script, rules);
}

/** The tokens that count: comments, white space, empty statements and the case of words outside quotes do not. Rows of COPY do. */
export function tokens(script: string): string {
  const { statements, problems } = splitScript(script, rules);
  if (problems.length > 0) return significantTokens(script, rules, fold);
  return statements
    .map(
      ({ sql, copyData }) =>
        significantTokens(sql, rules, fold) + (copyData === undefined ? '' : `\u001e${copyData.replaceAll('\r\n', '\n')}`),
    )
    .join('\u001d');
}

/**
 * What a statement does to the transaction it stands in. `PREPARE TRANSACTION` takes the transaction out of the session's hands, so it
 * counts as its loss and is refused like ROLLBACK. Savepoints, and what is said of other, prepared transactions, are no control.
 */
export function transactionControl(sql: string): TransactionControl {
  const [first, second, third] = firstWords(sql, 3);
  switch (first) {
    case 'BEGIN':
      return 'begin';
    case 'START':
      return second === 'TRANSACTION' ? 'begin' : undefined;
    case 'COMMIT':
    case 'END':
      return second === 'PREPARED' ? undefined : 'commit';
    case 'ABORT':
      return 'rollback';
    case 'ROLLBACK':
      // ROLLBACK [WORK | TRANSACTION] TO goes back to a savepoint only.
      return second === 'PREPARED' || second === 'TO' || third === 'TO' ? undefined : 'rollback';
    case 'PREPARE':
      return second === 'TRANSACTION' ? 'rollback' : undefined;
    default:
      return undefined;
  }
}

function firstWords(sql: string, count: number): readonly string[] {
  const cursor = scan(sql, rules);
  const words: string[] = [];
  while (words.length < count && cursor.next()) {
    if (cursor.kind !== 'comment' && cursor.kind !== 'hint') words.push(sql.slice(cursor.start, cursor.end).toUpperCase());
  }
  return words;
}
