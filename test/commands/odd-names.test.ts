import { describe, expect, test } from 'vitest';
import { doctor, down, plan, redo, status, test as tryOut, up, verify } from '../../src/commands/index.ts';
import { formatName } from '../../src/schema/index.ts';
import { flavours, freshDatabase } from '../support/database.ts';
import { asOwner } from '../support/role.ts';
import { sandbox } from '../support/sandbox.ts';
import { workbench } from '../support/workbench.ts';

/** Names that break programs: quotes, blanks, reserved words, other scripts, and the longest that every engine takes. */
const names = [
  `o'reilly`,
  'with "quotes"',
  'back`tick',
  'two words',
  'select',
  'Größe',
  '日本語',
  'Mixed',
  'semi;colon',
  '-- dash',
  'per%cent',
  'x'.repeat(63),
];

const yaml = (text: string): string => JSON.stringify(text);
/** A name as it is written where a table is meant: one with a quote, a dot or a slash stands in double quotes. */
const ref = (name: string, schema?: string): string => formatName(schema === undefined ? { name } : { schema, name });

describe.each(flavours)('on %s', (flavour) => {
  test.each(names)('a table, a column, an index and a key called %s go up, down and up again', async (name) => {
    const { options, project, query, tables, drop } = await workbench(flavour, {
      'migrations/001_changes.yaml': `up:
  - createTable:
      name: ${yaml(ref(name))}
      columns:
        - { name: ${yaml(name)}, type: integer, primaryKey: true }
        - { name: other, type: varchar(20), default: ${yaml(`it's "x" \\`)} }
      indexes: [{ name: ${yaml(`i${name.slice(1)}`)}, columns: [other] }]
  - createTable:
      name: child
      columns: [{ name: id, type: integer }, { name: ${yaml(name)}, type: integer }]
      foreignKeys: [{ columns: [${yaml(name)}], references: { table: ${yaml(ref(name))}, columns: [${yaml(name)}] } }]
  - insert: { into: ${yaml(ref(name))}, rows: [{ ${yaml(name)}: 1, other: one }] }
`,
      'migrations/002_code.ts': `import { migration } from 'lockstep';
const [name, table] = ${JSON.stringify([name, ref(name)])};
export default migration({
  async up({ schema, sql, db, batches }) {
    await db.insertInto(name).values({ [name]: 2 }).execute();
    await sql.query\`UPDATE \${sql.name('child')} SET id = 1\`;
    schema.addColumn(table, 'added', { type: 'integer' });
    await batches(name, { table, key: name }, ({ upTo }) => db.updateTable('child').set({ id: upTo }).execute());
  },
  down: ({ schema }) => schema.dropColumn(table, 'added'),
});
`,
    });
    const done = async (report: ReturnType<typeof up>): Promise<readonly string[]> => {
      const { failures, done: items } = await report;
      expect(failures).toEqual([]);
      return items.map((item) => item.id);
    };
    expect((await plan(options)).steps).toHaveLength(2);
    expect(await done(up(options))).toEqual(['001_changes', '002_code']);
    expect(await tables()).toEqual(['child', name].sort());
    const quoted = flavour === 'mariadb' ? `\`${name.replaceAll('`', '``')}\`` : `"${name.replaceAll('"', '""')}"`;
    const rows = await query(`SELECT * FROM ${quoted} ORDER BY 1`);
    expect(rows.map((row) => [Number(row[name]), row['other'], row['added']])).toEqual([
      [1, 'one', null],
      [2, `it's "x" \\`, null],
    ]);
    expect((await verify(options)).problems).toEqual([]);
    expect(await done(redo({ ...options, yes: true, count: 2 }))).toHaveLength(4);
    // Losing rows by SQL must be allowed by the table's own name.
    project.write('migrations/003_drop.sql', `DROP TABLE child;\nDROP TABLE ${quoted};\n`);
    const refused = (await up(options).catch((error: unknown) => error)) as { code?: string; details?: { fix: string[] } };
    expect(refused.code).toBe('destructive.not-allowed');
    const [fix = ''] = refused.details?.fix ?? [];
    const allow = fix
      .split('--allow ')
      .slice(1)
      .map((one) => one.trim());
    expect(await done(up({ ...options, allow }))).toEqual(['003_drop']);
    expect(await tables()).toEqual([]);
    await drop();
  });

  test('a database and its folder with odd names', async () => {
    const odd = `ls ä'b"c${flavour === 'mariadb' || flavour === 'postgres' ? '' : '#d?e'}%20 ${Math.random().toString(36).slice(2)}`;
    const server = await freshDatabase(flavour);
    const url = new URL(server.url.replace(/^(sqlite|pglite):/, 'file:'));
    if (flavour === 'sqlite' || flavour === 'pglite') url.pathname += `-${encodeURIComponent(odd)}`;
    else url.pathname = `/${encodeURIComponent(odd)}`;
    const target = flavour === 'sqlite' || flavour === 'pglite' ? `${flavour}:${url.pathname}` : url.href;
    if (flavour === 'postgres') await asOwner(server, `CREATE DATABASE "${odd.replaceAll('"', '""')}"`);
    if (flavour === 'mariadb') await asOwner(server, `CREATE DATABASE \`${odd}\``);
    const { run } = sandbox({
      [`my "größe" folder's/001_ä b.sql`]: '-- lockstep:up\r\nCREATE TABLE a (id integer);\r\n-- lockstep:down\r\nDROP TABLE a;\r\n',
    });
    const call = (...args: string[]): ReturnType<typeof run> => run([...args, '--url', target, '--dir', `my "größe" folder's`, '--json']);
    expect(JSON.parse((await call('up')).stdout)).toMatchObject({ ok: true, data: { done: [{ id: '001_ä b' }] } });
    expect(JSON.parse((await call('status')).stdout)).toMatchObject({
      data: { migrations: [{ id: '001_ä b', state: 'applied', file: `my "größe" folder's/001_ä b.sql` }] },
    });
    expect(JSON.parse((await call('down', '001_ä b', '--yes')).stdout)).toMatchObject({ ok: true, data: { done: [{ id: '001_ä b' }] } });
    if (flavour === 'postgres') await asOwner(server, `DROP DATABASE "${odd.replaceAll('"', '""')}" WITH (FORCE)`);
    if (flavour === 'mariadb') await asOwner(server, `DROP DATABASE \`${odd}\``);
    await server.drop();
  });

  test('a history table, and where there are schemas one, with odd names', async () => {
    const { options, query, tables, drop } = await workbench(flavour, {
      'migrations/001_a.sql': '-- lockstep:up\nCREATE TABLE a (id integer);\n-- lockstep:down\nDROP TABLE a;\n',
    });
    const isPostgres = flavour === 'postgres' || flavour === 'pglite';
    if (isPostgres) await query('DROP SCHEMA IF EXISTS "odd ""schema" CASCADE');
    if (isPostgres) await query('CREATE SCHEMA "odd ""schema"');
    const history = { table: `the "history's" größe`, ...(isPostgres ? { schema: 'odd "schema' } : {}) };
    const own = { ...options, config: { history }, yes: true };
    expect((await up(own)).failures).toEqual([]);
    expect((await status(own)).counts.applied).toBe(1);
    expect((await doctor(own)).healthy).toBe(true);
    expect((await down(own)).done).toHaveLength(1);
    expect(await tables('own')).toEqual(isPostgres ? [] : [`the "history's" größe`, `the "history's" größe_log`]);
    if (isPostgres) await query('DROP SCHEMA "odd ""schema" CASCADE');
    await drop();
  });

  test('a schema with an odd name, and a table of one name in two schemas', async () => {
    const name = `a "schema's" größe`;
    const { options, query, drop } = await workbench(flavour, {
      'migrations/001_a.yaml': `up:
${flavour === 'sqlite' || flavour === 'mariadb' ? '' : `  - createNamespace: { name: ${yaml(ref(name))} }\n  - createTable: { name: ${yaml(ref('t', name))}, columns: [{ name: id, type: integer }] }\n`}  - createTable: { name: t, columns: [{ name: id, type: integer }] }
`,
    });
    if (flavour === 'pglite') await query(`DROP SCHEMA IF EXISTS "${name.replaceAll('"', '""')}" CASCADE`);
    expect((await up(options)).failures).toEqual([]);
    expect((await redo({ ...options, yes: true })).failures).toEqual([]);
    expect((await down({ ...options, yes: true })).failures).toEqual([]);
    await drop();
  });
});

test('tryOut on odd names leaves the structures equal', async () => {
  const { folder } = sandbox({
    'lockstep.config.json': '{ "url": "sqlite:./a.db" }',
    'migrations/001_a.yaml': `up:\n${names.map((name) => `  - createTable: { name: ${yaml(ref(name))}, columns: [{ name: ${yaml(name)}, type: integer }] }`).join('\n')}\n`,
  });
  expect(await tryOut({ cwd: folder, env: {} })).toMatchObject({ passed: true, engines: [{ reversible: 1 }] });
});

test.each(['postgres', 'mariadb'] as const)(
  'a name that %s would cut or refuse is refused before anything runs, with its place',
  async (flavour) => {
    const long = 'n'.repeat(65);
    const { options, drop } = await workbench(flavour, {
      'migrations/001_long.yaml': `up:
  - createTable: { name: fine, columns: [{ name: id, type: integer }] }
  - createTable: { name: ${long}, columns: [{ name: id, type: integer }] }
  - addColumn: { table: fine, name: ${long}, type: integer }
`,
    });
    for (const attempt of [() => plan(options), () => up(options)]) {
      await expect(attempt()).rejects.toMatchObject({
        code: 'change.refused',
        details: {
          problems: [
            { message: expect.stringMatching(/^createTable: .*n{65}/), details: { place: { line: 3 } } },
            { message: expect.stringMatching(/^addColumn: .*n{65}/), details: { place: { line: 4 } } },
          ],
        },
      });
    }
    expect((await status(options)).counts).toMatchObject({ applied: 0, pending: 1 });
    await drop();
  },
);

test.each(['postgres', 'pglite'] as const)('on %s a name that the server cuts is told in the plan and when it happens', async (flavour) => {
  const long = 'a'.repeat(70);
  const bench = await workbench(flavour, {
    'migrations/001_long.sql': `-- lockstep:up\nCREATE TABLE ${long} (x integer);\nCREATE TABLE ok (x text DEFAULT '${long}');\n-- lockstep:down\n`,
  });
  const { steps } = await plan(bench.options);
  expect(steps[0]?.statements.map(({ risks }) => risks)).toEqual([
    [{ kind: 'mayFail', why: `the server cuts the name "${long}" to 63 bytes` }],
    [],
  ]);
  await up(bench.options);
  expect(bench.events.filter(({ ev }) => ev === 'warning')).toEqual([
    { ev: 'warning', code: 'database.warning', message: `identifier "${long}" will be truncated to "${long.slice(0, 63)}"` },
  ]);
  await bench.drop();
});
