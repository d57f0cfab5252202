import type { Engine } from '../../src/contracts/index.ts';
import { builtInEngines } from '../../src/engines/index.ts';

/** An engine by its name. */
export async function engineFor(name: string): Promise<Engine> {
  const entry = builtInEngines.find((one) => one.name === name);
  if (entry === undefined) throw new Error(`there is no engine "${name}"`);
  return entry.load();
}
