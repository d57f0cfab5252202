import { expect, test } from 'vitest';
import type { Format, FormatTools, Source } from '../../src/contracts/index.ts';
import { builtInFormats } from '../../src/formats/index.ts';
import type { Migration } from '../../src/migration/index.ts';
import { codeLoader, globSource, listSource, pathSource } from '../../src/sources/index.ts';
import { conformFormat, conformSource, type FormatSample } from '../../src/testing.ts';
import { engineFor } from '../support/engine.ts';
import { sandbox } from '../support/sandbox.ts';

const files = { 'migrations/001_a.sql': 'SELECT 1;\n', 'migrations/v1_2/02_b.yaml': 'up: []\n' };

test('our own sources keep the contract', async () => {
  const { folder } = sandbox(files);
  const context = { shownFrom: folder, module: 'app', loader: codeLoader(folder, {}) };
  expect(await conformSource(pathSource('migrations', folder, context))).toEqual([]);
  expect(await conformSource(globSource('migrations/**/*.{sql,yaml}', folder, context))).toEqual([]);
  expect(
    await conformSource(
      listSource([
        { name: '001_x', sql: 'SELECT 1' },
        { name: '002_y.yaml', text: 'up: []' },
      ]),
    ),
  ).toEqual([]);
});

const good = listSource([{ name: '001_x', sql: 'SELECT 1' }]);
const changed = (change: (name: string, times: number) => object): Source => {
  let times = 0;
  return { name: 'broken', list: async () => (await good.list()).map((file) => ({ ...file, ...change(file.name, times++) })) };
};
test.each<readonly [string, Source, RegExp]>([
  ['that gives another text each time', changed((_name, times) => ({ text: `SELECT ${times}` })), /asked again/],
  ['with folders in its names', changed((name) => ({ name: `a/${name}` })), /no folders/],
  ['that gives a path twice', { name: 'x', list: async () => [...(await good.list()), ...(await good.list())] }, /path of its own/],
  ['with nothing in it', { name: 'x', list: () => Promise.resolve([]) }, /at least one/],
])('a source %s is found out', async (_what, source, rule) => {
  expect((await conformSource(source)).map((one) => one.rule).join('\n')).toMatch(rule);
});

const texts: Readonly<Record<string, Omit<FormatSample, 'migration'> & { readonly text: string }>> = {
  sql: { text: 'SELECT 1;', same: '-- note\nselect  1 ;\n', other: 'SELECT 2;', broken: '-- lockstep:nonsense\nSELECT 1;' },
  yaml: {
    text: 'up:\n  - sql: SELECT 1\n',
    same: '# note\nup: [ { sql: SELECT 1 } ]\n',
    other: 'up:\n  - sql: SELECT 2\n',
    broken: 'up:\n  - nonsense: {}\n',
  },
  json: {
    text: '{"up":[{"sql":"SELECT 1"}]}',
    same: '{ "up": [ { "sql": "SELECT 1" } ] }',
    other: '{"up":[{"sql":"SELECT 2"}]}',
    broken: '{"up":[{"nonsense":{}}]}',
  },
  xml: {
    text: '<migration><up><dropTable name="a"/></up></migration>',
    same: "<!-- note -->\n<migration>\n  <up>\n    <dropTable  name='a' />\n  </up>\n</migration>\n",
    other: '<migration><up><dropTable name="b"/></up></migration>',
    broken: '<migration><up><nonsense/></up></migration>',
  },
  ini: {
    text: '[up.1.dropTable]\nname = a\n',
    same: '; note\n[up.1.dropTable]\nname=a\n',
    other: '[up.1.dropTable]\nname = b\n',
    broken: '[up.1.nonsense]\nname = a\n',
  },
};

const codeTexts = {
  text: 'export default { up() { one(); } };',
  same: '// note\nexport default {\n  up() { one(); },\n};\n',
  other: 'export default { up() { two(); } };',
  broken: 'export default { nonsense: true };',
  load: (text: string): Promise<unknown> => import(`data:text/javascript,${encodeURIComponent(text)}`),
};
const samples: typeof texts = { ...texts, ts: codeTexts, js: codeTexts };

function migrationOf(format: string, text: string): Migration {
  const [name, version] = [`001_x.${format}`, '001'];
  const file = { path: `migrations/${name}`, text, folders: [], name, module: 'app' };
  return {
    id: '001_x',
    module: 'app',
    version,
    name: 'x',
    label: { text: version, candidates: ['sequence'] },
    order: 0,
    format,
    file,
    requires: [],
  };
}

const toolsOf = async (): Promise<FormatTools> => {
  const engine = await engineFor('sqlite');
  const { transpile } = codeLoader(process.cwd(), {});
  return { tokens: (script) => engine.tokens(script), transpile, engines: ['sqlite'] };
};

test.each(Object.keys(samples))(
  'our own format %s keeps the contract, and one that takes everything for equal is found out',
  async (name) => {
    const { text, ...rest } = samples[name] ?? { text: '', same: '', other: '', broken: '' };
    const format = builtInFormats.find((one) => one.extensions.includes(name)) as Format;
    const sample = { migration: migrationOf(name, text), ...rest };
    const tools = await toolsOf();
    expect(await conformFormat(format, tools, sample)).toEqual([]);
    const dull: Format = { ...format, significant: () => ({ up: '', down: '' }) };
    expect((await conformFormat(dull, tools, sample)).map(({ rule }) => rule)).toEqual(['what means something else has another checksum']);
  },
);
