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

const other = 0;
const space = 1;
const letter = 2;
const digit = 3;
const classes = new Uint8Array(128);
for (let unit = 0; unit < 128; unit++) {
  if (unit <= 32) classes[unit] = space;
  else if ((unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122) || unit === 95) classes[unit] = letter;
  else if (unit >= 48 && unit <= 57) classes[unit] = digit;
}

const [quote, double, backtick, dash, slash, star, hash, dollar, dot, backslash] = [39, 34, 96, 45, 47, 42, 35, 36, 46, 92];

/** Starts at the beginning of the text, before its first token. */
export function scan(text: string, rules: ScanRules): Cursor {
  const length = text.length;
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;

  const cursor: Cursor = {
    kind: 'end',
    start: 0,
    end: 0,
    next,
    moveTo: (offset) => {
      at = offset;
    },
  };
  return cursor;

  function next(): boolean {
    while (at < length && isSpace(text.charCodeAt(at))) at++;
    cursor.start = at;
    if (at >= length) {
      cursor.kind = 'end';
      cursor.end = length;
      return false;
    }
    cursor.kind = token(text.charCodeAt(at));
    cursor.end = at;
    return true;
  }

  function token(unit: number): TokenKind {
    const kind = unit < 128 ? classes[unit] : letter;
    if (kind === letter) return word(unit);
    if (kind === digit) return number();
    switch (unit) {
      case quote:
        return quoted(quote, rules.backslash === 'always', 'string');
      case double:
        return quoted(double, rules.doubleQuotes === 'string' && rules.backslash === 'always', rules.doubleQuotes);
      case backtick:
        return rules.backticks ? quoted(backtick, false, 'name') : symbol();
      case 91:
        return rules.brackets ? bracketed() : symbol();
      case dash:
        return text.charCodeAt(at + 1) === dash && (!rules.dashNeedsSpace || endsWord(at + 2)) ? lineComment() : symbol();
      case hash:
        return rules.hashComments ? lineComment() : symbol();
      case slash:
        return text.charCodeAt(at + 1) === star ? blockComment() : symbol();
      case dollar:
        return rules.dollarQuotes ? dollarQuoted() : symbol();
      case dot:
        return classes[text.charCodeAt(at + 1)] === digit ? number() : symbol();
      default:
        return symbol();
    }
  }

  function symbol(): TokenKind {
    at++;
    return 'symbol';
  }

  function endsWord(offset: number): boolean {
    return offset >= length || isSpace(text.charCodeAt(offset));
  }

  function word(first: number): TokenKind {
    const start = at;
    do at++;
    while (at < length && isWordPart(text.charCodeAt(at)));
    if (text.charCodeAt(at) !== quote || at - start > 2) return stringPrefix(start) ?? 'word';
    // E'…', B'…', X'…', N'…': the letter belongs to the string.
    const upper = first & ~32;
    if (at - start === 1 && (upper === 69 || upper === 66 || upper === 88 || upper === 78)) {
      return quoted(quote, rules.backslash === 'always' || (rules.backslash === 'prefix' && upper === 69), 'string');
    }
    return 'word';
  }

  /** `U&'…'` and `U&"…"` (PostgreSQL); the ampersand is no part of a word, so it is looked for here. */
  function stringPrefix(start: number): TokenKind | undefined {
    if (at - start !== 1 || (text.charCodeAt(start) & ~32) !== 85 || text.charCodeAt(at) !== 38 || !rules.dollarQuotes) return undefined;
    const opening = text.charCodeAt(at + 1);
    if (opening !== quote && opening !== double) return undefined;
    at++;
    return quoted(opening, false, opening === quote ? 'string' : 'name');
  }

  function number(): TokenKind {
    at++;
    while (at < length && (isWordPart(text.charCodeAt(at)) || text.charCodeAt(at) === dot)) at++;
    return 'number';
  }

  function quoted(closing: number, escapes: boolean, kind: 'string' | 'name'): TokenKind {
    at++;
    while (at < length) {
      const unit = text.charCodeAt(at);
      if (unit === closing) {
        if (text.charCodeAt(at + 1) !== closing) {
          at++;
          return kind;
        }
        at += 2;
      } else if (unit === backslash && escapes) at += 2;
      else at++;
    }
    at = length;
    return 'unfinished';
  }

  function bracketed(): TokenKind {
    const close = text.indexOf(']', at);
    at = close < 0 ? length : close + 1;
    return close < 0 ? 'unfinished' : 'name';
  }

  function lineComment(): TokenKind {
    const newline = text.indexOf('\n', at);
    at = newline < 0 ? length : newline;
    return 'comment';
  }

  function blockComment(): TokenKind {
    const mark = text.charCodeAt(at + 2);
    const code = mark === 33 || (mark === 77 && text.charCodeAt(at + 3) === 33);
    const hint = mark === 43 || code;
    if (code && rules.executableComments && executableComment()) return 'hint';
    let depth = 1;
    let from = at + 2;
    while (depth > 0) {
      const close = text.indexOf('*/', from);
      if (close < 0) {
        at = length;
        return 'unfinished';
      }
      const open = rules.nestedComments ? text.indexOf('/*', from) : -1;
      if (open >= 0 && open < close) {
        depth++;
        from = open + 2;
      } else {
        depth--;
        from = close + 2;
      }
    }
    at = from;
    return hint ? 'hint' : 'comment';
  }

  /** Walks over the code inside; stays where it is when that cannot be read, as in a text that only looks like code. */
  function executableComment(): boolean {
    const start = at;
    at = text.indexOf('!', at) + 1;
    while (at < length && !text.startsWith('*/', at)) {
      const unit = text.charCodeAt(at);
      if (isSpace(unit)) at++;
      else if (token(unit) === 'unfinished') at = length;
    }
    const closed = at < length;
    at = closed ? at + 2 : start;
    return closed;
  }

  function dollarQuoted(): TokenKind {
    let end = at + 1;
    if (classes[text.charCodeAt(end)] === digit) return symbol();
    while (end < length && isWordPart(text.charCodeAt(end)) && text.charCodeAt(end) !== dollar) end++;
    if (text.charCodeAt(end) !== dollar) return symbol();
    const tag = text.slice(at, end + 1);
    const close = text.indexOf(tag, end + 1);
    at = close < 0 ? length : close + tag.length;
    return close < 0 ? 'unfinished' : 'string';
  }
}

function isSpace(unit: number): boolean {
  return unit < 128 ? classes[unit] === space : unit === 0xa0 || unit === 0xfeff || unit === 0x2028 || unit === 0x2029 || unit === 0x3000;
}

function isWordPart(unit: number): boolean {
  if (unit >= 128) return !isSpace(unit);
  const kind = classes[unit];
  return kind === letter || kind === digit || unit === dollar;
}
