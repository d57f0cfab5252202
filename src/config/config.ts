import type { Driver, Engine, Extension, Format, Hooks, Source, Store } from '../contracts/index.ts';
import type { ModuleConfig, Placeholders, Scheme } from '../migration/index.ts';
import type { ColumnSpec, NamingPolicy } from '../schema/index.ts';

export type LatePolicy = 'run' | 'warn' | 'refuse';
export type OnError = 'halt' | 'ignore' | 'backout';
export type TransactionScope = 'each' | 'all';

/** One target of the configuration, or a named group of them. Environments are ordered as they are written: the last is the most precious. */
export interface Environment {
  readonly url?: string;
  /** Databases by their names, in place of one URL: `--env prod/eu-07` is one of them. */
  readonly databases?: Readonly<Record<string, string>>;
  /** Whoever changes it must name it: `--confirm NAME`. */
  readonly protected?: boolean;
}

/** Names of the tables, or a file in their place. */
export interface HistoryPlace {
  readonly table?: string;
  readonly schema?: string;
  /** A YAML or JSON file, from the configuration's folder; then nothing is made in the database. */
  readonly file?: string;
  /** `false`: the tables are made by somebody else, and a run without them is refused. */
  readonly autoCreate?: boolean;
}

/** The configuration: what lockstep.config.ts exports, or the key `lockstep` of package.json holds. Everything is optional. */
export interface Config {
  readonly url?: string;
  readonly environments?: Readonly<Record<string, Environment>>;
  /** Folders or globs of migrations, from the configuration's folder; `migrations` by default. */
  readonly migrations?: string | readonly string[];
  /** Modules: folders, patterns of folders, npm packages; every folder in `modules` by default. */
  readonly modules?: readonly (string | ModuleConfig)[];
  /** How labels sort; found out by default. */
  readonly scheme?: Scheme;
  /** `interleaved`: the migrations of all modules run in one order by their labels; by default module by module. */
  readonly order?: 'modules' | 'interleaved';
  /** Where the history is kept: tables of the database, or a file. */
  readonly history?: HistoryPlace;
  readonly late?: LatePolicy;
  readonly onError?: OnError;
  readonly transaction?: TransactionScope;
  /** How long to wait for locks: `60s`, `5m`, or milliseconds. */
  readonly lockTimeout?: string | number;
  /** `lease`: a row with a heartbeat in place of a lock of the session, for poolers. */
  readonly lock?: 'session' | 'lease';
  /** How constraints and indexes are called that nobody names: PostgreSQL's style, or with the kind in front and at most so long. */
  readonly naming?: 'default' | NamingPolicy;
  /** Columns of every table that a migration creates by builder, YAML or JSON; `defaultColumns: false` there leaves them out. */
  readonly defaultColumns?: readonly ColumnSpec[];
  /** Versions of what modules may require and is no module: `{ framework: '1.2.0' }`. */
  readonly provides?: Readonly<Record<string, string>>;
  /** The time zone of <CURRENT_DATE> and <CURRENT_DATETIME>, for example `Europe/Berlin`; UTC by default. */
  readonly timeZone?: string;
  /** Switches placeholders on: `<NAME>` in SQL is replaced. */
  readonly placeholders?: Placeholders;
  /** `required`: what nobody has announced runs only under a check-out; `advisory`: it runs with a warning; `off` by default. */
  readonly checkouts?: 'off' | 'advisory' | 'required';
  /** What a check-in records; a name is meant whole, and `*` stands for anything in it. */
  readonly record?: {
    /** Beside the structure, the rows of these tables. */
    readonly data?: readonly string[];
    /** Only what belongs to these tables; everything by default. */
    readonly include?: readonly string[];
    /** Nothing of these tables: what differs in them is no drift. */
    readonly exclude?: readonly string[];
  };
  /** How many people must have approved a migration as it is before it runs on a protected database. */
  readonly review?: {
    readonly approvals?: number;
    /** Of one that destroys something; as many as of others by default. */
    readonly destructive?: number;
  };
  readonly hooks?: Hooks;
  /** Handed to code migrations as `services`. */
  readonly services?: Readonly<Record<string, unknown>>;
  /** Handed to code migrations as `ext`, each by its name; of several with one name the lowest priority counts. */
  readonly extensions?: readonly Extension[];
  readonly engines?: readonly Engine[];
  readonly drivers?: readonly Driver[];
  readonly sources?: readonly Source[];
  readonly formats?: readonly Format[];
  readonly store?: Store;
}

/** Gives a configuration its types; it is returned as it is. */
export function defineConfig(config: Config): Config {
  return config;
}
