import { describe, expect, test } from 'vitest';
import { down, drift, dump, init, status, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { refused } from '../support/refused.ts';
import { workbench } from '../support/workbench.ts';

const made = [
  'CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL)',
  'CREATE INDEX users_name ON users (name)',
  'CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, user_id integer, CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id))',
  'CREATE VIEW buyers AS SELECT name FROM users WHERE id > 0',
  'CREATE TABLE knex_migrations (id integer NOT NULL PRIMARY KEY, name varchar(9), batch integer, migration_time integer)',
  "INSERT INTO users VALUES (1, 'Ada')",
];

// A connection that is handed in cannot make scratch databases.
describe.each(flavours.filter((flavour) => flavour !== 'pglite'))('on %s', (flavour) => {
  test('a database is taken over as it is: one applied migration, nothing pending, no drift, and the same structure elsewhere', async () => {
    const { options, project, query, tables, drop } = await workbench(flavour);
    for (const sql of made) await query(sql);
    const before = (await dump({ ...options, from: 'db' })).text;
    const { taken, example, files } = await init({ ...options, fromDatabase: true });
    expect(taken).toMatchObject({ objects: 3, aside: [{ tool: 'Knex', table: { name: 'knex_migrations' } }], unread: [] });
    expect([example, files.map(({ path }) => path).includes('lockstep.config.ts')]).toEqual([false, true]);

    expect((await dump({ ...options, from: 'db' })).text).toBe(before);
    expect(await query('SELECT name FROM buyers')).toMatchObject([{ name: 'Ada' }]);
    expect((await tables('own')).filter((name) => name.startsWith('lockstep_'))).toEqual(['lockstep_history', 'lockstep_log']);
    expect((await status(options)).counts).toMatchObject({ applied: 1, pending: 0 });
    expect((await drift(options)).differences).toEqual([]);
    // Going back before the beginning would be dropping everything.
    expect((await refused(down({ ...options, yes: true }))).code).toBe('migration.irreversible');

    const text = project.read(taken?.file ?? '');
    expect(text).not.toContain('knex');
    const other = await workbench(flavour, { [taken?.file ?? '']: text });
    await up(other.options);
    expect((await other.tables()).filter((name) => name !== 'buyers')).toEqual(['orders', 'users']);
    expect((await drift(other.options)).differences).toEqual([]);
    await other.drop();

    expect(await refused(init({ ...options, fromDatabase: true }))).toMatchObject({
      code: 'takeover.refused',
      message: expect.stringContaining(taken?.id ?? 'a migration'),
    });
    project.remove(taken?.file ?? '');
    expect((await refused(init({ ...options, fromDatabase: true }))).message).toContain('has a history already');
    await drop();
  });

  test('where there is nothing to take over, nothing is written and nothing is made', async () => {
    const { options, project, tables, drop } = await workbench(flavour);
    expect(await refused(init({ ...options, fromDatabase: true }))).toMatchObject({ code: 'takeover.refused' });
    expect(() => project.read('lockstep.config.ts')).toThrow();
    expect(await tables('own')).toEqual([]);
    await drop();
  });
});

test('what no structure can hold is named', async () => {
  const { options, query, drop } = await workbench('postgres');
  await query('CREATE TABLE users (id integer PRIMARY KEY)');
  await query('CREATE OPERATOR FAMILY odd USING btree');
  await query('CREATE FOREIGN DATA WRAPPER elsewhere');
  await query('CREATE SERVER far FOREIGN DATA WRAPPER elsewhere');
  await query('CREATE USER MAPPING FOR PUBLIC SERVER far');
  const { taken } = await init({ ...options, fromDatabase: true });
  const unread = ['operator family odd', 'user mapping of public for server far'];
  expect(taken?.unread).toEqual(unread);
  expect((await drift(options)).unread).toEqual(unread);
  await drop();
});
