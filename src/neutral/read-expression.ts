import type { CallName, Expression, Speech } from './expression.ts';

type Token =
  | { readonly kind: 'text' | 'quoted' | 'number' | 'sign'; readonly text: string }
  | { readonly kind: 'word'; readonly text: string; readonly upper: string };

/** Thrown inside the reader only: what stands there does not mean the same everywhere. */
class NotPortable extends Error {}

const names = /"((?:[^"]|"")*)"|`((?:[^`]|``)*)`/u.source;
const others = /(\d+(?:\.\d+)?(?:e[-+]?\d+)?|\.\d+)|([\p{L}_][\p{L}\p{N}_$]*)|(::|<>|!=|<=|>=|[-+*=<>(),[\]])|([\s\S])/u.source;
const plainText = /'((?:[^']|'')*)'/u.source;
const escapedText = /'((?:[^'\\]|''|\\[\s\S])*)'/u.source;
/** In brackets stand names, where the engine has them (SQLite); elsewhere lists. */
const patternOf = ({ backslash, brackets }: Spelling): RegExp =>
  new RegExp(`\\s+|${backslash ? escapedText : plainText}|${names}|${brackets ? /\[([^\]]*)\]/u.source : '(?!)()'}|${others}`, 'giu');

type Spelling = Pick<Speech, 'backslash' | 'brackets' | 'lengthOfCharacters'>;

/** Reads an expression of any engine; gives nothing for one that may mean something else on another engine. */
export function readExpression(sql: string, spelling: Spelling): Expression | undefined {
  try {
    const reader = new Map<'at', number>([['at', 0]]);
    const tokens = tokensOf(sql, spelling);
    const expression = or({ tokens, place: reader, lengthOfCharacters: spelling.lengthOfCharacters === true });
    return reader.get('at') === tokens.length ? expression : undefined;
  } catch (error) {
    if (error instanceof NotPortable) return undefined;
    throw error;
  }
}

function tokensOf(sql: string, spelling: Spelling): readonly Token[] {
  const tokens: Token[] = [];
  for (const [, text, double, back, bracket, number, word, sign, other] of sql.matchAll(patternOf(spelling))) {
    if (text !== undefined) tokens.push({ kind: 'text', text: unquoted(text, spelling.backslash === true) });
    else if (double !== undefined) tokens.push({ kind: 'quoted', text: double.replaceAll('""', '"') });
    else if (back !== undefined) tokens.push({ kind: 'quoted', text: back.replaceAll('``', '`') });
    else if (bracket !== undefined) tokens.push({ kind: 'quoted', text: bracket });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, upper: word.toUpperCase() });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else if (other !== undefined) throw new NotPortable(other);
  }
  return tokens;
}

function unquoted(text: string, backslash: boolean): string {
  const plain = text.replaceAll("''", "'");
  if (!backslash || !text.includes('\\')) return plain;
  const meant: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0', b: '\b', Z: '\u001a' };
  return plain.replace(/\\([\s\S])/g, (_, one: string) => meant[one] ?? one);
}

interface Reader {
  readonly tokens: readonly Token[];
  readonly place: Map<'at', number>;
  readonly lengthOfCharacters: boolean;
}

const at = ({ place }: Reader): number => place.get('at') ?? 0;
const peek = (reader: Reader, ahead = 0): Token | undefined => reader.tokens[at(reader) + ahead];
const move = (reader: Reader, by = 1): void => void reader.place.set('at', at(reader) + by);

function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.upper);
}

function isSign(token: Token | undefined, text: string): boolean {
  return token?.kind === 'sign' && token.text === text;
}

/** Takes the next token if it is this sign or word. */
function takes(reader: Reader, text: string): boolean {
  const token = peek(reader);
  const is = token?.kind === 'word' ? token.upper === text : token?.kind === 'sign' && token.text === text;
  if (is) move(reader);
  return is;
}

function expect(reader: Reader, text: string): void {
  if (!takes(reader, text)) throw new NotPortable(text);
}

function or(reader: Reader): Expression {
  let left = and(reader);
  while (takes(reader, 'OR')) left = { kind: 'binary', operator: 'OR', left, right: and(reader) };
  return left;
}

function and(reader: Reader): Expression {
  let left = not(reader);
  while (takes(reader, 'AND')) left = { kind: 'binary', operator: 'AND', left, right: not(reader) };
  return left;
}

function not(reader: Reader): Expression {
  return takes(reader, 'NOT') ? { kind: 'unary', operator: 'NOT', of: not(reader) } : comparison(reader);
}

function comparison(reader: Reader): Expression {
  const left = sum(reader);
  if (takes(reader, 'IS')) {
    const negated = takes(reader, 'NOT');
    expect(reader, 'NULL');
    return { kind: 'unary', operator: negated ? 'IS NOT NULL' : 'IS NULL', of: left };
  }
  const negated = isWord(peek(reader), 'NOT') && isWord(peek(reader, 1), 'IN', 'BETWEEN');
  if (negated) move(reader);
  if (takes(reader, 'IN')) return { kind: 'in', not: negated, of: left, list: listIn(reader, '(', ')') };
  if (takes(reader, 'BETWEEN')) return between(reader, left, negated);
  const token = peek(reader);
  if (token?.kind !== 'sign' || !/^(=|<>|!=|<|>|<=|>=)$/.test(token.text)) return left;
  move(reader);
  if (token.text === '=' && takes(reader, 'ANY')) return anyOf(reader, left, false);
  if (token.text === '<>' && takes(reader, 'ALL')) return anyOf(reader, left, true);
  return { kind: 'binary', operator: token.text === '!=' ? '<>' : token.text, left, right: sum(reader) };
}

