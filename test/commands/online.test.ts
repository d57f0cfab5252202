import { describe, expect, test } from 'vitest';
import { diff, down, up } from '../../src/commands/index.ts';
import { type Flavour, flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

const before = [
  'CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(40), "E mail" varchar(40))',
  'CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, user_id integer, n integer)',
];
const wanted = `
CREATE TABLE users (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, "E mail" varchar(40) NOT NULL);
CREATE INDEX users_name ON users (name);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, user_id integer, n integer,
  CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id), CONSTRAINT orders_n CHECK (n > 0));
CREATE TABLE fresh (id integer NOT NULL PRIMARY KEY, n integer, CONSTRAINT fresh_n CHECK (n > 0));
CREATE INDEX fresh_by_n ON fresh (n);
`;

const postgres: readonly Flavour[] = ['postgres'];

describe.each(postgres)('on %s', (flavour) => {
  test.each(['sql', 'yaml', 'ts'])('what lets others go on is written in %s, runs over rows, and leads back', async (format) => {
    const { options, project, query, drop } = await workbench(flavour, { 'wanted.sql': wanted });
    for (const sql of before) await query(sql);
    await query("INSERT INTO users VALUES (1, 'Ada', 'ada@example.org')");
    await query('INSERT INTO orders VALUES (1, 1, 5)');
    const report = await diff({ ...options, to: 'wanted.sql', online: true, write: 'grow', format });
    expect(report.proven).toBe(true);
    const statements = report.statements.map(({ sql }) => sql);
    expect(statements.filter((sql) => /CONCURRENTLY|NOT VALID|VALIDATE/.test(sql))).toHaveLength(9);
    expect(statements.filter((sql) => /fresh/.test(sql) && /CONCURRENTLY|VALID/.test(sql))).toEqual([]);
    expect(project.read(report.file ?? '')).toMatch(/no-transaction|transaction.{0,2}: false/);
    await up(options);
    expect((await diff({ ...options, to: 'wanted.sql', online: true })).changes).toEqual([]);
    await down({ ...options, yes: true });
    expect(await query('SELECT name FROM users')).toEqual([{ name: 'Ada' }]);
    await drop();
  });

  test('rows that are in the way leave the migration where it can be taken up again', async () => {
    const { options, query, drop } = await workbench(flavour, { 'wanted.sql': wanted });
    for (const sql of before) await query(sql);
    await query('INSERT INTO orders VALUES (1, NULL, -5)');
    await diff({ ...options, to: 'wanted.sql', online: true, write: 'grow' });
    expect((await up(options)).failed).toMatchObject([{ partial: true, problem: { code: 'migration.failed' } }]);
    await query('UPDATE orders SET n = 5');
    expect(await up(options)).toMatchObject({ failed: [] });
    expect((await diff({ ...options, to: 'wanted.sql' })).changes).toEqual([]);
    await drop();
  });

  test('partitioned tables, which have no such forms, keep the plain ones', async () => {
    const parts = 'CREATE TABLE parts (id integer, n integer NOT NULL, CONSTRAINT parts_n CHECK (n > 0)) PARTITION BY LIST (id);';
    const { options, query, drop } = await workbench(flavour, { 'wanted.sql': `${parts}\nCREATE INDEX parts_by_n ON parts (n);` });
    await query('CREATE TABLE parts (id integer, n integer) PARTITION BY LIST (id)');
    const report = await diff({ ...options, to: 'wanted.sql', online: true });
    expect(report.statements.filter(({ sql }) => /CONCURRENTLY|VALID/.test(sql))).toEqual([]);
    expect(report.statements).toHaveLength(3);
    await drop();
  });
});

test.each(flavours.filter((flavour) => flavour === 'sqlite' || flavour === 'mariadb'))(
  'on %s, which chooses the weakest lock itself or has one only, nothing is otherwise',
  async (flavour) => {
    const { options, query, drop } = await workbench(flavour, {
      'wanted.sql': 'CREATE TABLE t (id integer NOT NULL PRIMARY KEY, n integer);\nCREATE INDEX by_n ON t (n);',
    });
    await query('CREATE TABLE t (id integer NOT NULL PRIMARY KEY, n integer)');
    const [plain, online] = [await diff({ ...options, to: 'wanted.sql' }), await diff({ ...options, to: 'wanted.sql', online: true })];
    expect(online.statements).toEqual(plain.statements);
    expect(plain.statements).toHaveLength(1);
    await drop();
  },
);
