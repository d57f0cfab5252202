import { closest, Failure } from '../base/index.ts';
import { isInDatabase } from './history.ts';
import type { Entry } from './state.ts';

/** The modules that a command is about; without either all of them. */
export interface Scope {
  readonly only?: readonly string[];
  readonly exclude?: readonly string[];
}

/** The entries of the modules that are meant. Refuses names that no module has. What waits for a module that is left out says so. */
export function inScope(entries: readonly Entry[], { only, exclude = [] }: Scope, modules: readonly string[]): readonly Entry[] {
  for (const name of [...(only ?? []), ...exclude]) if (!modules.includes(name)) throw unknownModule(name, modules);
  if (only === undefined && exclude.length === 0) return entries;
  const isMeant = ({ module }: Entry): boolean => (only === undefined || only.includes(module)) && !exclude.includes(module);
  const left = new Map(entries.filter((entry) => !isMeant(entry) && !isInDatabase(entry.row)).map((entry) => [entry.id, entry]));
  return entries.filter(isMeant).map((entry) => {
    const waitsFor = entry.migration?.needs?.find((id) => left.has(id));
    return waitsFor === undefined || isInDatabase(entry.row) ? entry : { ...entry, waitsFor };
  });
}

/** That there is no such module, with the name that may be meant. */
export function unknownModule(name: string, modules: readonly string[]): Failure {
  const near = closest(name, modules);
  return new Failure('module.unknown', `there is no module "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`, {
    state: 'nothing was run',
    data: { modules },
  });
}
