import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

/** A SQLite database with one row that points nowhere, made while nobody looked. */
async function withOrphan(): Promise<{ readonly url: string; readonly query: (sql: string) => Promise<readonly unknown[]> }> {
  const database = await freshDatabase('sqlite');
  const connection = await database.connect();
  for (const sql of [
    'CREATE TABLE parent (id INTEGER PRIMARY KEY)',
    'CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id), note TEXT)',
    'PRAGMA foreign_keys = OFF',
    'INSERT INTO parent VALUES (1)',
    'INSERT INTO child VALUES (1, 1, NULL), (2, 99, NULL)',
  ])
    await connection.query(sql);
  await connection.close();
  return {
    url: database.url,
    query: async (sql) => {
      const own = await database.connect();
      const { rows } = await own.query(sql);
      await own.close();
      return rows;
    },
  };
}

test('rows that pointed nowhere before are told of and stop nothing; new ones stop the migration', async () => {
  const { url, query } = await withOrphan();
  const project = sandbox({ 'migrations/001_note.sql': "UPDATE child SET note = 'seen';" });
  const first = await project.run(['up', '--url', url]);
  expect(first.stderr).toContain('1 foreign key of child pointed to rows that do not exist before 001_note ran; they are left as they are');
  expect(first.code).toBe(0);
  project.write('migrations/002_break.sql', "INSERT INTO child VALUES (3, 98, 'new');");
  const second = await project.run(['up', '--url', url]);
  expect(second.stderr).toContain('verify.rows');
  expect(second.stderr).toContain('a key points to rows that do not exist: child (row 3)');
  expect(second.code).toBe(2);
  expect(await query('SELECT id FROM child ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
});

test('code that leaves old orphans alone runs, and one that makes new ones is rolled back', async () => {
  const { url, query } = await withOrphan();
  const code = (sql: string): string => `export default { async up({ sql }) { await sql.query\`${sql}\`; } };`;
  const project = sandbox({ 'migrations/001_note.ts': code("UPDATE child SET note = 'seen'") });
  const first = await project.run(['up', '--url', url]);
  expect(first).toMatchObject({ code: 0 });
  project.write('migrations/002_break.ts', code("INSERT INTO child VALUES (3, 98, 'new')"));
  const second = await project.run(['up', '--url', url]);
  expect(second.stderr).toContain('verify.rows');
  expect(second.code).toBe(2);
  expect(await query('SELECT id FROM child ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
});
