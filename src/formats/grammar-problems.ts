import type * as z from 'zod';
import { closest, joined } from '../base/index.ts';
import { authoredKinds, type Path, type Problem, unknownChange } from '../schema/index.ts';
import { migration } from './grammar.ts';

/** A problem that the grammar found. */
export interface GrammarProblem extends Problem {
  readonly code: 'migration.invalid' | 'migration.unknown-change';
}

type Issue = z.core.$ZodIssue;

/** All that does not fit the grammar. Without any, the data is a `MigrationSpec`. */
export function checkMigration(data: unknown): readonly GrammarProblem[] {
  const result = migration.safeParse(data);
  if (result.success) return [];
  const issues = result.error.issues.flatMap((issue) => settled(issue, []));
  const unknown = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue) : []));
  const mistyped = new Set(unknown.flatMap(({ path, instead }) => (instead === undefined ? [] : textOf([...path.slice(0, -1), instead]))));
  const withUnknown = new Set(unknown.map(({ path }) => textOf(path.slice(0, -1))));
  const rest = issues.filter((issue) => {
    const at = textOf(pathOf(issue));
    // What is missing was mistyped; that there is not exactly one key follows from the unknown one.
    if (issue.code === 'unrecognized_keys' || (issue.code === 'custom' && withUnknown.has(at))) return false;
    return !(isMissing(issue, data) && mistyped.has(at));
  });
  return [
    ...unknown,
    ...rest.map((issue): GrammarProblem => ({ path: pathOf(issue), code: 'migration.invalid', message: sentence(issue, data) })),
  ];
}

/** An issue of a union comes down to those of the branch that fits best; its own is kept where no branch fits at all. */
function settled(issue: Issue, parent: Path): readonly Issue[] {
  const path = [...parent, ...pathOf(issue)];
  if (issue.code !== 'invalid_union') return [{ ...issue, path: [...path] }];
  const branches = issue.errors.map((errors) => errors.flatMap((error) => settled(error, path)));
  const inside = branches.filter((errors) => !errors.some((error) => isMisfit(error, path)));
  const none: Issue = { ...issue, path: [...path], errors: branches.map((errors) => [...errors]) } as Issue;
  return inside.sort((a, b) => weight(a) - weight(b))[0] ?? [none];
}

/** Whether a branch of a union was not meant at all. */
function isMisfit(error: Issue, path: Path): boolean {
  return error.path.length === path.length && ['invalid_type', 'invalid_value', 'invalid_union'].includes(error.code);
}

/** The less, the better a branch fits: an unknown property that is near a known one counts like a missing one. */
function weight(errors: readonly Issue[]): number {
  const ofKey = (key: string, issue: Issue): number => (closest(key, issue.message.split(', ')) === undefined ? 2 : 1);
  return errors
    .map((issue) => (issue.code === 'unrecognized_keys' ? issue.keys.reduce((sum, key) => sum + ofKey(key, issue), 0) : 1))
    .reduce((sum, one) => sum + one, 0);
}

/** So many properties that nobody knows tell enough of a mapping. */
const mostKeys = 100;

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys): readonly (GrammarProblem & { readonly instead: string | undefined })[] {
  const path = pathOf(issue);
  const isChange = path.length === 2 && typeof path[1] === 'number';
  const known = isChange ? authoredKinds : issue.message.split(', ');
  return issue.keys.slice(0, mostKeys).map((key) => {
    const instead = closest(key, known);
    const list = known.length > 12 ? '' : `; known here: ${known.join(', ')}`;
    return {
      path: [...path, key],
      key: true,
      instead,
      code: isChange ? 'migration.unknown-change' : 'migration.invalid',
      message: isChange
        ? unknownChange(key)
        : `there is no property "${key}" in ${place(path)}${instead === undefined ? list : `; did you mean "${instead}"?`}`,
    };
  });
}

function sentence(issue: Issue, data: unknown): string {
  const path = pathOf(issue);
  const value = valueAt(data, path);
  if (isMissing(issue, data)) return `"${String(path.at(-1))}" is missing in ${place(path.slice(0, -1))}`;
  switch (issue.code) {
    case 'invalid_type':
    case 'invalid_union':
    case 'invalid_value': {
      const near = typeof value === 'string' ? closest(value, wordsOf(issue)) : undefined;
      const quotes = typeof value !== 'object' && value !== null && expected(issue).includes('text') ? '; put it in quotes' : '';
      const instead = near === undefined ? quotes : `; did you mean "${near}"?`;
      return `${place(path)} must be ${joined([...new Set(expected(issue))], 'or')}, not ${nameOf(value)}${instead}`;
    }
    case 'too_small':
      if (issue.origin === 'string') return `${place(path)} cannot be empty`;
      if (issue.origin === 'array') return `${place(path)} needs at least ${Number(issue.minimum)} item`;
      return `${place(path)} must be at least ${Number(issue.minimum)}`;
    case 'too_big':
      return `${place(path)} must be at most ${Number(issue.maximum)}`;
    default:
      return issue.message;
  }
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'empty',
};

function expected(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_type') return [words[issue.expected] ?? issue.expected];
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value) ?? '');
  if (issue.code === 'invalid_union')
    return issue.errors.flatMap((errors) => errors.filter((error) => error.path.length === issue.path.length).flatMap(expected));
  return [];
}

function wordsOf(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String);
  return issue.code === 'invalid_union' ? issue.errors.flat().flatMap(wordsOf) : [];
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return value.length > 40 ? 'text' : JSON.stringify(value);
  return String(value);
}

/** `"length"`, `item 2 of "columns"`. */
function place(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the file';
  return typeof last === 'string' ? `"${last}"` : `item ${last + 1} of ${place(path.slice(0, -1))}`;
}

function isMissing(issue: Issue, data: unknown): boolean {
  const path = pathOf(issue);
  const last = path.at(-1);
  const parent = valueAt(data, path.slice(0, -1));
  return typeof last === 'string' && typeof parent === 'object' && parent !== null && !Object.hasOwn(parent, last);
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

function pathOf(issue: Issue): Path {
  return issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

function textOf(path: Path): string {
  return JSON.stringify(path);
}
