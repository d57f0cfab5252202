import { describe, expect, test } from 'vitest';
import { diff, drift, test as tryOut, up } from '../../src/commands/index.ts';
import type { Flavour } from '../support/database.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

const served: readonly Flavour[] = ['postgres', 'mariadb'];
const users = 'CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(40));\n';

/** Names that nothing else on the server has. */
const role = `lockstep_confined_${process.pid}`;

async function roles({ query }: Workbench, flavour: Flavour): Promise<number> {
  const sql =
    flavour === 'postgres' ? `SELECT 1 FROM pg_roles WHERE rolname = '${role}'` : `SELECT 1 FROM mysql.user WHERE user = '${role}'`;
  return (await query(sql)).length;
}

describe.each(served)('on %s', (flavour) => {
  test('what concerns the whole server is passed over where migrations are tried, and what code sends of it is refused', async () => {
    const bench = await workbench(flavour, {
      'migrations/001_role.sql': `-- lockstep:up\nCREATE ROLE ${role};\n${users}-- lockstep:down\nDROP TABLE users;\nDROP ROLE ${role};\n`,
    });
    const { options, project, query, drop } = bench;
    expect(await tryOut(options)).toMatchObject({ passed: true, engines: [{ reversible: 1 }] });
    expect((await diff({ ...options, from: 'empty', to: 'migrations' })).changes).toMatchObject([{ kind: 'createTable' }]);
    expect(await roles(bench, flavour)).toBe(0);

    await up(options);
    expect(await roles(bench, flavour)).toBe(1);
    expect((await drift(options)).differences).toEqual([]);
    await query('ALTER TABLE users ADD COLUMN email varchar(40)');
    expect((await drift(options)).differences).toMatchObject([{ name: 'users.email' }]);
    await query(`DROP ROLE ${role}`);

    project.write(
      'migrations/002_code.ts',
      `export default { async up({ db }: any) { await db.executeQuery({ sql: 'CREATE ROLE ${role}', parameters: [], query: { kind: 'RawNode' }, queryId: { queryId: '1' } }); } };`,
    );
    expect(await tryOut(options)).toMatchObject({
      passed: false,
      engines: [{ problems: [{ message: expect.stringContaining('creates a role') }] }],
    });
    await expect(diff({ ...options, from: 'empty', to: 'migrations' })).rejects.toMatchObject({
      message: expect.stringContaining('creates a role'),
    });
    expect(await roles(bench, flavour)).toBe(0);
    await drop();
  });
});

test('hooks of the project do not hear of migrations that are only tried', async () => {
  const { options, drop } = await workbench('sqlite', { 'migrations/001_users.sql': users });
  const heard: string[] = [];
  const config = { hooks: { beforeRun: () => void heard.push('run'), beforeMigration: () => void heard.push('each') } };
  await tryOut({ ...options, config });
  await diff({ ...options, config, from: 'empty', to: 'migrations' });
  expect(heard).toEqual([]);
  await up({ ...options, config });
  expect(heard).toEqual(['run', 'each']);
  await drop();
});

describe('another database', () => {
  test('is not changed by migrations that are compared or tried', async () => {
    const other = await workbench('mariadb');
    await other.query('CREATE TABLE users (id integer)');
    const [{ name = '' } = {}] = (await other.query('SELECT DATABASE() AS name')) as readonly { name?: string }[];
    const { options, drop } = await workbench('mariadb', { 'migrations/001_users.sql': `${users}DROP TABLE ${name}.users;\n` });
    await expect(diff({ ...options, from: 'empty', to: 'migrations' })).rejects.toMatchObject({
      code: 'scratch.beyond',
      details: { place: { line: 2 } },
    });
    expect(await tryOut(options)).toMatchObject({ passed: false, engines: [{ problems: [{ code: 'scratch.beyond', line: 2 }] }] });
    expect(await other.tables()).toEqual(['users']);
    await other.drop();
    await drop();
  });

  test('gets no rows by triggers of a structure that is tried with rows', async () => {
    const other = await workbench('mariadb');
    await other.query('CREATE TABLE log (id integer)');
    const [{ name = '' } = {}] = (await other.query('SELECT DATABASE() AS name')) as readonly { name?: string }[];
    const { options, query, drop } = await workbench('mariadb', { 'wanted.sql': 'CREATE TABLE later (id integer);\n' });
    await query('CREATE TABLE t (id integer NOT NULL PRIMARY KEY)');
    await query(`CREATE TRIGGER t_log AFTER INSERT ON t FOR EACH ROW INSERT INTO ${name}.log VALUES (NEW.id)`);
    const report = await diff({ ...options, from: 'db', to: 'wanted.sql', renames: 'never' });
    expect(report.proven).toBe(true);
    expect(await other.query('SELECT * FROM log')).toEqual([]);
    await other.drop();
    await drop();
  });
});

test('a file of SQLite that attaches another is not tried', async () => {
  const { options, drop } = await workbench('sqlite', { 'migrations/001_users.sql': `${users}ATTACH DATABASE 'other.db' AS other;\n` });
  await expect(diff({ ...options, from: 'empty', to: 'migrations' })).rejects.toMatchObject({ code: 'scratch.beyond' });
  await drop();
});
