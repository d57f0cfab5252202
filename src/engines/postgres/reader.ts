import { type Cursor, scan, type TokenKind } from '../../base/index.ts';
import type { Server } from '../../contracts/index.ts';
import type { QualifiedName } from '../../schema/index.ts';
import { fold, unquote } from './quote.ts';
import { rules } from './split.ts';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** A word or a symbol in capitals; empty for everything in quotes and for numbers. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Walks over the significant tokens of one statement. Scans no further than it is asked to look. */
export interface Reader {
  /** The token so many places ahead; past the end, one of kind `end`. */
  peek(ahead?: number): Token;
  /** Whether exactly these words stand here. */
  is(...words: readonly string[]): boolean;
  /** Steps over these words if they stand here. */
  take(...words: readonly string[]): boolean;
  /** Steps over the first of these phrases that stands here and gives it. */
  takeOne(phrases: readonly string[]): string | undefined;
  skip(): Token;
  /** Reads names set apart by dots, folded as the server does. */
  path(): readonly string[];
  /** Reads `name` or `schema.name`; of more parts the last two count. */
  name(): QualifiedName | undefined;
  /** Reads names set apart by commas; `(…)` and `*` behind a name are passed over. */
  names(): readonly QualifiedName[];
  /** Steps over `( … )` if it stands here and gives its tokens. */
  parentheses(): readonly Token[] | undefined;
  /** Steps over everything up to a comma or an end outside parentheses, and gives it. */
  item(): readonly Token[];
  readonly ended: boolean;
}

const end: Token = { kind: 'end', text: '', word: '', start: 0, end: 0 };

/** Reads the statement from its beginning; a terminator at its end is no token. */
export function reader(sql: string): Reader {
  const cursor = scan(sql, rules);
  const tokens: Token[] = [];
  let exhausted = false;
  return readerOver((index) => {
    while (!exhausted && tokens.length <= index) {
      if (!cursor.next()) exhausted = true;
      else if (cursor.kind !== 'comment' && cursor.kind !== 'hint') tokens.push(tokenAt(cursor, sql));
    }
    return tokens[index];
  });
}

/** Reads a part of a statement that was cut out before. */
export function readerOf(tokens: readonly Token[]): Reader {
  return readerOver((index) => tokens[index]);
}

/** All tokens of a piece of SQL. */
export function readTokens(sql: string): readonly Token[] {
  const r = reader(sql);
  const tokens: Token[] = [];
  while (!r.ended) tokens.push(r.skip());
  return tokens;
}

function tokenAt({ kind, start, end: stop }: Cursor, sql: string): Token {
  const text = sql.slice(start, stop);
  return { kind, text, word: kind === 'word' || kind === 'symbol' ? text.toUpperCase() : '', start, end: stop };
}

function readerOver(tokenOf: (index: number) => Token | undefined): Reader {
  let at = 0;
  const peek = (ahead = 0): Token => {
    const token = tokenOf(at + ahead);
    return token === undefined || token.word === ';' ? end : token;
  };
  const is = (...words: readonly string[]): boolean => {
    for (let ahead = 0; ahead < words.length; ahead++) if (peek(ahead).word !== words[ahead]) return false;
    return true;
  };
  const skip = (): Token => {
    const token = peek();
    if (token.kind !== 'end') at++;
    return token;
  };
  const take = (...words: readonly string[]): boolean => {
    if (!is(...words)) return false;
    at += words.length;
    return true;
  };
  const namePart = (): string | undefined => {
    const token = peek();
    if (token.kind !== 'word' && token.kind !== 'name') return undefined;
    at++;
    return token.kind === 'word' ? fold(token.text) : unquote(token.text);
  };
  const path = (): readonly string[] => {
    const parts: string[] = [];
    for (let part = namePart(); part !== undefined; part = take('.') ? namePart() : undefined) parts.push(part);
    return parts;
  };
  const name = (): QualifiedName | undefined => {
    const parts = path();
    const last = parts.at(-1);
    const schema = parts.at(-2);
    if (last === undefined) return undefined;
    return schema === undefined ? { name: last } : { schema, name: last };
  };
  const parentheses = (): readonly Token[] | undefined => {
    if (!is('(')) return undefined;
    const inside: Token[] = [];
    let depth = 0;
    while (peek().kind !== 'end') {
      const token = skip();
      if (token.word === '(') depth++;
      if (token.word === ')' && --depth === 0) break;
      inside.push(token);
    }
    return inside.slice(1);
  };
  const item = (): readonly Token[] => {
    const inside: Token[] = [];
    let depth = 0;
    while (peek().kind !== 'end' && (depth > 0 || peek().word !== ',')) {
      const token = skip();
      if (token.word === '(' || token.word === '[') depth++;
      if (token.word === ')' || token.word === ']') depth--;
      inside.push(token);
    }
    return inside;
  };
  const names = (): readonly QualifiedName[] => {
    const found: QualifiedName[] = [];
    do {
      take('ONLY');
      const next = name();
      if (next === undefined) break;
      found.push(next);
      parentheses();
      take('*');
    } while (take(','));
    return found;
  };
  return {
    peek,
    is,
    take,
    takeOne: (phrases) => phrases.find((phrase) => take(...phrase.split(' '))),
    skip,
    path,
    name,
    names,
    parentheses,
    item,
    get ended() {
      return peek().kind === 'end';
    },
  };
}

/** A name as SQL writes it, quoted where it must be. */
export function parseNameInSql(sql: string): QualifiedName | undefined {
  return reader(sql).name();
}

/** The name without its schema when that is the connection's own. */
export function plain(name: QualifiedName, server: Server): QualifiedName {
  return name.schema !== undefined && name.schema === server.namespace ? { name: name.name } : name;
}

/** The name with its schema: the connection's own when it has none. */
export function resolved(name: QualifiedName, server: Server): QualifiedName {
  return name.schema === undefined && server.namespace !== undefined ? { schema: server.namespace, name: name.name } : name;
}
