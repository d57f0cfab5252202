import type { Config } from '../config/index.ts';
import type { Driver, Emit } from '../contracts/index.ts';
import type { ListedMigration } from '../sources/index.ts';
import type { Asker, Service, Team } from '../team/index.ts';

/** A question that a person must answer before something is destroyed; Enter, Esc and the end of input mean No. */
export interface Question {
  readonly text: string;
  /** What would be gone, a line each. */
  readonly losses: readonly string[];
  /** What must be typed; absent where Yes is enough. */
  readonly type?: string;
  /** The flag that answers it without a terminal. */
  readonly flag: string;
}

/** What every command can be told. All of it is optional: without anything the current folder and its environment decide. */
export interface CommonOptions {
  /** The folder to work in. */
  readonly cwd?: string;
  /** The configuration itself, in place of a file. */
  readonly config?: Config;
  readonly configFile?: string;
  readonly url?: string;
  /** One of the configuration's environments. */
  readonly environment?: string;
  /** Where migrations are. */
  readonly dir?: string;
  /** Only these modules. */
  readonly modules?: readonly string[];
  /** Not these modules. */
  readonly exclude?: readonly string[];
  /** Migrations given in code, in place of files. */
  readonly migrations?: readonly ListedMigration[];
  /** An open connection of the caller's own, as a driver made from it. */
  readonly driver?: Driver;
  /** Values of placeholders. */
  readonly variables?: Readonly<Record<string, string>>;
  /** How long to wait for the run lock and for locks of others, in milliseconds. */
  readonly lockTimeoutMs?: number;
  /** How long to keep trying while the server cannot be reached, in milliseconds. */
  readonly waitMs?: number;
  /** Hears of everything that happens during a run. */
  readonly emit?: Emit;
  /** Aborted: no further statement begins. */
  readonly stop?: AbortSignal;
  /** Aborted: the statement that is running is cancelled. */
  readonly cancel?: AbortSignal;
  /** Asks a person; absent where there is none, and then nothing is guessed. */
  readonly ask?: (question: Question) => Promise<boolean>;
  /** The answer to questions is Yes. */
  readonly yes?: boolean;
  /** The name of the protected database, given as confirmation. */
  readonly confirm?: string;
  /** Who asks, where a server of the team does something for them in its own folder. */
  readonly seat?: { readonly asker: Asker; readonly service: Service; readonly team: Pick<Team, 'look'> };
  /** Environment variables; those of the process by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}
