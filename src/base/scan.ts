/**
 * A scanner for SQL, told by a table of rules what an engine's quotes and comments look like. It walks over a text without making
 * objects: `next` moves on and leaves kind, start and end of the token in the cursor. White space is passed over.
 */
export interface ScanRules {
  /** Comments inside comments count (PostgreSQL). */
  readonly nestedComments: boolean;
  /** `#` begins a comment (MySQL). */
  readonly hashComments: boolean;
  /** `--` begins a comment only before white space (MySQL). */
  readonly dashNeedsSpace: boolean;
  /** A backslash in a string hides the next character: always (MySQL), after the prefix E (PostgreSQL), or never. */
  readonly backslash: 'always' | 'prefix' | 'never';
  /** What double quotes hold. */
  readonly doubleQuotes: 'name' | 'string';
  readonly backticks: boolean;
  readonly brackets: boolean;
  /** `$tag$ … $tag$` (PostgreSQL). */
  readonly dollarQuotes: boolean;
  /** Comments that begin with `/*!` are code of their own: strings and comments inside them do not end them (MySQL). */
  readonly executableComments?: true;
}

export type TokenKind =
  | 'word'
  /** A quoted name. */
  | 'name'
  | 'string'
  | 'number'
  | 'symbol'
  | 'comment'
  /** A comment that the engine reads: an optimiser hint, or MySQL's code for some versions only. */
  | 'hint'
  /** A string, name or comment that never ends. */
  | 'unfinished'
  | 'end';

export interface Cursor {
  kind: TokenKind;
  start: number;
  end: number;
  /** Moves to the next token; false at the end of the text. */
  next(): boolean;
  /** Goes on from another offset. */
  moveTo(offset: number): void;
}

