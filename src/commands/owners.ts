import { Failure, joined } from '../base/index.ts';
import { type Entry, isInDatabase, type Migration, rootModule } from '../migration/index.ts';
import { type Change, type Key, type Schema, sameSchema } from '../schema/index.ts';
import { building } from './built.ts';
import { asApplied, replayOrder } from './expected.ts';
import type { Workplace } from './open.ts';
import type { CommonOptions } from './options.ts';
import { unnoticed } from './replay.ts';
import { objectOf } from './split.ts';

interface Within {
  readonly before: Schema;
  readonly after: Schema;
  readonly entries: readonly Entry[];
  readonly module: string;
  /** Changes of rows. */
  readonly filled: readonly Change[];
}

/** Refuses differences in what other modules, or the project's own migrations, have made. What is new belongs to nobody yet. */
export async function refuseOutside(
  workplace: Workplace,
  { before, after, entries, module, filled }: Within,
  options: CommonOptions,
): Promise<void> {
  const changed = [...before.objects].flatMap(([key, object]) => {
    const now = after.objects.get(key);
    const one = (value: typeof object): Schema => ({ scope: 'all', objects: new Map([[key, value]]) });
    return now !== undefined && sameSchema(one(object), one(now)) ? [] : [key];
  });
  const touched = [...new Set([...changed, ...filled.map(objectOf).filter((key) => before.objects.has(key))])];
  if (touched.length === 0) return;
  const owners = await ownersOf(workplace, entries, options);
  const foreign = touched.flatMap((key) => {
    const owner = owners.get(key);
    return owner === module ? [] : [{ key, owner }];
  });
  if (foreign.length === 0) return;
  const whose = (owner: string | undefined): string => (owner === undefined || owner === rootModule ? "the project's own" : `of ${owner}`);
  throw new Failure(
    'checkin.outside-scope',
    `only module ${module} is checked out, and these differ too: ${joined(foreign.map(({ key, owner }) => `${key} (${whose(owner)})`))}`,
    { state: 'nothing was written; the check-out stays yours', data: { foreign } },
  );
}

/**
 * Which module has made each object: the one whose migrations, run on a scratch database in the order in which they came here, brought it
 * about. A new name counts as new.
 */
async function ownersOf(workplace: Workplace, entries: readonly Entry[], options: CommonOptions): Promise<ReadonlyMap<Key, string>> {
  const migrations: Migration[] = [];
  for (const entry of replayOrder(entries.filter(({ row }) => isInDatabase(row)))) migrations.push(await asApplied(workplace, entry));
  const { database, collected } = workplace;
  const ground = { project: unnoticed(workplace.project), database, collected };
  return building(ground, options, async (build) => {
    const owners = new Map<Key, string>();
    for (const group of runsOf(migrations)) {
      const { objects } = (await build(group)).schema;
      for (const key of objects.keys()) if (!owners.has(key)) owners.set(key, group[0]?.module ?? rootModule);
      for (const key of owners.keys()) if (!objects.has(key)) owners.delete(key);
    }
    return owners;
  });
}

/** Migrations of one module that follow one another, together. */
function runsOf(migrations: readonly Migration[]): readonly (readonly Migration[])[] {
  const runs: Migration[][] = [];
  for (const migration of migrations) {
    const last = runs.at(-1);
    if (last?.[0]?.module === migration.module) last.push(migration);
    else runs.push([migration]);
  }
  return runs;
}
