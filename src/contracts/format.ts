import type { FormatHeader, Migration } from '../migration/index.ts';
import type { Conventions } from '../schema/index.ts';
import type { SourcedChange } from './plan.ts';

/** A section of a migration file: what goes up, comes down, or is looked at afterwards. */
export type Part =
  | {
      readonly kind: 'script';
      readonly text: string;
      readonly file: string;
      /** Where the section begins in the file, and the whole file, so that places are those of the file. */
      readonly offset: number;
      readonly source: string;
    }
  | { readonly kind: 'changes'; readonly changes: readonly SourcedChange[] }
  | { readonly kind: 'code'; readonly file: string; readonly run: CodeFunction };

/** The function of a code migration; the runner gives it the typed context. */
export type CodeFunction = (context: never) => unknown;

/** A migration as its format understands it. */
export interface Parsed {
  readonly up: Part;
  /** Absent: what is structural is inverted. `irreversible`: the author says that there is no way back, and why. */
  readonly down?: Part | { readonly kind: 'irreversible'; readonly why: string };
  readonly verify?: Part;
  /** Whether the author allows a transaction around it. */
  readonly transaction: { readonly up: boolean; readonly down: boolean };
}

/** What the texts of a migration come down to, with comments and white space taken away. The checksums are of these. */
export interface Significant {
  readonly up: string;
  readonly down: string;
}

export interface FormatTools {
  /** The significant tokens of SQL, from the engine. */
  tokens(script: string): string;
  /** TypeScript or JavaScript as plain JavaScript without types and comments. */
  transpile(text: string, path: string): Promise<string>;
  /** The names of engines that a script can be given for. */
  readonly engines: readonly string[];
  /** What the project says for all tables. */
  readonly conventions?: Conventions;
}

/** How a kind of file is read. Throws `Failure` with a place for anything it does not understand. */
export interface Format extends FormatHeader {
  read(migration: Migration, tools: FormatTools): Promise<Parsed> | Parsed;
  significant(migration: Migration, tools: FormatTools): Significant | Promise<Significant>;
  /** The text of an empty migration, for `new`: its title in one line, the ending of its file, and the way from it to the project's root. */
  skeleton(title: string, ending: string, toRoot: string): string;
}
