import { isInDatabase, isPartial } from './history.ts';
import type { Entry } from './state.ts';
import { compareVersions } from './version.ts';

/**
 * Decides for each module whether an installer builds it. One is chosen only where nothing of the module is in the database, and only if
 * everything that it covers is among the entries; of several, the one that covers most. What it covers is then passed over, and so are
 * installers that are not chosen. What was decided for these entries before does not count.
 */
export function withInstallers(
  entries: readonly Entry[],
  { noInstaller = false }: { readonly noInstaller?: boolean } = {},
): readonly Entry[] {
  if (!entries.some(isInstaller)) return entries;
  const ids = new Set(entries.map(({ id }) => id));
  const begun = new Set(entries.flatMap(({ row, module }) => (isInDatabase(row) || isPartial(row) ? [module] : [])));
  const chosen = new Map<string, Entry>();
  for (const entry of entries.filter(isInstaller)) {
    const covered = entry.migration?.covers ?? [];
    // Where the files are gone for which it stands there is nothing else, and updates of a manifest begin at what was installed.
    const isUsable =
      (!noInstaller || covered.length === 0 || isOfManifest(entry)) && !begun.has(entry.module) && covered.every((id) => ids.has(id));
    // One that broke off half way is the only one that can be gone on with.
    if (!isPartial(entry.row) && !isUsable) continue;
    if (isPartial(entry.row) || covered.length >= (chosen.get(entry.module)?.migration?.covers?.length ?? 0))
      chosen.set(entry.module, entry);
  }
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const built = new Map(entries.filter((entry) => isInstaller(entry) && isInDatabase(entry.row)).map((entry) => [entry.module, entry]));
  const coveredBy = new Map(
    [...chosen.values()].flatMap(({ id, migration }) => (migration?.covers ?? []).map((one) => [one, id] as const)),
  );
  return entries.map((entry) =>
    decided(entry, { chosen: chosen.get(entry.module), by: coveredBy.get(entry.id), built: built.get(entry.module), byId }),
  );
}

/** Whether it builds a module from nothing. */
export function isInstaller({ migration }: Entry): boolean {
  return migration?.covers !== undefined;
}

/** Whether a manifest names it: the updates beside it do not begin at nothing. */
export function isOfManifest({ migration }: Pick<Entry, 'migration'>): boolean {
  return migration?.file.listed?.as === 'installer';
}

interface Decision {
  /** The installer that builds the module of the entry. */
  readonly chosen: Entry | undefined;
  /** The installer that covers the entry. */
  readonly by: string | undefined;
  /** The installer that has built the module of the entry. */
  readonly built: Entry | undefined;
  readonly byId: ReadonlyMap<string, Entry>;
}

function decided({ passedOver: _, covers: __, ...entry }: Entry, { chosen, by, built, byId }: Decision): Entry {
  if (isInDatabase(entry.row)) return entry;
  // A manifest's installer stands for all versions up to its own, also for files that came to be listed later.
  if (
    built !== undefined &&
    entry.row === undefined &&
    entry.migration?.file.listed?.as === 'update' &&
    compareVersions(entry.version, built.version) <= 0
  )
    return { ...entry, passedOver: { by: built.id, why: `${built.id} built the module at ${built.version}` } };
  const covered = chosen?.migration?.covers ?? [];
  if (entry.id === chosen?.id)
    return { ...entry, covers: covered.flatMap((id) => byId.get(id) ?? []).filter(({ row }) => !isInDatabase(row)) };
  if (isInstaller(entry)) return { ...entry, passedOver: { why: `${entry.module} has a history, or not all of what it covers is wanted` } };
  return by === undefined ? entry : { ...entry, passedOver: { by, why: `covered by ${by}` } };
}
