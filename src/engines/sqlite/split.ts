import { countBlocks, type SplitRules, significantTokens, splitScript } from '../../base/index.ts';
import type { SplitScript, TransactionControl } from '../../contracts/index.ts';
import { keywords, typeWords } from './keywords.ts';
import { leadingWords, scanRules } from './tokens.ts';

/** Commands of the sqlite3 terminal that only change what it shows: https://www.sqlite.org/cli.html */
const harmless =
  /^(bail|binary|changes|echo|eqp|explain|headers?|log|mode|nullvalue|print|progress|prompt|separator|show|stats|timer|width)$/;

/** What a script for SQLite looks like: https://www.sqlite.org/lang.html */
const rules: SplitRules = {
  ...scanRules,
  holders: new Set(['CREATE']),
  compound: /^CREATE (TEMP |TEMPORARY )?TRIGGER\b/,
  blocks: () => countBlocks('BEGIN'),
  delimiterCommand: false,
  copyData: false,
  metaCommand: (line) => {
    const name = /^\.([a-z]+)/i.exec(line)?.[1]?.toLowerCase();
    return name === undefined ? undefined : { name: `.${name}`, harmless: harmless.test(name) };
  },
};

export function split(script: string): SplitScript {
  return splitScript(script, rules);
}

/**
 * The significant tokens of a script in one text. The case of keywords and type names does not count; that of names does, because
 * SQLite hands the names of columns to programs as they were written.
 */
export function tokens(script: string): string {
  return significantTokens(script, rules, (word) => {
    const upper = word.toUpperCase();
    return keywords.has(upper) || typeWords.has(upper) ? upper : word;
  });
}

/** https://www.sqlite.org/lang_transaction.html; a savepoint inside a transaction is none of its ends. */
export function transactionControl(sql: string): TransactionControl {
  const [first, second, third] = leadingWords(sql, 3);
  switch (first) {
    case 'BEGIN':
      return 'begin';
    case 'COMMIT':
    case 'END':
      return 'commit';
    case 'ROLLBACK':
      return second === 'TO' || third === 'TO' ? undefined : 'rollback';
    default:
      return undefined;
  }
}
