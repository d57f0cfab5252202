import type { Change, Column, Facts, Name, Of, Schema, SchemaObject, StandaloneObject } from '../schema/index.ts';
import type { Part } from './parts.ts';

/** What an engine can change in place, and what stands in the way of it. */
export interface DiffRules {
  /** Two structures in which the same things are said in the same way, where an engine has two ways to say one thing. */
  comparable?(from: Schema, to: Schema): readonly [Schema, Schema];
  /**
   * Whether `replaceObject` leads from the one to the other and leaves everything that depends on it alone. What is not replaced is
   * dropped and made anew, with its dependants.
   */
  replaces(before: StandaloneObject, after: StandaloneObject, facts: { readonly before?: Facts; readonly after?: Facts }): boolean;
  /** Whether `alterColumn` leads from the one to the other. What is not altered is dropped and added anew: only what is computed may be. */
  alters(before: Column, after: Column): boolean;
  /** Whether replacing a type gives every column that has it another one. */
  retypes(before: StandaloneObject, after: StandaloneObject): boolean;
  /** Whether an object says what new ones get by themselves: it goes before anything is made, and comes when everything is. */
  presets?(object: SchemaObject): boolean;
  /** Whether one of these would give a new object of a structure what it does not have there. */
  oversteps?(preset: SchemaObject, object: SchemaObject, to: Schema): boolean;
  /** Changes that come to the same as one and hold others up for less time, each committed by itself; nothing where there are none. */
  online?(change: Change, before: Schema): readonly Change[] | undefined;
  /** Whether something that needs a column must be gone while the column gets another type. */
  hinders(dependant: Part): boolean;
  /** Whether something that needs a column must be gone while the column gets another mind about NULL. */
  hindersNulls?(dependant: Part, column: Column): boolean;
  /** Changes of one table stand together as far as their needs allow: the engine does several at once with less work. */
  readonly gathers?: true;
  /** How names change; without it nothing is known to be in the way and nothing follows by itself. */
  readonly renames?: RenameRules;
}

/** Of tables, with all that is named in their namespace, or of columns. */
type Folded = 'table' | 'column';

/** A name as the engine compares it with others. */
export function folded(name: Name, of: Folded, { renames }: DiffRules): Name {
  return renames?.fold(name, of) ?? name;
}

/** What an engine does when something gets another name. */
export interface RenameRules {
  /** A name as the engine compares it with others: where two are one, a table or column of the other name is the same one. */
  fold(name: Name, of: Folded): Name;
  /** Whether something refuses that a column gets another name. It is dropped before and made anew. */
  hinders(object: StandaloneObject, rename: Of<'renameColumn'>): boolean;
  /** Whether something that differs in nothing but its name is better renamed than made anew. */
  inPlace(part: Part): boolean;
}
