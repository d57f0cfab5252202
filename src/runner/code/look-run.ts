import { Failure } from '../../base/index.ts';
import { applyAll, type QualifiedName, type Schema } from '../../schema/index.ts';
import { schemaView } from '../schema-view.ts';
import type { Calls } from './calls.ts';
import type { Look } from './look.ts';
import type { ChangeQueue } from './queue.ts';
import { type CodeWork, flush } from './work.ts';

/**
 * Looks at the structure while the code runs. What it was told outside of steps is kept in the journal, so that code that is taken up
 * behind its own changes decides as it did before them.
 */
export function lookAtRun(work: CodeWork, queue: ChangeQueue, calls: Calls): Look {
  return (tables, answer) =>
    calls.query(async () => {
      if (work.inStep) return answer(await structure(work, queue, tables));
      const number = work.looks++;
      const kept = work.code.looks ?? [];
      if (number < kept.length) return kept[number] as ReturnType<typeof answer>;
      const found = answer(await structure(work, queue, tables));
      work.code = { ...work.code, looks: [...kept, found] };
      return found;
    });
}

async function structure(work: CodeWork, queue: ChangeQueue, tables: readonly QualifiedName[] | 'all'): Promise<Schema> {
  // What SQL makes, and what an earlier run has made of these changes, only the database knows.
  const isPlain = queue.waiting().every((item) => 'change' in item && item.change.kind !== 'sql');
  if (!isPlain || work.step.resume !== undefined) await flush(work, queue.take(false));
  if (work.view.isLost()) work.view = schemaView(work.run.session);
  const changes = queue.waiting().flatMap((item) => ('change' in item ? [item.change] : []));
  await work.view.know(tables);
  await work.view.ensure(changes);
  const after = applyAll(work.view.current(), changes);
  if ('refused' in after) throw new Failure('change.refused', `migration ${work.step.identity.id}: ${after.refused}`);
  return after;
}
