import { Failure } from '../base/index.ts';
import { type Entry, movedBy, resolveTarget } from '../migration/index.ts';
import { presentInOrder, takeBack } from './down.ts';
import { inWorkplace, readEntries } from './open.ts';
import type { RunReport } from './report.ts';
import { nothingToDo, withRun } from './run.ts';
import { applyUp, checkFiles, roundingOf, selectPending, type UpOptions, warningsOf } from './up.ts';

export interface ToOptions extends UpOptions {
  readonly to: string;
}

/** Goes to a migration, either way: takes back what lies behind it and applies what is missing up to it. */
export async function to(options: ToOptions): Promise<RunReport> {
  return inWorkplace(options, { command: 'to', readOnly: false }, async (workplace) => {
    checkFiles(workplace, options.to);
    const { entries } = await readEntries(workplace);
    const route = routeTo(entries, options);
    if (route.down.length === 0 && route.up.length === 0) {
      return nothingToDo(workplace, 'up', `already at ${options.to}`, entries, warningsOf(workplace, roundingOf(entries, options.to)));
    }
    return await withRun(workplace, options, async (run, current) => {
      const { down, up } = routeTo(current, options);
      if (down.length > 0) for (const { code, message } of roundingOf(current, options.to)) run.emit({ ev: 'warning', code, message });
      const taken = down.length === 0 ? undefined : await takeBack(workplace, run, down, options);
      if (up.length === 0 || (taken !== undefined && (taken.failed.length > 0 || taken.interrupted))) {
        return taken ?? nothingToDo(workplace, 'up', `already at ${options.to}`, current, []);
      }
      return joined(taken, await applyUp(workplace, run, (await readEntries(workplace)).entries, options));
    });
  });
}

/** What lies behind the target and must go, newest first, and what is missing up to it. */
export function routeTo(
  all: readonly Entry[],
  { to: reference, noInstaller }: Pick<ToOptions, 'to' | 'noInstaller'>,
): { readonly down: readonly Entry[]; readonly up: readonly Entry[] } {
  const entries = movedBy(reference, all);
  const target = resolveTarget(reference, entries).entry;
  if (target !== undefined && target.migration === undefined) {
    throw new Failure('migration.file-missing', `the file of ${target.id} is gone, so it is not known what lies behind it`);
  }
  const filed = entries.filter((entry) => entry.migration !== undefined);
  const at = target === undefined ? -1 : filed.indexOf(target);
  const behind = new Set(filed.slice(at + 1));
  const down = presentInOrder(entries)
    .reverse()
    .filter((entry) => behind.has(entry));
  return { down, up: selectPending(entries, { to: reference, ...(noInstaller === undefined ? {} : { noInstaller }) }) };
}

function joined(first: RunReport | undefined, second: RunReport): RunReport {
  if (first === undefined) return second;
  return { ...second, done: [...first.done, ...second.done], warnings: [...first.warnings, ...second.warnings], ms: first.ms + second.ms };
}
