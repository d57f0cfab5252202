import { Failure, topological } from '../base/index.ts';
import type { Collected } from './collect.ts';
import type { Migration } from './migration.ts';
import { detectScheme, type Label, labelComparer, type Scheme } from './order.ts';

/**
 * Puts the migrations of all modules into one order by their labels, as teams that share one sequence count them; installers come before,
 * and what requires something stays behind it. Labels of several kinds, and a number or moment that two modules claim, are problems.
 */
export function interleave(collected: Collected, wanted: Scheme | undefined): Collected {
  // Before each module is in order by itself, nothing can be said of all of them.
  if (collected.problems.length > 0) return collected;
  const migrations = collected.migrations.map((migration): Migration => ({ ...migration, interleaved: true }));
  const steps = migrations.filter(({ covers }) => covers === undefined);
  const scheme = wanted ?? detectScheme(steps.map(({ label }) => label));
  if (scheme === undefined) return { ...collected, problems: [mixed(steps)] };
  const compareTexts = labelComparer(scheme);
  const compare = (a: Label, b: Label): number => compareTexts(bare(a), bare(b));
  const sorted = [...steps].sort((a, b) => compare(a.label, b.label) || a.order - b.order);
  const problems = sorted.flatMap((migration, at) => {
    const before = sorted[at - 1];
    return before === undefined || compare(before.label, migration.label) !== 0 ? [] : tie(before, migration, scheme);
  });
  const byNumber = [...migrations.filter(({ covers }) => covers !== undefined), ...sorted];
  const byId = new Map(migrations.map((migration) => [migration.id, migration]));
  const before = new Map<string, Migration>();
  const needed = new Map<string, readonly Migration[]>();
  for (const migration of migrations) {
    const own = before.get(migration.module);
    const others = (migration.needs ?? []).flatMap((id) => byId.get(id) ?? []);
    needed.set(migration.id, own === undefined ? others : [own, ...others]);
    before.set(migration.module, migration);
  }
  const ordered = topological(byNumber, ({ id }) => needed.get(id) ?? []);
  return { ...collected, migrations: 'order' in ordered ? ordered.order : migrations, problems };
}

/** A version without its `v`: one module says `v1_2`, the manifest of another `1.2`. */
function bare(label: Label): Label {
  return { ...label, text: label.text.replace(/^v(?=\d)/i, '') };
}

/** One number of two modules; under versions many may have one, if it is written the same way. */
function tie(a: Migration, b: Migration, scheme: Scheme): readonly Failure[] {
  const files = [a.file.path, b.file.path];
  const place = { file: b.file.path, line: 1, column: 1 };
  if (scheme !== 'version') {
    const message = `two migrations claim version ${b.version} of the one order: "${a.file.path}" and "${b.file.path}"`;
    return [new Failure('version.claimed-twice', message, { place, data: { version: b.version, files } })];
  }
  if (a.label.text === b.label.text) return [];
  const message = `the versions ${a.version} ("${a.file.path}") and ${b.version} ("${b.file.path}") cannot be told apart`;
  return [new Failure('order.ambiguous', message, { place, data: { files } })];
}

function mixed(migrations: readonly Migration[]): Failure {
  const modules = new Map<string, Migration>();
  for (const migration of migrations) if (!modules.has(migration.module)) modules.set(migration.module, migration);
  const shown = [...modules.values()].map(({ module, label, file }) => `${module} has ${label.candidates[0]} (${file.path})`);
  return new Failure('order.mixed-schemes', `one order of all modules needs labels of one kind: ${shown.join(', ')}`, {
    place: { file: migrations[0]?.file.path ?? '', line: 1, column: 1 },
    data: { modules: [...modules.keys()] },
  });
}
