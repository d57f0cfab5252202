import { expect, test } from 'vitest';
import { type Manifest, versionInName } from './manifest.ts';
import { chooseFiles } from './manifest-files.ts';
import { compareVersions } from './version.ts';

test.each([
  ['update.003', '0.0.4', '0.0.3'],
  ['update.0.0.3', '0.0.4', '0.0.3'],
  ['update.0_0_3', '0.0.4', '0.0.3'],
  ['update.0010', '0.0.10', '0.0.10'],
  ['update.110', '1.1.0', '1.1.0'],
  ['update.1010', '1.1.0', '1.0.10'],
  ['update.110', '1.10', '1.10'],
  ['update.19', '1.10', '1.9'],
  ['update.099', '1.0.0', '0.9.9'],
  ['update.12', '12', '12'],
  ['update.007', '12', '7'],
  ['v1_2', '1.3', '1.2'],
])('%s of a manifest at %s is %s', (base, manifest, version) => {
  expect(versionInName(base, manifest)).toEqual({ version });
});

test.each([
  ['update.110', '1.0.10', 'beyond'],
  ['update.1111', '2.0.0', '"1111" may be 1.1.11 or 1.11.1'],
  ['update.3', '0.0.4', 'cannot be split into 3 numbers'],
  ['update.101', '1.1', 'beyond'],
  ['update', '1.1', 'ends with no version'],
  ['update.003', 'next', 'is no number'],
  [`update.${'1'.repeat(400)}`, '9.9.9', 'cannot be split'],
])('%s of a manifest at %s is not guessed', (base, manifest, why) => {
  expect(versionInName(base, manifest)).toEqual({ why: expect.stringContaining(why) });
});

const place = { file: 'info.xml', line: 1, column: 1 };
const file = (path: string, version?: string): Manifest['updates'][number] => ({
  path,
  place,
  ...(version === undefined ? {} : { version }),
});
const manifest = (more: Partial<Manifest>): Manifest => ({
  file: 'info.xml',
  version: '0.0.10',
  versionAt: place,
  requires: [],
  removable: true,
  install: [],
  updates: [],
  uninstall: [],
  testData: [],
  remarks: [],
  ...more,
});
const engines = { own: 'one', known: { one: ['one', 'uno'], two: ['two'] } };

test('each file is taken for the engine, whatever the order and the engine that is listed', () => {
  const chosen = chooseFiles(
    manifest({
      install: [file('install.one.sql')],
      updates: [file('update.0010.one.sql'), file('update.009.one5.sql'), file('extra.sql', '0.0.9')],
      uninstall: [file('uninstall.sql')],
    }),
    [
      'data/install.two.sql',
      'data/install.sql',
      'data/update.0010.two.sql',
      'data/update.009.two.sql',
      'data/extra.sql',
      'data/uninstall.two.sql',
      'data/uninstall.sql',
    ],
    { ...engines, own: 'two' },
  );
  expect(chosen.problems).toEqual([]);
  expect(chosen.unlisted).toEqual([]);
  expect(chosen.files.map(({ role, path, version }) => [role, path, version])).toEqual([
    ['install', 'data/install.two.sql', '0.0.10'],
    ['update', 'data/update.0010.two.sql', '0.0.10'],
    ['update', 'data/update.009.two.sql', '0.0.9'],
    ['update', 'data/extra.sql', '0.0.9'],
    ['uninstall', 'data/uninstall.two.sql', '0.0.10'],
  ]);
});

test('an engine without a file, two files for one, and names that lead out of the folder are told', () => {
  const chosen = chooseFiles(
    manifest({ install: [file('install.one.sql')], updates: [file('../update.009.sql'), file('update.008.sql')] }),
    ['install.one.sql', 'update.008.two.sql', 'update.008.two2.sql', 'update.007.sql'],
    { ...engines, own: 'two' },
  );
  expect(chosen.problems.map(({ message }) => message)).toEqual([
    expect.stringContaining('leads out of the module'),
    expect.stringContaining('searched for: install.two.sql and install.sql'),
    expect.stringContaining('two files for two: update.008.two.sql and update.008.two2.sql'),
  ]);
  expect(chosen.unlisted).toEqual(['update.007.sql']);
});

test.each([
  ['0.0.9', '0.0.10'],
  ['0.9.9', '1.0.0'],
  ['1.9', '1.10'],
])('%s comes before %s', (a, b) => expect(compareVersions(a, b)).toBe(-1));
