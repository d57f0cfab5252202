import { type Entry, isInDatabase, isInstaller, isPending, type Module } from '../migration/index.ts';
import { inWorkplace, readEntries } from './open.ts';
import type { CommonOptions } from './options.ts';

/** A module on one database. */
export interface ListedModule {
  readonly name: string;
  /** The newest version of it that is in the database. */
  readonly version?: string;
  /** The newest version that its files have. */
  readonly newest?: string;
  readonly requires: readonly string[];
  /** Migrations that `up` would run. */
  readonly pending: number;
  /** Migrations that are in the database. */
  readonly applied: number;
}

export interface ModuleReport {
  readonly database: string;
  /** In the order in which the project has them. */
  readonly modules: readonly ListedModule[];
}

/** The modules of the project and how far each is here. Writes nothing. */
export async function listModules(options: CommonOptions = {}): Promise<ModuleReport> {
  return inWorkplace(options, { command: 'module', readOnly: true }, async (workplace) => {
    const { entries } = await readEntries(workplace);
    const { modules } = workplace.collected;
    const named = new Map<string, Module>([
      ...entries.map(({ module }) => [module, { name: module }] as const),
      ...modules.map((one) => [one.name, one] as const),
    ]);
    const order = [...modules.map(({ name }) => name), ...named.keys()];
    const listed = [...new Set(order)].map((name) =>
      listedModule(
        named.get(name) ?? { name },
        entries.filter(({ module }) => module === name),
      ),
    );
    // The project itself is a module only where it has migrations of its own.
    return { database: workplace.database.name, modules: listed.filter((one) => one.newest !== undefined || one.applied > 0) };
  });
}

function listedModule({ name, requires = [] }: Module, entries: readonly Entry[]): ListedModule {
  const steps = entries.filter((entry) => !isInstaller(entry));
  const present = entries.filter(({ row }) => isInDatabase(row));
  // The version of an installer is the one that it covers.
  const version = [...entries.filter(isInstaller), ...steps].filter(({ row }) => isInDatabase(row)).at(-1)?.version;
  const newest = (steps.at(-1) ?? entries.at(-1))?.version;
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(newest === undefined ? {} : { newest }),
    requires,
    pending: entries.filter(isPending).length,
    applied: present.length,
  };
}
