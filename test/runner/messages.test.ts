import { expect, test } from 'vitest';
import { up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

test.each(flavours)('statements that end in comments share a message with those behind them, on %s', async (flavour) => {
  const { options, tables, drop } = await workbench(flavour, {
    'migrations/001_a.sql':
      'CREATE TABLE a (id integer) -- the first\n;\nCREATE TABLE b (id integer) /* the -- second */;\nCREATE TABLE c (id integer) --',
    'migrations/002_d.sql': 'CREATE TABLE d (id integer)\n-- the last, without an end',
  });
  expect((await up(options)).failures).toEqual([]);
  expect(await tables()).toEqual(['a', 'b', 'c', 'd']);
  await drop();
});

test('SQLite keeps of an index what the file says, and nothing more', async () => {
  const { options, query, drop } = await workbench('sqlite', {
    'migrations/001_a.sql': 'CREATE TABLE a (id integer);\nCREATE INDEX i ON a (id);\nCREATE INDEX j\n  ON a (id) ;\n',
  });
  expect((await up(options)).failures).toEqual([]);
  expect(await query("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'a' ORDER BY name")).toEqual([
    { sql: 'CREATE INDEX i ON a (id)' },
    { sql: 'CREATE INDEX j\n  ON a (id)' },
  ]);
  await drop();
});

test('a script runs in the sql_mode of the server, not in one that the client library asks for', async () => {
  const { options, query, drop } = await workbench('mariadb', {
    'migrations/001_a.sql': 'CREATE TABLE count (id INT);\nCREATE PROCEDURE p() SELECT 1;\n',
  });
  expect((await up(options)).failures).toEqual([]);
  const [row] = await query(
    "SELECT sql_mode = @@global.sql_mode AS same FROM information_schema.ROUTINES WHERE ROUTINE_NAME = 'p' AND ROUTINE_SCHEMA = DATABASE()",
  );
  expect(Number(row?.['same'])).toBe(1);
  await drop();
});