function between(reader: Reader, of: Expression, negated: boolean): Expression {
  const low = sum(reader);
  expect(reader, 'AND');
  const high = sum(reader);
  const inside: Expression = {
    kind: 'binary',
    operator: 'AND',
    left: { kind: 'binary', operator: '>=', left: of, right: low },
    right: { kind: 'binary', operator: '<=', left: of, right: high },
  };
  return negated ? { kind: 'unary', operator: 'NOT', of: inside } : inside;
}

/** `= ANY (ARRAY['a'::text, 'b'::text])`, as PostgreSQL writes IN. */
function anyOf(reader: Reader, of: Expression, negated: boolean): Expression {
  let depth = 0;
  while (takes(reader, '(')) depth++;
  expect(reader, 'ARRAY');
  const list = listIn(reader, '[', ']');
  for (; depth > 0; depth--) {
    casts(reader, ofLiterals);
    expect(reader, ')');
  }
  return { kind: 'in', not: negated, of, list };
}

function listIn(reader: Reader, open: string, close: string): readonly Expression[] {
  expect(reader, open);
  const list: Expression[] = [];
  do list.push(sum(reader));
  while (takes(reader, ','));
  expect(reader, close);
  return list;
}

function sum(reader: Reader): Expression {
  let left = product(reader);
  for (;;) {
    const operator = ['+', '-'].find((sign) => takes(reader, sign));
    if (operator === undefined) return left;
    left = { kind: 'binary', operator, left, right: product(reader) };
  }
}

function product(reader: Reader): Expression {
  let left = signed(reader);
  while (takes(reader, '*')) left = { kind: 'binary', operator: '*', left, right: signed(reader) };
  return left;
}

function signed(reader: Reader): Expression {
  if (!takes(reader, '-')) return cast(reader);
  const of = cast(reader);
  return of.kind === 'number' && !of.value.startsWith('-')
    ? { kind: 'number', value: `-${of.value}` }
    : { kind: 'unary', operator: '-', of };
}

function cast(reader: Reader): Expression {
  const of = primary(reader);
  casts(reader, of.kind === 'text' || of.kind === 'number' ? ofLiterals : ofValues);
  return of;
}

/** A literal is read by what it is compared with. */
const ofLiterals = ['TEXT', 'BPCHAR', 'VARCHAR', 'CHARACTER', 'INTEGER', 'BIGINT', 'SMALLINT', 'NUMERIC', 'DATE'];
/** A text stays one, and so does a number that gets room for digits. */
const ofValues = ['TEXT', 'BPCHAR', 'VARCHAR', 'NUMERIC'];

/** Casts that change no value. Others mean something, and so does one to so many characters or digits. */
function casts(reader: Reader, types: readonly string[]): void {
  while (takes(reader, '::')) {
    if (isWord(peek(reader), 'CHARACTER') && isWord(peek(reader, 1), 'VARYING')) move(reader, 2);
    else if (isWord(peek(reader), ...types)) move(reader);
    else throw new NotPortable('::');
    if (takes(reader, '[')) expect(reader, ']');
    if (isSign(peek(reader), '(')) throw new NotPortable('(');
  }
}

function failing(): never {
  throw new NotPortable('the end');
}

const functions: Readonly<Record<string, CallName>> = {
  COALESCE: 'coalesce',
  IFNULL: 'coalesce',
  NULLIF: 'nullif',
  ABS: 'abs',
  CHAR_LENGTH: 'characters',
  CHARACTER_LENGTH: 'characters',
};
const nows: Readonly<Record<string, 'timestamp' | 'date'>> = {
  CURRENT_TIMESTAMP: 'timestamp',
  NOW: 'timestamp',
  LOCALTIMESTAMP: 'timestamp',
  CURRENT_DATE: 'date',
  CURDATE: 'date',
};

function primary(reader: Reader): Expression {
  const token = peek(reader);
  if (token === undefined) throw new NotPortable('the end');
  move(reader);
  switch (token.kind) {
    case 'text':
    case 'number':
      return { kind: token.kind, value: token.text };
    case 'quoted':
      return { kind: 'column', name: token.text };
    case 'sign': {
      if (token.text !== '(') throw new NotPortable(token.text);
      const inside = or(reader);
      expect(reader, ')');
      return inside;
    }
    case 'word':
      return word(reader, token);
  }
}

const reserved = /^(AND|OR|NOT|IN|IS|BETWEEN|LIKE|CASE|WHEN|THEN|ELSE|END|CAST|INTERVAL|COLLATE|EXISTS|SELECT|ARRAY|ANY|ALL|ROW)$/;

function word(reader: Reader, { text, upper }: Extract<Token, { kind: 'word' }>): Expression {
  if (upper === 'NULL') return { kind: 'null' };
  if (upper === 'TRUE' || upper === 'FALSE') return { kind: 'truth', value: upper === 'TRUE' };
  const now = nows[upper];
  const called = takes(reader, '(');
  if (now !== undefined) {
    if (called) while (!takes(reader, ')')) move(reader, peek(reader)?.kind === 'number' ? 1 : failing());
    return { kind: 'now', what: now };
  }
  // A word before a string is an introducer or a type: _utf8mb4'x', DATE '2020-01-01'.
  if (reserved.test(upper) || peek(reader)?.kind === 'text') throw new NotPortable(text);
  if (!called) return { kind: 'column', name: text };
  const name = upper === 'LENGTH' && reader.lengthOfCharacters ? 'characters' : functions[upper];
  if (name === undefined) throw new NotPortable(text);
  const of: Expression[] = [];
  do of.push(or(reader));
  while (takes(reader, ','));
  expect(reader, ')');
  return { kind: 'call', name, of };
}
