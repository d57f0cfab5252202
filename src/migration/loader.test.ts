import { describe, expect, test } from 'vitest';
import { collect, type Header } from './collect.ts';
import type { HistoryRow } from './history.ts';
import { withInstallers } from './installer.ts';
import { entriesOf, isPending } from './state.ts';

const formats = [{ name: 'sql', extensions: ['sql'] }];

/** Two modules: one with an installer up to v1_0, one with two migrations in each version, ordered by what they say of themselves. */
const files: readonly (readonly [path: string, header: Header])[] = [
  ['Test1/Installation', { covers: 'v1_0' }],
  ['Test1/v1_0/Test1BundleMigration10', {}],
  ['Test1/v1_1/Test1BundleMigration11', {}],
  ['Test2/v1_0/Test2BundleMigration11', { order: 11 }],
  ['Test2/v1_0/Test2BundleMigration10', { order: 10 }],
  ['Test2/v1_1/Test2BundleMigration11', { order: 2 }],
  ['Test2/v1_1/Test2BundleMigration12', { order: 1 }],
];
const one = ['Test1/v1_0/Test1BundleMigration10', 'Test1/v1_1/Test1BundleMigration11'] as const;
const two = [
  'Test2/v1_0/Test2BundleMigration10',
  'Test2/v1_0/Test2BundleMigration11',
  'Test2/v1_1/Test2BundleMigration12',
  'Test2/v1_1/Test2BundleMigration11',
] as const;

/** What would run where these have run. */
function pending(applied: readonly string[], state: HistoryRow['state'] = 'applied'): readonly string[] {
  const headed = files.map(([path, header]) => {
    const [module = '', ...folders] = path.split('/');
    const name = `${folders.pop()}.sql`;
    return { file: { path, text: '', folders, name, module }, header };
  });
  const { migrations, problems } = collect(headed, formats, [{ name: 'Test1' }, { name: 'Test2' }]);
  expect(problems).toEqual([]);
  const rows = applied.map((id) => ({ id, state }) as HistoryRow);
  return withInstallers(entriesOf(migrations, rows, () => false))
    .filter(isPending)
    .map(({ id }) => id);
}

describe('what is loaded for a database', () => {
  test.each<readonly [title: string, applied: readonly string[], state: HistoryRow['state'], wanted: readonly string[]]>([
    ['that is fresh: the installer and what is newer', [], 'applied', ['Test1/Installation', one[1], ...two]],
    ['with the first module at v1_0: no installer', [one[0]], 'applied', [one[1], ...two]],
    ['with the first module at v1_1: nothing of it', one, 'applied', two],
    ['with the second module at v1_0: its v1_1', two.slice(0, 2), 'applied', ['Test1/Installation', one[1], ...two.slice(2)]],
    ['with both at v1_0: both of v1_1', [one[0], ...two.slice(0, 2)], 'applied', [one[1], ...two.slice(2)]],
    ['that had a version and has none any more: as a fresh one', [one[0], one[1]], 'reverted', ['Test1/Installation', one[1], ...two]],
    ['with all at v1_1: nothing', [...one, ...two], 'applied', []],
  ])('%s', (_, applied, state, wanted) => {
    expect(pending(applied, state)).toEqual(wanted);
  });

  test('with one migration of a version but not the other: the other', () => {
    expect(pending([...one, ...two.slice(0, 3)])).toEqual([two[3]]);
    expect(pending([...one, two[1], two[2], two[3]])).toEqual([two[0]]);
  });
});

describe('the order of versions and numbers', () => {
  const sorted = (paths: readonly string[]): readonly string[] => {
    const headed = paths.map((path) => {
      const folders = path.split('/');
      const name = `${folders.pop()}.sql`;
      return { file: { path, text: '', folders, name, module: 'm' }, header: {} };
    });
    const { migrations, problems } = collect(headed, formats, []);
    return problems.length > 0 ? problems.map(({ code }) => code) : migrations.map(({ file }) => file.path);
  };

  test.each<readonly [right: readonly string[]]>([
    [['0.0.9/01_a', '0.0.10/01_a', '0.1/01_a']],
    [['1.9/01_a', '1.10/01_a']],
    [['v1_9/01_a', 'v1_10/01_a', 'v2/01_a']],
    [['1_a', '2_a', '9_a', '10_a', '100_a']],
    [['v1_0/1_a', 'v1_0/2_a', 'v1_0/9_a', 'v1_0/10_a', 'v1_0/100_a']],
    [['v1_0/c2', 'v1_0/c10']],
  ])('%j', (right) => {
    for (const paths of [right, right.toReversed(), right.toSorted()]) expect(sorted(paths)).toEqual(right);
  });

  test.each([
    [['v1_1/01_a', 'v1_01/01_a'], 'order.ambiguous'],
    [['v1_foo/01_a', 'v1_zoo/01_a'], 'order.ambiguous'],
    [['v0.0.7/01_a', '0.0.3/01_a'], 'order.mixed-schemes'],
    [['V1.1/01_a', 'v1.2/01_a', '1.3/01_a'], 'order.mixed-schemes'],
    [['1_a', '01_b'], 'version.claimed-twice'],
  ])('of %j is nobody to tell: refused', (paths, code) => {
    expect(sorted(paths)).toEqual([code]);
  });
});
