import type { ColumnType, Name } from '../schema/index.ts';
import type { Dialect } from './dialect.ts';
import { columnsIn, type Expression, neutralSpeech, writeExpression } from './expression.ts';
import { readExpression } from './read-expression.ts';

/** The kinds of a table's columns, in neutral words. */
export type Kinds = ReadonlyMap<Name, ColumnType['kind']>;

/** The text of a condition in neutral words; nothing for one that may mean something else on another engine. */
export function condition(sql: string, kinds: Kinds, { speech }: Dialect): string | undefined {
  const read = readExpression(sql, speech);
  return read === undefined ? undefined : conditionText(read, kinds);
}

/** The same of a condition that was read. */
export function conditionText(read: Expression, kinds: Kinds): string | undefined {
  // In SQLite a name in double quotes that no column has is a text.
  if (!columnsIn(read).every((name) => kinds.has(name)) || !reckonsWithNumbers(read, kinds)) return undefined;
  return writeExpression(truthful(read, kinds), neutralSpeech);
}

const numeric: ReadonlySet<string | undefined> = new Set(['integer', 'decimal', 'float']);

/** Adding to a date is a day here and a second there, and a text is a number on some engines: sums are understood of numbers only. */
function reckonsWithNumbers(expression: Expression, kinds: Kinds): boolean {
  const inside = (one: Expression): boolean => reckonsWithNumbers(one, kinds);
  switch (expression.kind) {
    case 'call':
      return expression.of.every(inside) && (expression.name !== 'abs' || expression.of.every((one) => isNumber(one, kinds)));
    case 'unary':
      return expression.operator === '-' ? isNumber(expression, kinds) : inside(expression.of);
    case 'binary': {
      const { operator, left, right } = expression;
      return /^[-+*]$/.test(operator) ? isNumber(expression, kinds) : inside(left) && inside(right);
    }
    case 'in':
      return [expression.of, ...expression.list].every(inside);
    default:
      return true;
  }
}

function isNumber(expression: Expression, kinds: Kinds): boolean {
  const is = (one: Expression): boolean => isNumber(one, kinds);
  switch (expression.kind) {
    case 'number':
    case 'null':
      return true;
    case 'column':
      return numeric.has(kinds.get(expression.name));
    case 'call':
      return expression.name === 'characters' || expression.of.every(is);
    case 'unary':
      return expression.operator === '-' && is(expression.of);
    case 'binary':
      return /^[-+*]$/.test(expression.operator) && is(expression.left) && is(expression.right);
    default:
      return false;
  }
}

/** Where a truth value is held against 0 and 1, it is held against false and true. */
function truthful(expression: Expression, kinds: Kinds): Expression {
  const isTruth = (one: Expression): boolean => one.kind === 'column' && kinds.get(one.name) === 'boolean';
  const asTruth = (one: Expression): Expression =>
    one.kind === 'number' && (one.value === '0' || one.value === '1') ? { kind: 'truth', value: one.value === '1' } : one;
  switch (expression.kind) {
    case 'unary':
      return { ...expression, of: truthful(expression.of, kinds) };
    case 'binary': {
      const { left, right } = expression;
      if (isTruth(left)) return { ...expression, right: asTruth(right) };
      if (isTruth(right)) return { ...expression, left: asTruth(left) };
      return { ...expression, left: truthful(left, kinds), right: truthful(right, kinds) };
    }
    case 'in':
      return isTruth(expression.of) ? { ...expression, list: expression.list.map(asTruth) } : expression;
    default:
      return expression;
  }
}
