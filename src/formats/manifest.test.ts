import { expect, test } from 'vitest';
import { isManifest, readManifest } from './manifest.ts';
import { manifestJsonSchema } from './manifest-grammar.ts';

test('a manifest says the same in XML, YAML and JSON', async () => {
  const xml = await readManifest({
    path: 'info.xml',
    text: '<module><code>cms</code><version>1.10</version><requirements><core>&gt;=1.2</core></requirements><removable>false</removable><files><data><install>i.sql</install><update><filename version="1.9">a.sql</filename></update><update>b.1.10.sql</update></data></files></module>',
  });
  const yaml = await readManifest({
    path: 'lockstep.module.yaml',
    text: 'module: cms\nversion: 1.10\nrequires: { core: ">=1.2" }\nremovable: false\ninstall: i.sql\nupdates: [{ file: a.sql, version: 1.9 }, b.1.10.sql]\n',
  });
  const json = await readManifest({
    path: 'lockstep.module.json',
    text: '{"module":"cms","version":"1.10","requires":["core@>=1.2"],"removable":false,"install":["i.sql"],"updates":[{"file":"a.sql","version":"1.9"},"b.1.10.sql"]}',
  });
  for (const read of [xml, yaml, json])
    expect(read).toMatchObject({
      manifest: {
        code: 'cms',
        version: '1.10',
        requires: ['core@>=1.2'],
        removable: false,
        install: [{ path: 'i.sql' }],
        updates: [{ path: 'a.sql', version: '1.9' }, { path: 'b.1.10.sql' }],
      },
    });
});

test.each([
  ['info.xml', '<module>\n<name>x</name>\n</module>', 1, 'no <version>'],
  ['info.xml', '<!DOCTYPE module [<!ENTITY a "b">]>\n<module/>', 1, 'document types'],
  ['info.xml', '<module>\n  <version>1\n</module>', 3, 'closes nothing'],
  ['lockstep.module.yaml', 'version: 1\nupdate: [a.sql]\n', 2, 'did you mean "updates"?'],
  ['lockstep.module.yaml', 'version: 1\n__proto__: { a: 1 }\n', 2, ''],
  ['lockstep.module.yaml', 'updates: []\n', 1, 'version'],
  ['lockstep.module.json', '{\n"version": "1",\n}', 3, ''],
])('%s that cannot be understood is told with its line', async (path, text, line, message) => {
  const read = await readManifest({ path, text });
  expect(read).toMatchObject({
    faults: [{ code: 'module.manifest', message: expect.stringContaining(message), details: { place: { file: path, line } } }],
  });
});

test('info.xml of something else is no manifest', () => {
  expect(isManifest('info.xml', '<info><version>1</version></info>')).toBe(false);
  expect(isManifest('lockstep.module.json', '')).toBe(true);
});

test('the JSON Schema knows every property and requires the version', () => {
  expect(manifestJsonSchema()).toMatchObject({ required: ['version'], properties: { updates: {}, uninstall: {}, requires: {} } });
});
