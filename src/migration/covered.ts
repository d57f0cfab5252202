import { Failure, joined } from '../base/index.ts';
import type { Migration, Module } from './migration.ts';
import { compareLabels, detectScheme } from './order.ts';
import { labelOf } from './requirement.ts';

/** What an installer of a module stands for, and what must be there before it. */
export interface Covered {
  /** The version, as the files of the module spell it. */
  readonly version: string;
  /** The migrations that it stands for, in their order. */
  readonly steps: readonly Migration[];
  /** Migrations of other modules, in their order, that run before. */
  readonly base: readonly Migration[];
  /** What its file must require. */
  readonly requires: readonly string[];
}

/**
 * The migrations of a module up to a version, by default the newest, and those of other modules that these require, with all that stands
 * before them. Refuses a version that no migration has, and modules that need each other at different times: an installer comes before all
 * of its module.
 */
export function coveredUpTo(migrations: readonly Migration[], module: Module, version?: string): Covered {
  const own = migrations.filter((one) => one.module === module.name && one.covers === undefined);
  const scheme = module.scheme ?? detectScheme(own.map(({ label }) => label)) ?? 'version';
  const wanted = version === undefined ? own.at(-1)?.label : labelOf(version);
  const last = wanted === undefined ? undefined : own.findLast(({ label }) => compareLabels(scheme, label, wanted) === 0);
  if (last === undefined || wanted === undefined) {
    const known = [...new Set(own.map((one) => one.version))];
    throw new Failure(
      'usage.invalid-value',
      known.length === 0
        ? `module "${module.name}" has no migrations`
        : `module "${module.name}" has no version "${version}"; it has ${joined(known)}`,
      { state: 'nothing was written' },
    );
  }
  const steps = own.filter(({ label }) => compareLabels(scheme, label, wanted) <= 0);
  const others = steps.flatMap(({ requires }) => requires).filter((text) => !isOf(module.name, text));
  return { version: last.version, steps, base: baseOf(steps, migrations), requires: [...new Set(others)] };
}

function isOf(module: string, requirement: string): boolean {
  return requirement.split('@')[0]?.trim() === module;
}

/** What stands before migrations of one module and belongs to others, in running order. Refuses where that needs one of them. */
export function baseOf(steps: readonly Migration[], migrations: readonly Migration[]): readonly Migration[] {
  const module = steps[0]?.module;
  const all = migrations.filter(({ covers }) => covers === undefined);
  const byId = new Map(all.map((one) => [one.id, one]));
  const wanted = new Set(steps.flatMap(({ needs = [] }) => needs));
  for (const id of wanted) {
    const needed = byId.get(id);
    if (needed === undefined) continue;
    if (needed.module === module) {
      throw new Failure('module.circle', `an installer comes before all of "${module}", and what it requires needs ${id} of that module`, {
        state: 'nothing was written',
        fix: ['cover a version before that', 'do without an installer for this module'],
        data: { migration: id },
      });
    }
    const before = all.filter((one) => one.module === needed.module);
    for (const one of before.slice(0, before.indexOf(needed) + 1)) for (const next of [one.id, ...(one.needs ?? [])]) wanted.add(next);
  }
  return all.filter(({ id }) => wanted.has(id));
}
