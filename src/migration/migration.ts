import type { Manifest } from './manifest.ts';
import type { Label, Scheme } from './order.ts';
import type { Placeholders } from './placeholders.ts';

/** A file as a source found it. `path` is what people are shown, with `/` between its parts. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** The folders between the source's root and the file. */
  readonly folders: readonly string[];
  /** The name without folders and with its ending. */
  readonly name: string;
  readonly module: string;
  /** Runs a code file and gives what it exports. */
  readonly load?: () => Promise<unknown>;
  /** What a manifest says of it, in place of its name and its own words; `none`: nothing, so that it is no migration. */
  readonly listed?:
    | { readonly as: 'update'; readonly version: string; readonly order: number }
    | { readonly as: 'installer'; readonly covers: string }
    | { readonly as: 'uninstall' | 'none' };
  /** Text that counts as part of the file: the files that a code file imports. */
  readonly imports?: readonly { readonly path: string; readonly text: string }[];
}

/** A migration as its files describe it, before they are parsed. */
export interface Migration {
  readonly id: string;
  readonly module: string;
  /** The label as written: `007`, `20261122T101500`, `v1_2`. */
  readonly version: string;
  readonly name: string;
  readonly label: Label;
  /** Order among migrations of one version. */
  readonly order: number;
  /** The name of the format that reads it. */
  readonly format: string;
  readonly file: SourceFile;
  /** The way back where it has a file of its own. */
  readonly downFile?: SourceFile;
  /** Versions of other modules that must be there before it: `accounts@>=v1_1`. */
  readonly requires: readonly string[];
  /** Migrations of other modules behind which it stands because it, or its module, requires them. */
  readonly needs?: readonly string[];
  /** Names of the states that end with it. */
  readonly tags?: readonly string[];
  /** It stands in one order with those of all other modules. */
  readonly interleaved?: true;
  /** Of an installer: the migrations of its module up to the version that it covers. */
  readonly covers?: readonly string[];
  /** Of an installer: its way back takes away all of its module, whatever ran behind it. */
  readonly removesModule?: true;
}

/** What a module says of itself. */
export interface Module {
  readonly name: string;
  readonly scheme?: Scheme;
  /** Other modules that must be there before it, with the versions that will do: `core@>=1.2`. */
  readonly requires?: readonly string[];
  /** The version that its manifest gives. */
  readonly version?: string;
  /** SQL that takes away everything of it. */
  readonly uninstall?: SourceFile;
  /** `false`: it is not to be uninstalled. */
  readonly removable?: boolean;
  readonly manifest?: Manifest;
  /** Values of placeholders in its files; `false`: they are left alone. */
  readonly placeholders?: Placeholders | false;
}

/** A module as the configuration may name it; a text stands for its `path`. */
export interface ModuleConfig {
  /** By default the name of its folder, or what its package or manifest says. */
  readonly name?: string;
  /** A folder, or the name of an npm package. */
  readonly path: string;
  readonly scheme?: Scheme;
  /** Other modules that must be there: `core@>=1.2`. */
  readonly requires?: readonly string[];
  /** Values of placeholders in its files; `false`: they are left alone. */
  readonly placeholders?: Placeholders | false;
  /** What stands for `<DB_PREFIX>` in its files. */
  readonly prefix?: string;
}

/** The module of a project that has none; its name is left out of ids. */
export const rootModule = 'app';

export function idOf(module: string, version: string | undefined, stem: string): string {
  const own = version === undefined ? stem : `${version}/${stem}`;
  return module === rootModule ? own : `${module}/${own}`;
}
