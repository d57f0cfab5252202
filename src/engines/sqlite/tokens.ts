import { type ScanRules, scan } from '../../base/index.ts';
import { unquoted } from './quote.ts';

/** Quotes and comments of SQLite: https://www.sqlite.org/lang_keywords.html, https://www.sqlite.org/lang_comment.html */
export const scanRules: ScanRules = {
  nestedComments: false,
  hashComments: false,
  dashNeedsSpace: false,
  backslash: 'never',
  doubleQuotes: 'name',
  backticks: true,
  brackets: true,
  dollarQuotes: false,
};

/** A token that means something: comments and white space are left out. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'symbol';
  readonly text: string;
  /** A word in capitals; of anything else the text. */
  readonly upper: string;
  readonly start: number;
  readonly end: number;
}

/** Every significant token of a statement. A quote that is never closed makes one symbol of the rest. */
export function tokensOf(sql: string): readonly Token[] {
  const cursor = scan(sql, scanRules);
  const tokens: Token[] = [];
  while (cursor.next()) {
    const { kind, start, end } = cursor;
    if (kind === 'comment' || kind === 'hint') continue;
    const text = sql.slice(start, end);
    const known = kind === 'word' || kind === 'name' || kind === 'string' || kind === 'number' ? kind : 'symbol';
    tokens.push({ kind: known, text, upper: known === 'word' ? text.toUpperCase() : text, start, end });
  }
  return tokens;
}

/** The first words of a statement in capitals, at most `count`, up to the first token that is no word. */
export function leadingWords(sql: string, count: number): readonly string[] {
  const cursor = scan(sql, scanRules);
  const words: string[] = [];
  while (words.length < count && cursor.next()) {
    if (cursor.kind === 'comment' || cursor.kind === 'hint') continue;
    if (cursor.kind !== 'word') break;
    words.push(sql.slice(cursor.start, cursor.end).toUpperCase());
  }
  return words;
}

/** Walks over tokens. What is asked for and not there leaves the reader where it is. */
export interface Reader {
  /** The token `ahead` places further on. */
  peek(ahead?: number): Token | undefined;
  /** Takes one token. */
  next(): Token | undefined;
  /** Whether these words or symbols come next. */
  at(...wanted: readonly string[]): boolean;
  /** Takes these words or symbols if all of them come next. */
  accept(...wanted: readonly string[]): boolean;
  /** Takes a name: a word, or anything in one of the four kinds of quotes. */
  name(): string | undefined;
  /** Takes a parenthesised group and gives what is inside; nothing when no closed group begins here. */
  group(): readonly Token[] | undefined;
  readonly done: boolean;
}

export function reader(tokens: readonly Token[]): Reader {
  let position = 0;
  const at = (...wanted: readonly string[]): boolean => {
    for (let index = 0; index < wanted.length; index++) {
      const token = tokens[position + index];
      if (token === undefined || token.upper !== wanted[index] || (token.kind !== 'word' && token.kind !== 'symbol')) return false;
    }
    return true;
  };
  return {
    peek: (ahead = 0) => tokens[position + ahead],
    next: () => {
      const token = tokens[position];
      if (token !== undefined) position++;
      return token;
    },
    at,
    accept: (...wanted) => {
      const found = at(...wanted);
      if (found) position += wanted.length;
      return found;
    },
    name: () => {
      const token = tokens[position];
      if (token === undefined || !isName(token)) return undefined;
      position++;
      return unquoted(token.text);
    },
    group: () => {
      if (!at('(')) return undefined;
      const close = closing(tokens, position);
      if (close < 0) return undefined;
      const inside = tokens.slice(position + 1, close);
      position = close + 1;
      return inside;
    },
    get done() {
      return position >= tokens.length;
    },
  };
}

/** Whether a token can stand for a name. SQLite takes a string for one where only a name fits. */
export function isName(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'name' || (token.kind === 'string' && token.text.startsWith("'"));
}

/** The pieces between commas that are in no parentheses. */
export function listItems(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const items: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    if (token.text === ',' && depth === 0) items.push([]);
    else items.at(-1)?.push(token);
  }
  return items;
}

/** Where the group that opens at `open` ends, or -1. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const text = tokens[index]?.text;
    if (text === '(') depth++;
    else if (text === ')' && --depth === 0) return index;
  }
  return -1;
}
