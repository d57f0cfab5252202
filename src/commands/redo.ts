import { type Entry, isInDatabase } from '../migration/index.ts';
import { type DownOptions, selectDown, takeBack } from './down.ts';
import { inWorkplace, readEntries } from './open.ts';
import type { RunReport } from './report.ts';
import { nothingToDo, withRun } from './run.ts';
import { applyUp, checkFiles, type UpOptions } from './up.ts';

/** Takes the newest migrations back and applies them again. */
export async function redo(options: DownOptions & UpOptions = {}): Promise<RunReport> {
  return inWorkplace(options, { command: 'redo', readOnly: false }, async (workplace) => {
    checkFiles(workplace);
    const { entries } = await readEntries(workplace);
    if (selectDown(entries, options).length === 0) return nothingToDo(workplace, 'down', 'nothing is applied', entries, []);
    return await withRun(workplace, options, async (run, current) => {
      const chosen = selectDown(current, options);
      const taken = await takeBack(workplace, run, chosen, options);
      if (taken.failed.length > 0 || taken.interrupted) return taken;
      const again = (await readEntries(workplace)).entries.filter(
        (entry) => isInDatabase(entry.row) || isAmong([...chosen, ...chosen.flatMap(({ covers = [] }) => covers)], entry),
      );
      const applied = await applyUp(workplace, run, again, { ...options, late: 'run' });
      return { ...applied, done: [...taken.done, ...applied.done], ms: taken.ms + applied.ms };
    });
  });
}

function isAmong(chosen: readonly Entry[], entry: Entry): boolean {
  return chosen.some((one) => one.id === entry.id);
}
