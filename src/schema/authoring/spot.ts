import { formatName, type Name, parseName, type QualifiedName } from '../names.ts';
import type { Conventions } from './spec.ts';

/** The keys and positions that lead to a part of an authored value. */
export type Path = readonly (string | number)[];

/** What is wrong with an authored value: one sentence, and where. */
export interface Problem {
  readonly path: Path;
  readonly message: string;
  /** The key at the end of the path is meant, not its value. */
  readonly key?: true;
}

/** The part of an authored value that is being read, and where its problems are put down. */
export interface Spot {
  readonly path: Path;
  readonly problems: Problem[];
  /** Names of engines that scripts and native types may be given for; absent: any. */
  readonly engines?: readonly string[];
  /** What the project says for all tables. */
  readonly conventions?: Conventions;
}

/** The part one or more steps further in. */
export function below(spot: Spot, ...steps: Path): Spot {
  return { ...spot, path: [...spot.path, ...steps] };
}

/** Puts a problem down. Reading goes on with a stand-in so that all problems of a file are found at once. */
export function wrong(spot: Spot, message: string): void {
  spot.problems.push({ path: spot.path, message });
}

/** What is left of a spec when every property that it can have has been taken out. */
export type Nothing = { readonly [key: string]: never };

/**
 * Puts down the properties that a spec cannot have. The compiler makes sure that none it can have is left; callers that were not
 * compiled meet this at run time.
 */
export function nothingElse(rest: Nothing, spot: Spot): void {
  for (const key of Object.keys(rest)) {
    const at = below(spot, key);
    spot.problems.push({ path: at.path, message: `there is no property "${key}" here`, key: true });
  }
}

/** The properties that have a value: what is undefined is left out, so that equal data have equal keys. */
export function given<T extends object>(properties: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** `true` for true, nothing for false or absent. */
export function flag(value: boolean | undefined, spot: Spot): true | undefined {
  if (value !== undefined && typeof value !== 'boolean') wrong(spot, 'must be true or false');
  return value === true ? true : undefined;
}

/** A text, or a stand-in when the caller was not compiled and gave something else. */
export function text(value: string, spot: Spot): string {
  if (typeof value === 'string') return value;
  wrong(spot, 'must be text');
  return '';
}

/** The name of a column, constraint, index, …: taken as it is, dots included. */
export function plainName(value: string, spot: Spot): Name {
  if (text(value, spot) === '') wrong(spot, 'a name cannot be empty');
  return value;
}

/** A list of such names. */
export function plainNames(values: readonly string[], spot: Spot): readonly Name[] {
  return each(values, spot, plainName);
}

/** Reads every item of a list at its own spot. */
export function each<T, R>(items: readonly T[], spot: Spot, read: (item: T, spot: Spot) => R): readonly R[] {
  if (Array.isArray(items)) return items.map((item: T, i) => read(item, below(spot, i)));
  wrong(spot, 'must be a list');
  return [];
}

const part = '(?:"(?:[^"]|"")+"|[^."]+)';
const qualified = new RegExp(`^${part}(?:\\.${part})?$`, 'u');
const inTable = new RegExp(`^(${part}(?:\\.${part})?)\\.(${part})$`, 'u');

/** `users` or `audit.users`. Refuses three parts and quotes that do not fit. */
export function qualifiedName(value: string, spot: Spot): QualifiedName {
  if (typeof value !== 'string' || value === '') {
    wrong(spot, value === '' ? 'a name cannot be empty' : 'must be text');
    return { name: '?' };
  }
  if (qualified.test(value)) return parseName(value);
  wrong(spot, `"${value}" is no name; write name or schema.name, and a part with a dot or quotes in it as "a.b"`);
  return { name: '?' };
}

/** `users.id` or `audit.users.id`: a column with its table. */
export function columnOfTable(value: string, spot: Spot): { readonly table: QualifiedName; readonly column: Name } {
  const match = inTable.exec(value);
  if (match === null) {
    wrong(spot, `"${value}" names no column of a table; write table.column`);
    return { table: { name: '?' }, column: '?' };
  }
  const [, table = '', column = ''] = match;
  return { table: parseName(table), column: parseName(column).name };
}

/** The opposite of `columnOfTable`. */
export function columnOfTableText(table: QualifiedName, column: Name): string {
  return `${formatName(table)}.${formatName({ name: column })}`;
}
