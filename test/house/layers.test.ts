import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cruise } from '../../scripts/cruise.ts';
import { freshFolder } from '../support/database.ts';

const packages = ['yaml', 'zod', 'pg', 'picocolors'];
const onlyForTests = 'checker';

/** A small tree that keeps every rule, with one violation planted for each entry of `planted`. */
function tree(planted: Readonly<Record<string, string>>): string {
  const folder = freshFolder();
  const files: Record<string, string> = {
    'package.json': JSON.stringify({
      type: 'module',
      dependencies: Object.fromEntries(packages.map((name) => [name, '1.0.0'])),
      devDependencies: { [onlyForTests]: '1.0.0' },
    }),
    'tsconfig.json': '{ "compilerOptions": { "module": "nodenext", "allowImportingTsExtensions": true, "noEmit": true } }',
    'src/index.ts': "export * from './commands/index.ts';",
    'src/base/index.ts': "export { text } from './text.ts';",
    'src/base/text.ts': "export const text = 'text';",
    'src/schema/index.ts': "export { model } from './model.ts';",
    'src/schema/model.ts': "import { text } from '../base/index.ts';\nexport const model = text;",
    'src/contracts/index.ts': 'export interface Engine { name: string }',
    'src/engines/index.ts': "export { one } from './one/index.ts';\nexport { two } from './two/index.ts';",
    'src/engines/one/index.ts': "import type { Engine } from '../../contracts/index.ts';\nexport const one: Engine = { name: 'one' };",
    'src/engines/two/index.ts': "export { two } from './two.ts';",
    'src/engines/two/two.ts': 'export const two = 2;',
    'src/formats/index.ts': "export const parse = async () => (await import('yaml')).parse;",
    'src/drivers/index.ts': "export { first } from './first.ts';",
    'src/drivers/first.ts':
      "import { shared } from './shared/file.ts';\nimport { readFileSync } from 'node:fs';\nexport const first = [shared, readFileSync, () => import('pg')];",
    'src/drivers/second.ts': 'export const second = 2;',
    'src/drivers/shared/file.ts': 'export const shared = 1;',
    'src/stores/index.ts': "export { table } from './table.ts';",
    'src/stores/table.ts': 'export const table = 1;',
    'src/commands/index.ts': "export { up } from './up.ts';",
    'src/commands/up.ts':
      "import { first } from '../drivers/index.ts';\nimport { table } from '../stores/index.ts';\nexport const up = [first, table];",
    'src/cli/main.ts':
      "import colors from 'picocolors';\nimport { up } from '../commands/index.ts';\nexport const main = () => [up, colors];",
    'test/support.ts': 'export const support = 1;',
  };
  for (const name of [...packages, onlyForTests]) {
    files[`node_modules/${name}/package.json`] = JSON.stringify({ name, version: '1.0.0', main: 'index.js' });
    files[`node_modules/${name}/index.js`] = 'module.exports = {};';
  }
  for (const [path, text] of Object.entries({ ...files, ...planted })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('a tree that keeps to the floors has no forbidden import, and every source of it is read', async () => {
  expect(await cruise(tree({}))).toEqual({ violations: [], modules: 20 });
});

test('each rule of the folders fires where it is broken', async () => {
  const planted = {
    'src/base/upwards.ts': "import type { Engine } from '../contracts/index.ts';\nexport type Upwards = Engine;",
    'src/formats/sideways.ts': "import { one } from '../engines/index.ts';\nexport const sideways = one;",
    'src/commands/side-door.ts': "import { model } from '../schema/model.ts';\nexport const sideDoor = model;",
    'src/testing.ts': "export { model } from './schema/model.ts';",
    'src/schema/own-door.ts': "import { model } from './index.ts';\nexport const ownDoor = model;",
    'src/runner/public-door.ts': "import * as all from '../index.ts';\nexport const publicDoor = all;",
    'src/server/shell.ts': "import { main } from '../cli/main.ts';\nexport const shell = main;",
    'src/base/circle.ts': "import { square } from './square.ts';\nexport const circle = (): unknown => square;",
    'src/base/square.ts': "import { circle } from './circle.ts';\nexport const square = circle;",
    'src/stores/tested.ts': "import { support } from '../../test/support.ts';\nexport const tested = support;",
    'src/helpers/unknown.ts': "import { text } from '../base/index.ts';\nexport const unknown = text;",
    'src/schema/impure.ts': "import { readFileSync } from 'node:fs';\nexport const impure = readFileSync;",
    'src/migration/parser.ts': "export const parser = () => import('yaml');",
    'src/formats/client.ts': "export const client = () => import('pg');",
    'src/engines/one/borrowed.ts': "import { two } from '../two/two.ts';\nexport const borrowed = two;",
    'src/drivers/third.ts': "import { second } from './second.ts';\nexport const third = second;",
    'src/cli/behind.ts': "import { table } from '../stores/index.ts';\nexport const behind = table;",
    'src/drivers/eager.ts': "import pg from 'pg';\nexport const eager = pg;",
    'src/drivers/undeclared.ts': "export const undeclared = () => import('left-out');",
    'src/drivers/for-tests.ts': `export const forTests = () => import('${onlyForTests}');`,
    'node_modules/left-out/package.json': '{ "name": "left-out", "version": "1.0.0", "main": "index.js" }',
    'node_modules/left-out/index.js': 'module.exports = {};',
    'src/drivers/nowhere.ts': "import { nothing } from './nothing.ts';\nexport const nowhere = nothing;",
  };
  const { violations } = await cruise(tree(planted));
  const fired = new Set(violations.map(({ rule, from }) => `${rule} in ${from}`));
  expect([...fired].sort()).toEqual(
    [
      'declared-packages in src/drivers/for-tests.ts',
      'declared-packages in src/drivers/undeclared.ts',
      'known-floor in src/helpers/unknown.ts',
      'no-cycle in src/base/circle.ts',
      'not-the-own-door in src/schema/own-door.ts',
      'not-the-public-door in src/runner/public-door.ts',
      'nothing-imports-the-shell in src/server/shell.ts',
      'only-down in src/base/upwards.ts',
      'only-down in src/formats/sideways.ts',
      'only-down in src/server/shell.ts',
      'packages-late in src/drivers/eager.ts',
      'plug-in-islands in src/drivers/third.ts',
      'plug-in-islands in src/engines/one/borrowed.ts',
      'pure-core-node in src/schema/impure.ts',
      'pure-core-packages in src/formats/client.ts',
      'pure-core-packages in src/migration/parser.ts',
      'resolvable in src/drivers/nowhere.ts',
      'source-stands-alone in src/stores/tested.ts',
      'thin-shells in src/cli/behind.ts',
      'thin-shells in src/server/shell.ts',
      'through-the-door in src/commands/side-door.ts',
      'through-the-door in src/server/shell.ts',
      'through-the-door in src/testing.ts',
    ].sort(),
  );
});

test('a source that was not read is no success', async () => {
  const unread = tree({ 'src/base/node_modules/unread.ts': 'export const unread = 1;' });
  await expect(cruise(unread)).rejects.toThrow('read 20 of 21 sources; missing: src/base/node_modules/unread.ts');
});
