import { describe, expect, test } from 'vitest';
import { plan, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

const log = `schema.createTable('log', { columns: [{ name: 'id', type: 'integer', identity: true, primaryKey: true }, { name: 'line', type: 'varchar(80)' }] });`;
const ordered = {
  'migrations/001_log.ts': `export default { up({ schema }: any) { ${log} } };`,
  'migrations/002_ordered.ts': `import { migration, type QueryObject } from 'lockstep';
const rebuild = (line: string): QueryObject => ({
  describe: () => ['write ' + line, 'and nothing else'],
  parameters: { line, times: 1 },
  execute: async ({ db, schema }) => {
    const there = (await schema.hasColumn('log', 'kind')) ? ' with the column' : ' without the column';
    await db.insertInto('log').values({ line: line + there }).execute();
  },
});
export default migration({
  up({ schema, sql }) {
    sql.after(rebuild('object behind'));
    sql.after\`INSERT INTO log (line) VALUES (\${'text behind'})\`;
    schema.addColumn('log', 'kind', { type: 'integer' });
    sql.add('INSERT INTO log (line, kind) VALUES (:line, :kind)', { line: "it's :kind", kind: 7 });
    sql.before('INSERT INTO log (line) VALUES (:line)', { line: 'text in front' });
    sql.before(rebuild('object in front'));
  },
});`,
};

describe.each(flavours)('queries of a migration on %s', (flavour) => {
  test('texts and objects run before the changes, among them, and behind them, and a plan executes none', async () => {
    const { options, query, drop } = await workbench(flavour, ordered);
    await up({ ...options, to: '001' });
    const planned = (await plan(options)).steps[0];
    expect(await query('SELECT * FROM log')).toEqual([]);
    expect(planned?.statements.map(({ parameters }) => parameters)).toEqual([{ line: "'text in front'" }]);
    expect(planned?.boundary).toBe('write object in front; and nothing else');
    const foreseen = planned?.foreseen ?? [];
    expect(foreseen.map(({ says, sql }) => says?.[0] ?? sql?.replace(/["`]/g, '').split(' ').slice(0, 3).join(' '))).toEqual([
      'write object in front',
      'ALTER TABLE log',
      'INSERT INTO log',
      'write object behind',
      'INSERT INTO log',
    ]);
    expect(Object.keys(foreseen[0]?.parameters ?? {})).toEqual(['line', 'times']);
    expect((await up(options)).failures).toEqual([]);
    expect((await query('SELECT line FROM log ORDER BY id')).map(({ line }) => line)).toEqual([
      'text in front',
      'object in front without the column',
      "it's :kind",
      'object behind with the column',
      'text behind',
    ]);
    await drop();
  });

  test('what an object asks for runs before what waits behind it', async () => {
    const { options, query, drop } = await workbench(flavour, {
      'migrations/001_log.ts': `export default { up({ schema, sql }: any) {
  ${log}
  sql.add({ describe: () => 'fill', execute({ schema, sql }: any) {
    schema.insert('log', [{ line: 'first' }]);
    sql.add({ describe: () => 'inner', execute: ({ sql }: any) => sql.query\`INSERT INTO log (line) VALUES ('second')\` });
  } });
  schema.insert('log', [{ line: 'third' }]);
} };`,
    });
    expect((await up(options)).failures).toEqual([]);
    expect((await query('SELECT line FROM log ORDER BY id')).map(({ line }) => line)).toEqual(['first', 'second', 'third']);
    await drop();
  });
});

test.each([
  ["sql.add('SELECT :a, :b', { a: 1 })", '":b" has no value'],
  ["sql.add('SELECT :naem', { name: 1 })", 'did you mean ":name"?'],
  ["sql.add('SELECT 1', { name: 1 })", 'the value "name" stands nowhere in the text'],
  ['sql.add("SELECT \':a\' -- :a", { a: 1 })', 'the value "a" stands nowhere in the text'],
])('%s is refused before anything runs', async (call, message) => {
  const { options, drop } = await workbench('sqlite', { 'migrations/001_a.ts': `export default { up({ sql }: any) {\n  ${call};\n} };` });
  const report = await plan(options).catch((error: unknown) => error);
  expect(JSON.stringify(report, Object.getOwnPropertyNames(report as object).concat('problems', 'details', 'message'))).toContain(
    JSON.stringify(message).slice(1, -1),
  );
  await drop();
});
