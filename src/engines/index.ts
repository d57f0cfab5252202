/** Floor 5: one folder an engine, all of one shape. Text in, text out: nothing here talks to a database. */
import type { Engine } from '../contracts/index.ts';

/** An engine by its name, loaded when a database of its kind is named. */
export interface EngineEntry {
  readonly name: string;
  load(): Promise<Engine>;
}

/** The engines that come with the package. */
export const builtInEngines: readonly EngineEntry[] = [
  { name: 'sqlite', load: async () => (await import('./sqlite/index.ts')).sqlite },
  { name: 'postgres', load: async () => (await import('./postgres/index.ts')).postgres },
  { name: 'mysql', load: async () => (await import('./mysql/index.ts')).mysql },
];