const space = 1;
const letter = 2;
const digit = 3;
const classes = new Uint8Array(128);
for (let unit = 0; unit < 128; unit++) {
  if (unit <= 32) classes[unit] = space;
  else if ((unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 95) classes[unit] = letter;
  else if (unit >= 48 && unit <= 57) classes[unit] = digit;
}

const [quote, double, backtick, dash, slash, star] = [39, 34, 96, 45, 47, 42];
const [hash, dollar, dot, backslash, opening, ampersand] = [35, 36, 46, 92, 91, 38];

/** Starts at the beginning of the text, before its first token. */
export function scan(text: string, rules: ScanRules): Cursor {
  const state: State = { text, rules, length: text.length, at: text.charCodeAt(0) === 0xfeff ? 1 : 0 };
  const cursor: Cursor = {
    kind: 'end',
    start: 0,
    end: 0,
    next: () => {
      while (state.at < state.length && isSpace(text.charCodeAt(state.at))) state.at++;
      cursor.start = state.at;
      cursor.kind = state.at < state.length ? token(state, text.charCodeAt(state.at)) : 'end';
      cursor.end = state.at;
      return cursor.kind !== 'end';
    },
    moveTo: (offset) => {
      state.at = offset;
    },
  };
  return cursor;
}

interface State {
  readonly text: string;
  readonly rules: ScanRules;
  readonly length: number;
  at: number;
}

function token(state: State, unit: number): TokenKind {
  const kind = unit < 128 ? classes[unit] : letter;
  if (kind === letter) return word(state, unit);
  if (kind === digit) return number(state);
  const next = state.text.charCodeAt(state.at + 1);
  switch (unit) {
    case quote:
      return quoted(state, quote, state.rules.backslash === 'always', 'string');
    case double:
      return quoted(state, double, state.rules.doubleQuotes === 'string' && state.rules.backslash === 'always', state.rules.doubleQuotes);
    case dash:
      return next === dash && beginsDashComment(state) ? lineComment(state) : symbol(state);
    case slash:
      return next === star ? blockComment(state) : symbol(state);
    case dot:
      return classes[next] === digit ? number(state) : symbol(state);
    default:
      return ofOneEngine(state, unit);
  }
}

/** Signs that mean something in some engines only. */
function ofOneEngine(state: State, unit: number): TokenKind {
  const { rules } = state;
  if (unit === backtick && rules.backticks) return quoted(state, backtick, false, 'name');
  if (unit === opening && rules.brackets) return bracketed(state);
  if (unit === hash && rules.hashComments) return lineComment(state);
  if (unit === dollar && rules.dollarQuotes) return dollarQuoted(state);
  return symbol(state);
}

function symbol(state: State): TokenKind {
  state.at++;
  return 'symbol';
}

function beginsDashComment({ text, rules, length, at }: State): boolean {
  return !rules.dashNeedsSpace || at + 2 >= length || isSpace(text.charCodeAt(at + 2));
}

function word(state: State, first: number): TokenKind {
  const { text, rules, length } = state;
  const start = state.at;
  let at = start + 1;
  while (at < length && isWordPart(text.charCodeAt(at))) at++;
  state.at = at;
  if (at - start !== 1) return 'word';
  const upper = first & ~32;
  const next = text.charCodeAt(at);
  // E'…', B'…', X'…', N'…': the letter belongs to the string.
  if (next === quote && (upper === 69 || upper === 66 || upper === 88 || upper === 78)) {
    return quoted(state, quote, rules.backslash === 'always' || (rules.backslash === 'prefix' && upper === 69), 'string');
  }
  return next === ampersand && upper === 85 && rules.dollarQuotes ? unicodeEscaped(state) : 'word';
}

/** `U&'…'` and `U&"…"` (PostgreSQL): https://www.postgresql.org/docs/current/sql-syntax-lexical.html */
function unicodeEscaped(state: State): TokenKind {
  const closing = state.text.charCodeAt(state.at + 1);
  if (closing !== quote && closing !== double) return 'word';
  state.at++;
  return quoted(state, closing, false, closing === quote ? 'string' : 'name');
}

function number(state: State): TokenKind {
  const { text, length } = state;
  let at = state.at + 1;
  while (at < length && (isWordPart(text.charCodeAt(at)) || text.charCodeAt(at) === dot)) at++;
  state.at = at;
  return 'number';
}

function quoted(state: State, closing: number, escapes: boolean, kind: 'string' | 'name'): TokenKind {
  const { text, length } = state;
  let at = state.at + 1;
  while (at < length) {
    const unit = text.charCodeAt(at);
    if (unit === closing) {
      if (text.charCodeAt(at + 1) !== closing) {
        state.at = at + 1;
        return kind;
      }
      at += 2;
    } else at += unit === backslash && escapes ? 2 : 1;
  }
  state.at = length;
  return 'unfinished';
}

/** Goes on behind a text that closes something, or to the end when it is missing. */
function closedBy(state: State, close: number, width: number, kind: TokenKind): TokenKind {
  state.at = close < 0 ? state.length : close + width;
  return close < 0 ? 'unfinished' : kind;
}

function bracketed(state: State): TokenKind {
  return closedBy(state, state.text.indexOf(']', state.at), 1, 'name');
}

function lineComment(state: State): TokenKind {
  const newline = state.text.indexOf('\n', state.at);
  state.at = newline < 0 ? state.length : newline;
  return 'comment';
}

/** Walks over the code inside; stays where it is when that cannot be read, as in a text that only looks like code. */
function executableComment(state: State): boolean {
  const { text, length, at: start } = state;
  state.at = text.indexOf('!', start) + 1;
  while (state.at < length && !text.startsWith('*/', state.at)) {
    const unit = text.charCodeAt(state.at);
    if (isSpace(unit)) state.at++;
    else if (token(state, unit) === 'unfinished') state.at = length;
  }
  const closed = state.at < length;
  state.at = closed ? state.at + 2 : start;
  return closed;
}

function blockComment(state: State): TokenKind {
  const { text, rules, at } = state;
  const mark = text.charCodeAt(at + 2);
  const code = mark === 33 || (mark === 77 && text.charCodeAt(at + 3) === 33);
  if (code && state.rules.executableComments && executableComment(state)) return 'hint';
  const hint = mark === 43 || code;
  let depth = 1;
  let from = at + 2;
  while (depth > 0) {
    const close = text.indexOf('*/', from);
    if (close < 0) return closedBy(state, close, 0, 'comment');
    const open = rules.nestedComments ? text.indexOf('/*', from) : -1;
    const deeper = open >= 0 && open < close;
    depth += deeper ? 1 : -1;
    from = (deeper ? open : close) + 2;
  }
  state.at = from;
  return hint ? 'hint' : 'comment';
}

function dollarQuoted(state: State): TokenKind {
  const { text, length, at } = state;
  let end = at + 1;
  if (classes[text.charCodeAt(end)] === digit) return symbol(state);
  while (end < length && isWordPart(text.charCodeAt(end)) && text.charCodeAt(end) !== dollar) end++;
  if (text.charCodeAt(end) !== dollar) return symbol(state);
  const tag = text.slice(at, end + 1);
  return closedBy(state, text.indexOf(tag, end + 1), tag.length, 'string');
}

function isSpace(unit: number): boolean {
  return unit < 128 ? classes[unit] === space : unit === 0xa0 || unit === 0xfeff || unit === 0x2028 || unit === 0x2029 || unit === 0x3000;
}

function isWordPart(unit: number): boolean {
  if (unit >= 128) return !isSpace(unit);
  const kind = classes[unit];
  return kind === letter || kind === digit || unit === dollar;
}
