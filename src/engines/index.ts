/** Floor 5: one folder an engine, all of one shape. Text in, text out: nothing here talks to a database. */
import type { Engine } from '../contracts/index.ts';

/** An engine by its name, loaded when a database of its kind is named. */
export interface EngineEntry {
  readonly name: string;
  /** What it is also called in the names of files: `install.pgsql.sql`. */
  readonly aliases?: readonly string[];
  load(): Promise<Engine>;
}

/** The engines that come with the package. */
export const builtInEngines: readonly EngineEntry[] = [
  { name: 'sqlite', aliases: ['sqlite3'], load: async () => (await import('./sqlite/index.ts')).sqlite },
  { name: 'postgres', aliases: ['pgsql', 'postgresql'], load: async () => (await import('./postgres/index.ts')).postgres },
  { name: 'mysql', aliases: ['mariadb'], load: async () => (await import('./mysql/index.ts')).mysql },
];
