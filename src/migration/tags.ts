import { closest, Failure } from '../base/index.ts';
import type { Migration } from './migration.ts';
import { readLabel } from './order.ts';
import type { Entry } from './state.ts';

/** The file of a project that holds its tags: a JSON object of names, each with the id of the migration that a state ends with. */
export const tagsFile = 'lockstep.tags.json';

/** Names, each with the id of the last migration of the state that it stands for. */
export type Tags = ReadonlyMap<string, string>;

const words = ['zero', 'none', 'first', 'latest', 'prev', 'next', 'all', 'head', 'tip', 'migrations', 'database'];
const shape = /^\p{L}[\p{L}\p{N}._-]*$/u;
const nameFix = ['give another name, for example release-2.1'];

/** Reads the text of the file of tags. Refuses what is no object of names and ids, and names that no tag may have. */
export function readTags(text: string): Tags {
  const refused = (why: string): Failure =>
    new Failure('tag.file', `"${tagsFile}" cannot be understood: ${why}`, { place: { file: tagsFile, line: 1, column: 1 } });
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw refused(error instanceof Error ? error.message : String(error));
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw refused('it is no object of names and ids');
  const tags = new Map<string, string>();
  for (const [name, id] of Object.entries(read)) {
    if (typeof id !== 'string' || id === '') throw refused(`"${name}" has no id of a migration`);
    if (!shape.test(name) || readLabel(name) !== undefined || words.includes(name.toLowerCase())) throw refused(`"${name}" can be no tag`);
    tags.set(name, id);
  }
  return tags;
}

/** The text of the file of tags: a line for each, by name, so that those of two people merge. */
export function writeTags(tags: Tags): string {
  const sorted = [...tags].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`;
}

/** Refuses a name that could be read as something else where a target is named: a word, a label, an id or the beginning of one. */
export function checkTagName(name: string, migrations: readonly Migration[]): void {
  const refused = (why: string): Failure =>
    new Failure('tag.name', `"${name}" can be no tag: ${why}`, { state: 'nothing was written', fix: nameFix });
  if (words.includes(name.toLowerCase())) throw refused('it is a word with a meaning of its own');
  if (readLabel(name) !== undefined) throw refused('it could be a version');
  if (!shape.test(name)) throw refused('a tag begins with a letter and has letters, digits, dots, hyphens and underscores');
  const meant = migrations.find(({ id, module, version, name: own }) =>
    [id, id.slice(module.length + 1), version, own, module].some((one) => one.startsWith(name)),
  );
  if (meant !== undefined) throw refused(`it could be the migration ${meant.id} ("${meant.file.path}")`);
}

/** Migrations with the tags that end with them. */
export function withTags(migrations: readonly Migration[], tags: Tags): readonly Migration[] {
  if (tags.size === 0) return migrations;
  const byId = new Map<string, string[]>();
  for (const [name, id] of tags) byId.set(id, [...(byId.get(id) ?? []), name]);
  return migrations.map((migration) => {
    const own = byId.get(migration.id);
    return own === undefined ? migration : { ...migration, tags: own };
  });
}

/** The entry that a state of this name ends with. */
export function tagged(name: string, entries: readonly Entry[]): Entry | undefined {
  return entries.find(({ migration }) => migration?.tags?.includes(name) === true);
}

/** The failure for a tag that is not there, with the one that was likely meant. */
export function unknownTag(name: string, tags: Tags): Failure {
  const near = closest(name, [...tags.keys()]);
  return new Failure('tag.unknown', `no tag is called "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`, {
    state: 'nothing was written',
  });
}
