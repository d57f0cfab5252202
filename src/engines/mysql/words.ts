import { scan } from '../../base/index.ts';
import type { Server } from '../../contracts/index.ts';
import type { Name, QualifiedName } from '../../schema/index.ts';
import { has } from './flavours.ts';
import { rules } from './split.ts';
import { unquote } from './text.ts';

/** A token of a statement: `word` in capitals for words and symbols, `name` what it means as a name. */
export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'symbol' | 'end';
  readonly word: string;
  readonly name: Name;
  readonly start: number;
  readonly end: number;
}

const end: Token = { kind: 'end', word: '', name: '', start: Number.MAX_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER };

/** Reads the tokens of one statement from the left; further than it is asked it does not look. */
export interface Words {
  /** The token that comes next, or the one `ahead` of it. */
  peek(ahead?: number): Token;
  next(): Token;
  /** Passes over the words if they come next, in this order. */
  accept(...words: readonly string[]): boolean;
  /** Reads a name with or without its database; the connection's own database is left out. */
  table(): QualifiedName | undefined;
  /** Passes over one expression in parentheses, or one token. */
  skip(): void;
  readonly atEnd: boolean;
}

/** The words of a statement as this server reads it: code in comments counts where the server would run it. */
export function wordsOf(sql: string, server: Server): Words {
  const text = executed(sql, server);
  const cursor = scan(text, rules);
  const buffer: Token[] = [];

  const fill = (wanted: number): void => {
    while (buffer.length <= wanted && cursor.next()) {
      const { kind, start } = cursor;
      if (kind === 'comment' || kind === 'hint') continue;
      buffer.push(tokenOf(kind === 'unfinished' ? 'string' : kind, text.slice(start, cursor.end), { start, server }));
    }
  };
  const words: Words = {
    peek: (ahead = 0) => {
      fill(ahead);
      return buffer[ahead] ?? end;
    },
    next: () => {
      fill(0);
      return buffer.shift() ?? end;
    },
    accept: (...wanted) => {
      if (!wanted.every((word, i) => words.peek(i).word === word)) return false;
      for (let i = 0; i < wanted.length; i++) words.next();
      return true;
    },
    table: () => {
      if (!isName(words.peek())) return undefined;
      const first = words.next().name;
      if (words.peek().word !== '.' || !isName(words.peek(1))) return qualified(undefined, first, server);
      words.next();
      return qualified(first, words.next().name, server);
    },
    skip: () => {
      let depth = 0;
      do {
        const { word } = words.next();
        if (word === '(') depth++;
        else if (word === ')') depth--;
      } while (depth > 0 && !words.atEnd);
    },
    get atEnd() {
      return words.peek().kind === 'end';
    },
  };
  return words;
}

/** ALGORITHM = …, DEFINER = …, SQL SECURITY … stand between the verb and the kind of object. */
export function skipModifiers(words: Words): void {
  for (;;) {
    if (words.accept('ALGORITHM', '=')) words.next();
    else if (words.accept('DEFINER', '=')) {
      words.next();
      if (words.accept('@')) words.next();
      else if (words.peek().word === '(') words.skip();
    } else if (words.accept('SQL', 'SECURITY')) words.next();
    else if (!words.accept('AGGREGATE') && !words.accept('UNDO')) return;
  }
}

function isName(token: Token): boolean {
  return token.kind === 'word' || token.kind === 'name';
}

function qualified(schema: Name | undefined, name: Name, server: Server): QualifiedName {
  const folded = (part: Name): Name => (has(server, 'lowerCaseTables') ? part.toLowerCase() : part);
  const own = schema === undefined || sameDatabase(schema, server);
  return own ? { name: folded(name) } : { schema: folded(schema), name: folded(name) };
}

function sameDatabase(schema: Name, server: Server): boolean {
  if (schema === server.namespace) return true;
  return has(server, 'foldsTables') && schema.toLowerCase() === server.namespace?.toLowerCase();
}

function tokenOf(kind: Token['kind'], text: string, { start, server }: { readonly start: number; readonly server: Server }): Token {
  const end = start + text.length;
  switch (kind) {
    case 'word':
      return { kind, word: text.toUpperCase(), name: text, start, end };
    case 'name':
      return { kind, word: '', name: text.slice(1, -1).replaceAll('``', '`'), start, end };
    case 'string':
      if (text.startsWith('"') && has(server, 'ansiQuotes'))
        return { kind: 'name', word: '', name: text.slice(1, -1).replaceAll('""', '"'), start, end };
      return { kind, word: '', name: unquote(text.slice(1, -1), !has(server, 'noBackslashEscapes')), start, end };
    default:
      return { kind, word: text, name: text, start, end };
  }
}

/**
 * The text with the code of executable comments laid bare where this server would run it, and blanks for the rest; offsets stay.
 * MariaDB passes over those for MySQL 5.7 and later: https://mariadb.com/kb/en/comment-syntax/
 */
function executed(sql: string, server: Server): string {
  if (!/\/\*M?!/.test(sql)) return sql;
  const [major = 0, minor = 0, patch = 0] = server.version;
  const own = major * 10_000 + minor * 100 + patch;
  const cursor = scan(sql, rules);
  let text = '';
  let copied = 0;
  while (cursor.next()) {
    if (cursor.kind !== 'hint') continue;
    const hint = sql.slice(cursor.start, cursor.end);
    const match = /^\/\*(M?)!(\d{5,6})?/.exec(hint);
    if (match === null) continue;
    const wanted = Number(match[2] ?? 0);
    const forMaria = match[1] === 'M';
    const runs = has(server, 'mariadb') ? own >= wanted && (forMaria || wanted < 50_700 || wanted > 99_999) : !forMaria && own >= wanted;
    const blank = (part: string): string => part.replace(/[^\n]/g, ' ');
    const body = hint.slice(match[0].length, -2);
    text += `${sql.slice(copied, cursor.start)}${blank(match[0])}${runs ? body : blank(body)}  `;
    copied = cursor.end;
  }
  return text + sql.slice(copied);
}
