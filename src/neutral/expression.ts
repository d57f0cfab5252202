import type { Name } from '../schema/index.ts';

/** An expression that means the same on every engine. */
export type Expression =
  | { readonly kind: 'number' | 'text'; readonly value: string }
  | { readonly kind: 'column'; readonly name: Name }
  | { readonly kind: 'truth'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'now'; readonly what: 'timestamp' | 'date' }
  | { readonly kind: 'call'; readonly name: CallName; readonly of: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: '-' | 'NOT' | 'IS NULL' | 'IS NOT NULL'; readonly of: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'in'; readonly not: boolean; readonly of: Expression; readonly list: readonly Expression[] };

/** Functions that every engine has, by the names that they have here. */
export type CallName = 'coalesce' | 'nullif' | 'abs' | 'characters';

/** How an engine writes what `Expression` holds. */
export interface Speech {
  identifier(name: Name): string;
  text(value: string): string;
  truth(value: boolean): string;
  readonly now: Readonly<Record<'timestamp' | 'date', string>>;
  /** The function that counts the characters of a text. */
  readonly characters: string;
  /** `length` counts characters too, not bytes. */
  readonly lengthOfCharacters?: true;
  /** A backslash in a string stands before what is meant (MySQL). */
  readonly backslash?: true;
  /** Names may stand in brackets (SQLite). */
  readonly brackets?: true;
}

/** How expressions are spelled in a neutral structure. */
export const neutralSpeech: Speech = {
  identifier: (name) => `"${name.replaceAll('"', '""')}"`,
  text: (value) => `'${value.replaceAll("'", "''")}'`,
  truth: (value) => (value ? 'TRUE' : 'FALSE'),
  now: { timestamp: 'CURRENT_TIMESTAMP', date: 'CURRENT_DATE' },
  characters: 'char_length',
};

/** Writes an expression as the engine reads it, with all parentheses. */
export function writeExpression(expression: Expression, speech: Speech): string {
  const write = (one: Expression): string => writeExpression(one, speech);
  const inner = (one: Expression): string =>
    one.kind === 'binary' || one.kind === 'unary' || one.kind === 'in' ? `(${write(one)})` : write(one);
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'text':
      return speech.text(expression.value);
    case 'column':
      return speech.identifier(expression.name);
    case 'truth':
      return speech.truth(expression.value);
    case 'null':
      return 'NULL';
    case 'now':
      return speech.now[expression.what];
    case 'call':
      return `${expression.name === 'characters' ? speech.characters : expression.name}(${expression.of.map(write).join(', ')})`;
    case 'unary': {
      const { operator, of } = expression;
      return operator.startsWith('IS') ? `${inner(of)} ${operator}` : operator === '-' ? `-${inner(of)}` : `NOT ${inner(of)}`;
    }
    case 'binary':
      return `${inner(expression.left)} ${expression.operator} ${inner(expression.right)}`;
    case 'in':
      return `${inner(expression.of)}${expression.not ? ' NOT' : ''} IN (${expression.list.map(write).join(', ')})`;
  }
}

/** The columns that an expression reads. */
export function columnsIn(expression: Expression): readonly Name[] {
  switch (expression.kind) {
    case 'column':
      return [expression.name];
    case 'call':
      return expression.of.flatMap(columnsIn);
    case 'unary':
      return columnsIn(expression.of);
    case 'binary':
      return [...columnsIn(expression.left), ...columnsIn(expression.right)];
    case 'in':
      return [...columnsIn(expression.of), ...expression.list.flatMap(columnsIn)];
    default:
      return [];
  }
}

/** The expression with another in place of a column. */
export function withColumn(expression: Expression, name: Name, other: Expression): Expression {
  const inside = (one: Expression): Expression => withColumn(one, name, other);
  switch (expression.kind) {
    case 'column':
      return expression.name === name ? other : expression;
    case 'call':
      return { ...expression, of: expression.of.map(inside) };
    case 'unary':
      return { ...expression, of: inside(expression.of) };
    case 'binary':
      return { ...expression, left: inside(expression.left), right: inside(expression.right) };
    case 'in':
      return { ...expression, of: inside(expression.of), list: expression.list.map(inside) };
    default:
      return expression;
  }
}
