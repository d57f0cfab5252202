import type { DiffRules } from '../../diff/index.ts';
import { lower } from './quote.ts';

/** A table of SQLite is rebuilt with everything on it, and definitions are texts that nothing checks: all happens in place. */
export const diff: DiffRules = {
  replaces: () => true,
  alters: () => true,
  retypes: () => false,
  hinders: () => false,
  gathers: true,
  // SQLite gives new names to the tables and columns alone, and writes them into everything that uses them.
  renames: { fold: lower, hinders: () => false, inPlace: () => false },
};
