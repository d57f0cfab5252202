import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { diff, dump } from '../../src/commands/index.ts';
import { workbench } from '../support/workbench.ts';

const made = [
  'CREATE TABLE `a;b` (id int PRIMARY KEY, n int)',
  'CREATE TABLE log (what varchar(40))',
  "CREATE TRIGGER t1 AFTER INSERT ON `a;b` FOR EACH ROW BEGIN\n  -- it's; a note\n  INSERT INTO log VALUES ('a;;b');\n  INSERT INTO log VALUES ('//');\nEND",
  'CREATE PROCEDURE p (INOUT n int) BEGIN\n  IF n > 0 THEN SET n = n - 1; ELSE CALL p(n); END IF;\nEND',
  "CREATE FUNCTION f (n int) RETURNS varchar(20) DETERMINISTIC RETURN 'a;b' -- the end",
  "CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00' DO BEGIN SET @n = 1; SET @m = 2; END",
];
const packaged = [
  'CREATE PACKAGE k AS PROCEDURE one; FUNCTION two RETURN int; END',
  'CREATE PACKAGE BODY k AS\n  PROCEDURE one AS\n  BEGIN\n    SELECT 1;\n  END;\n  FUNCTION two RETURN int AS\n  BEGIN\n    RETURN 2;\n  END;\nEND',
];

/** Runs a file as people do, with the comments of bodies, which the client leaves out by itself. */
async function byClient(url: string | undefined, text: string): Promise<void> {
  const { hostname, port, username, password, pathname } = new URL(url ?? '');
  const account = ['-h', hostname, '-P', port || '3306', '-u', username, ...(password === '' ? [] : [`--password=${password}`])];
  const running = promisify(execFile)('mariadb', [
    '--no-defaults',
    '--default-character-set=utf8mb4',
    '--comments',
    ...account,
    pathname.slice(1),
  ]);
  running.child.stdin?.end(text);
  await running;
}

test('the bodies of triggers, routines, events and packages are written so that the client and Lockstep read them again', async () => {
  const from = await workbench('mariadb');
  for (const sql of made) await from.query(sql);
  await byClient(from.options.url, `SET sql_mode = ORACLE;\nDELIMITER //\n${packaged.map((sql) => `${sql}//\n`).join('')}`);
  const text = (await dump({ ...from.options, from: 'db' })).text;

  const to = await workbench('mariadb', { 'structure.sql': text });
  await byClient(to.options.url, text);
  expect((await dump({ ...to.options, from: 'db' })).text).toBe(text);
  expect((await diff({ ...to.options, from: 'db', to: 'structure.sql' })).changes).toEqual([]);
  await from.drop();
  await to.drop();
});

test('what a dump cannot hold is told by name: engines of sequences, unions of MERGE tables, bytes in defaults', async () => {
  const { options, query, drop } = await workbench('mariadb');
  for (const sql of [
    'CREATE SEQUENCE usual',
    'CREATE SEQUENCE odd ENGINE = MyISAM',
    'CREATE TABLE one (id int) ENGINE = MyISAM',
    'CREATE TABLE united (id int) ENGINE = MERGE UNION = (one)',
    "CREATE TABLE b (plain varbinary(9) DEFAULT 'a?b', raw varbinary(9) DEFAULT 0xff41)",
  ])
    await query(sql);
  const unread = [
    'the storage engine MyISAM of the sequence odd',
    'the tables that the MERGE table united unites',
    'the bytes beyond ASCII in the default of the column b.raw',
  ];
  const { text, ...report } = await dump({ ...options, from: 'db' });
  expect(report.unread).toEqual(unread);
  for (const one of unread) expect(text).toContain(`-- not in this file: ${one}`);
  await drop();
});
