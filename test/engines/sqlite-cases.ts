import { expect } from 'vitest';
import { type Change, type Column, canonicalSchema, invert } from '../../src/schema/index.ts';
import { type Made, make, memory } from './sqlite-support.ts';

/** A change on a structure, and what it must lead to. */
export interface Case {
  readonly title: string;
  readonly given?: string;
  readonly change: Made;
  /** What gives the same structure by hand, where SQLite spells something else than the model. */
  readonly same?: string;
}

export const t = { name: 't' };
export const people = 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, age INT);';
export const checked =
  'CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT, CONSTRAINT a_small CHECK (a < 10), CONSTRAINT ab UNIQUE (a, b));';
export const trigger = {
  kind: 'trigger',
  name: { name: 'tr' },
  on: t,
  definition: 'CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET age = 1 WHERE id = NEW.id; END',
} as const;

export function text(name: string, more: Partial<Column> = {}): Column {
  return { name, type: { kind: 'text' }, nullable: true, ...more };
}

export function alter(set: Extract<Change, { kind: 'alterColumn' }>['set'], name = 'age', more: { using?: string } = {}): Made {
  return { kind: 'alterColumn', table: t, name, set, ...more };
}

/** Runs the change, compares what is there with what the model says, and takes it back to the very structure from before. */
export async function checkCase({ given, change, same }: Case): Promise<void> {
  const database = await memory(given);
  const before = await database.schema();
  const fingerprint = await database.fingerprint();
  const expected = await make(database, change);
  if (same === undefined) expect(canonicalSchema(await database.schema())).toBe(canonicalSchema(expected));
  else expect(await database.fingerprint()).toBe(await (await memory(same)).fingerprint());

  const inverse = invert(change, before);
  if ('irreversible' in inverse) throw new Error(inverse.irreversible);
  await make(database, ...inverse);
  expect(await database.fingerprint()).toBe(fingerprint);
}
