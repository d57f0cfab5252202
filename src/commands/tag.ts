import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../base/index.ts';
import { checkTagName, movedBy, resolveTarget, type Tags, tagsFile, unknownTag, writeTags } from '../migration/index.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, openProject, readTagsOf } from './project.ts';
import { freshEntry } from './replay.ts';
import { checkFiles } from './up.ts';
import { writing } from './write.ts';

export interface TagOptions extends CommonOptions {
  /** The tag to be made or removed; without one they are only listed. */
  readonly name?: string;
  /** The migration that the state ends with: an id, a version, `latest` (the default). */
  readonly at?: string;
  readonly remove?: boolean;
}

/** A name for a state of the migrations. */
export interface Tag {
  readonly name: string;
  /** The last migration of the state. */
  readonly id: string;
  /** No file has that migration any more, so that the tag leads nowhere. */
  readonly lost?: true;
}

export interface TagReport {
  /** All of them afterwards, by name. */
  readonly tags: readonly Tag[];
  readonly made?: Tag;
  readonly removed?: Tag;
}

/**
 * Names a state of the migrations, takes a name away, or lists the names. They are kept in a file of the project, so that all databases
 * know them; no database is opened. Refuses a name that could mean something else, and one that is taken.
 */
export async function tag(options: TagOptions = {}): Promise<TagReport> {
  const { name, at, remove = false } = options;
  const project = await openProject(options);
  const collected = await collectMigrations(project, options);
  const path = join(project.base, tagsFile);
  const tags = readTagsOf(project);
  const known = new Set(collected.migrations.map(({ id }) => id));
  const shown = ([own, id]: readonly [string, string]): Tag => ({ name: own, id, ...(known.has(id) ? {} : { lost: true }) });
  const listed = (all: Tags): readonly Tag[] => [...all].map(shown).sort((a, b) => (a.name < b.name ? -1 : 1));
  if (name === undefined) return { tags: listed(tags) };
  if (remove) {
    const id = tags.get(name);
    if (id === undefined) throw unknownTag(name, tags);
    const rest = new Map([...tags].filter(([own]) => own !== name));
    save(path, rest);
    return { tags: listed(rest), removed: shown([name, id]) };
  }
  checkFiles({ collected });
  const there = tags.get(name);
  if (there !== undefined) {
    throw new Failure('tag.exists', `the tag "${name}" stands for the state up to ${there}`, {
      state: 'nothing was written',
      fix: [`lockstep tag ${name} --remove`, 'give another name'],
    });
  }
  checkTagName(name, collected.migrations);
  const id = lastOf(at ?? 'latest', collected.migrations.map(freshEntry));
  const all = new Map([...tags, [name, id] as const]);
  save(path, all);
  return { tags: listed(all), made: shown([name, id]) };
}

/** The id that a reference means in the files alone. */
function lastOf(reference: string, entries: ReturnType<typeof freshEntry>[]): string {
  const state = 'nothing was written';
  if (/(?:^|@)(?:prev|next|zero|none|[+-]\d+)$/.test(reference)) {
    throw new Failure('usage.invalid-value', `a tag is the same for all databases, and "${reference}" is not`, {
      state,
      fix: ['name a migration by its id', 'latest   the last one that there is'],
    });
  }
  const { entry, rounded } = resolveTarget(reference, movedBy(reference, entries));
  if (rounded !== undefined) throw new Failure('ref.unknown', `no migration is called "${reference}"; ${rounded}`, { state });
  if (entry === undefined) throw new Failure('ref.unknown', 'there is no migration that a state could end with', { state });
  return entry.id;
}

function save(path: string, tags: Tags): void {
  const beside = `${path}.${process.pid}.new`;
  writing(tagsFile, () => {
    if (tags.size === 0) return rmSync(path, { force: true });
    writeFileSync(beside, writeTags(tags));
    renameSync(beside, path);
  });
}
