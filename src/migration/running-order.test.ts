import { describe, expect, test } from 'vitest';
import { collect } from './collect.ts';
import type { Module } from './migration.ts';

const formats = [{ name: 'sql', extensions: ['sql'] }];

/** Files as `module/folders/name`, and what some of them require. */
function ordered(paths: readonly string[], modules: readonly Module[], requires: Readonly<Record<string, readonly string[]>> = {}) {
  const headed = paths.map((path) => {
    const [module = '', ...folders] = path.split('/');
    const name = `${folders.pop()}.sql`;
    return { file: { path, text: '', folders, name, module }, header: { requires: requires[path] ?? [] } };
  });
  const { migrations, problems } = collect(headed, formats, modules);
  return { ids: migrations.map(({ id }) => id), problems: problems.map(({ code, message }) => `${code}: ${message}`) };
}

describe('modules run one after another', () => {
  test('in the order given, each behind what it requires', () => {
    const paths = ['b/001_x', 'a/001_x', 'c/v1_0/01_x', 'c/v1_10/01_x', 'c/v1_9/01_x'];
    expect(ordered(paths, [{ name: 'b', requires: ['c'] }, { name: 'a' }, { name: 'c' }])).toEqual({
      ids: ['c/v1_0/01_x', 'c/v1_9/01_x', 'c/v1_10/01_x', 'b/001_x', 'a/001_x'],
      problems: [],
    });
  });

  test('and a migration comes behind the first version that it requires, though the modules need each other', () => {
    const paths = ['a/v1/01_x', 'a/v2/01_x', 'a/v2/02_x', 'a/v3/01_x', 'b/001_x', 'b/002_x'];
    expect(ordered(paths, [{ name: 'a' }, { name: 'b' }], { 'a/v3/01_x': ['b'], 'b/001_x': ['a@>=2'] })).toEqual({
      ids: ['a/v1/01_x', 'a/v2/01_x', 'a/v2/02_x', 'b/001_x', 'a/v3/01_x', 'b/002_x'],
      problems: [],
    });
  });
});

describe('what cannot be ordered is explained', () => {
  test.each<readonly [string, readonly Module[], Readonly<Record<string, readonly string[]>>, readonly unknown[]]>([
    [
      'a module that is not there',
      [{ name: 'a', requires: ['acounts'] }, { name: 'accounts' }],
      {},
      ['module.missing: module "a" requires the module "acounts", which is not there; did you mean "accounts"?'],
    ],
    [
      'a version that is not there yet',
      [{ name: 'a', requires: ['accounts@>=v2'] }],
      {},
      ['module.missing: module "a" requires "accounts@>=v2", and the newest version of accounts is v1_1'],
    ],
    [
      'a version that is over',
      [{ name: 'a', requires: ['accounts@<1.1'] }],
      {},
      ['module.missing: module "a" requires "accounts@<1.1", and the newest version of accounts is v1_1'],
    ],
    [
      'a circle of modules',
      [
        { name: 'a', requires: ['accounts'] },
        { name: 'accounts', requires: ['a'] },
      ],
      {},
      ['module.circle: modules require each other in a circle: a → accounts → a'],
    ],
    [
      'a circle of migrations',
      [],
      { 'a/001_x': ['accounts'], 'accounts/v1_1/01_x': ['a'] },
      [expect.stringMatching(/^module.circle: migrations require each other in a circle: .*accounts\/v1_1\/01_x/)],
    ],
    ['a range that is none', [{ name: 'a', requires: ['accounts@^1'] }], {}, [expect.stringContaining('"^1" is no range of versions')]],
  ])('%s', (_, modules, requires, problems) => {
    expect(ordered(['a/001_x', 'accounts/v1_1/01_x'], modules, requires).problems).toEqual(problems);
  });

  test.each([
    ['accounts', true],
    ['accounts@1.1', true],
    ['accounts@>=v1.0 <=1.1', true],
    ['accounts@>1.0,<2', true],
    ['accounts@>= 1.1', true],
    ['accounts@=v1_1', true],
    ['accounts@1.2', false],
  ])('%s is met: %s', (requires, isMet) => {
    expect(ordered(['a/001_x', 'accounts/v1_1/01_x'], [{ name: 'a', requires: [requires] }]).problems).toHaveLength(isMet ? 0 : 1);
  });
});
