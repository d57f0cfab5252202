import type { Default, Deferrable, Generated } from '../../schema/index.ts';
import { expressionText, type Scope } from './expression.ts';
import { type ParsedConstraint, readColumnConstraint, readConflict, readDeferral } from './parse-constraint.ts';
import { unquoted } from './quote.ts';
import { type Reader, reader, type Token, tokensOf } from './tokens.ts';

/** A column as it is written. What its type means depends on the primary key, so that stays a text here. */
export interface ParsedColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly default?: Default;
  readonly collation?: string;
  readonly generated?: Generated;
  readonly extras: Readonly<Record<string, string>>;
  readonly constraints: readonly ParsedConstraint[];
}

type Draft = { -readonly [K in keyof ParsedColumn]: ParsedColumn[K] };

/** Reads a column definition to its end. Clauses that are not understood are kept as text in `extras.unknown`. */
export function readColumn(read: Reader, scope: Scope): ParsedColumn | undefined {
  const name = read.name();
  if (name === undefined) return undefined;
  const column: Draft = { name, type: readColumnType(read), notNull: false, extras: {}, constraints: [] };
  let constraintName: string | undefined;
  while (!read.done) {
    if (read.accept('CONSTRAINT')) {
      constraintName = read.name();
      continue;
    }
    const constraint = readColumnConstraint(read, name, { name: constraintName, scope });
    if (constraint !== undefined) column.constraints = [...column.constraints, constraint];
    else if (!readProperty(read, column, scope)) keepUnknown(column, read.next());
    constraintName = undefined;
  }
  return column;
}

function keepUnknown(column: Draft, token: Token | undefined): void {
  if (token === undefined) return;
  const before = column.extras['unknown'];
  column.extras = { ...column.extras, unknown: before === undefined ? token.text : `${before} ${token.text}` };
}

/** Words that end a declared type; any other word belongs to it. */
const clauseWords = new Set(['CONSTRAINT', 'PRIMARY', 'NOT', 'NULL', 'UNIQUE', 'CHECK', 'DEFAULT', 'COLLATE', 'REFERENCES', 'AS', 'ON']);

/** Names up to the first clause, and a size in parentheses. */
function readColumnType(read: Reader): string {
  const words: string[] = [];
  for (;;) {
    const token = read.peek();
    const isClause = token?.kind === 'word' && (clauseWords.has(token.upper) || read.at('GENERATED', 'ALWAYS') || read.at('DEFERRABLE'));
    if (token === undefined || isClause) return words.join(' ');
    if (token.text === '(') {
      const size = read.group();
      return size === undefined ? words.join(' ') : `${words.join(' ')}(${size.map((part) => part.text).join('')})`;
    }
    const word = read.name();
    if (word === undefined) return words.join(' ');
    words.push(word);
  }
}

/** A clause that is no constraint of its own; false when none begins here. */
function readProperty(read: Reader, column: Draft, scope: Scope): boolean {
  if (read.accept('NOT', 'NULL')) {
    column.notNull = true;
    const conflict = readConflict(read);
    if (conflict !== undefined) column.extras = { ...column.extras, notNullConflict: conflict };
    return true;
  }
  if (read.accept('NULL')) {
    readConflict(read);
    return true;
  }
  if (read.accept('DEFAULT')) {
    const found = readDefault(read);
    if (found !== undefined) column.default = found;
    return found !== undefined;
  }
  if (read.accept('COLLATE')) {
    const collation = read.name();
    if (collation !== undefined) column.collation = collation;
    return collation !== undefined;
  }
  const deferral = readDeferral(read);
  if (deferral !== undefined) {
    column.constraints = deferLast(column.constraints, deferral.deferrable);
    return true;
  }
  return readGenerated(read, column, scope);
}

function readGenerated(read: Reader, column: Draft, scope: Scope): boolean {
  read.accept('GENERATED', 'ALWAYS');
  if (!read.accept('AS')) return false;
  const inside = read.group();
  if (inside === undefined) return false;
  const stored = read.accept('STORED');
  if (!stored) read.accept('VIRTUAL');
  column.generated = { sql: expressionText(inside, scope), stored };
  return true;
}

/** The clause may stand apart from the foreign key that it belongs to: `REFERENCES p NOT NULL DEFERRABLE …`. */
function deferLast(constraints: readonly ParsedConstraint[], deferrable: Deferrable | undefined): readonly ParsedConstraint[] {
  const at = constraints.findLastIndex(({ constraint }) => constraint.kind === 'foreignKey');
  const found = constraints[at];
  if (found === undefined || found.constraint.kind !== 'foreignKey') return constraints;
  const { deferrable: _, ...rest } = found.constraint;
  return constraints.with(at, { ...found, constraint: deferrable === undefined ? rest : { ...rest, deferrable } });
}

const noColumns: Scope = { table: '', columns: new Map() };

/** What follows DEFAULT: a signed number, one literal or word, or an expression in parentheses. */
function readDefault(read: Reader): Default | undefined {
  const inside = read.group();
  if (inside !== undefined) return readLiteral(reader(inside), true) ?? { sql: expressionText(inside, noColumns) };
  return readLiteral(read, false);
}

/** A literal as a value where that value is written in the same way again, as SQL otherwise. */
function readLiteral(read: Reader, alone: boolean): Default | undefined {
  const minus = read.at('-');
  const ahead = minus || read.at('+') ? 1 : 0;
  const token = read.peek(ahead);
  if (token === undefined || (ahead > 0 && token.kind !== 'number')) return undefined;
  if (alone && !endsAfter(read, ahead)) return undefined;
  for (let taken = 0; taken <= ahead; taken++) read.next();
  if (token.kind === 'number') return numberValue((minus ? '-' : '') + token.text + exponent(read, token));
  if (token.kind === 'symbol') return undefined;
  if (token.kind === 'string' && !token.text.startsWith("'")) return { sql: token.text };
  if (token.kind === 'word') {
    const known = { NULL: { value: null }, TRUE: { value: true }, FALSE: { value: false } }[token.upper];
    if (known !== undefined) return known;
    if (/^CURRENT_(TIME|DATE|TIMESTAMP)$/.test(token.upper)) return { sql: token.upper };
  }
  // A bare or double-quoted word is a string here: https://www.sqlite.org/syntax/column-constraint.html
  return { value: unquoted(token.text) };
}

function endsAfter(read: Reader, ahead: number): boolean {
  const token = read.peek(ahead);
  const rest = token !== undefined && /e$/i.test(token.text) ? 2 : 0;
  return read.peek(ahead + 1 + rest) === undefined;
}

/** The scanner ends a number before the sign of its exponent. */
function exponent(read: Reader, token: Token): string {
  const [sign, digits] = [read.peek(), read.peek(1)];
  const continues = token.kind === 'number' && /^[\d.]+e$/i.test(token.text) && sign?.start === token.end && digits?.start === sign.end;
  if (!continues) return '';
  read.next();
  read.next();
  return sign.text + digits.text;
}

function numberValue(literal: string): Default {
  if (/^-?\d+$/.test(literal)) {
    const big = BigInt(literal);
    if (BigInt.asIntN(64, big) !== big || String(big) !== literal) return { sql: literal };
    return { value: Number.isSafeInteger(Number(big)) ? Number(big) : big };
  }
  return String(Number(literal)) === literal ? { value: Number(literal) } : { sql: literal };
}

/** The values of `"column" IN ('a', 'b')`; nothing when a check says something else. */
export function enumValues(sql: string, column: string): readonly string[] | undefined {
  const read = reader(tokensOf(sql));
  if (read.name() !== column || !read.accept('IN')) return undefined;
  const inside = read.group();
  if (inside === undefined || !read.done) return undefined;
  const values: string[] = [];
  for (const [index, token] of inside.entries()) {
    if (index % 2 === 1) {
      if (token.text !== ',') return undefined;
    } else if (token.kind !== 'string' || !token.text.startsWith("'")) return undefined;
    else values.push(unquoted(token.text));
  }
  return inside.length % 2 === 1 ? values : undefined;
}
