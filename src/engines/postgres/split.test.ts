import { describe, expect, test } from 'vitest';
import { split, tokens, transactionControl } from './split.ts';

const statements = (script: string): readonly string[] => split(script).statements.map(({ sql }) => sql);

describe('split', () => {
  test.each([
    [
      'semicolons in quotes, comments and dollar quotes end nothing',
      `SELECT ';', "a;b", $$ ; $$, $x$ $$ ; $x$ -- ;\n/* ; /* ; */ */; SELECT 2`,
      2,
    ],
    ['backslashes hide quotes only behind E', `SELECT 'a\\'; SELECT E'\\'; still one'`, 2],
    ['U& strings and names', `SELECT U&'\\0061;', U&"d;" UESCAPE '!'; SELECT 1`, 2],
    ['a parameter is no dollar quote', 'SELECT $1; SELECT a$b$c; SELECT $$;$$', 3],
    [
      'a routine with a body of its own',
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 1',
      2,
    ],
    ['a rule with several actions', 'CREATE RULE r AS ON INSERT TO t DO (INSERT INTO a VALUES (1); DELETE FROM b); SELECT 1', 2],
    ['BEGIN alone is a statement', 'BEGIN; SELECT 1; COMMIT;', 3],
    ['nothing but comments', '-- a\n;; /* b */', 0],
  ])('%s', (_, script, count) => {
    const result = split(script);
    expect(result.problems).toEqual([]);
    expect(result.statements).toHaveLength(count);
  });

  test('gives the rows behind COPY with the statement', () => {
    const { statements: found } = split("COPY t (a, b) FROM stdin;\n1\tit's; \\N\n2\t\\\\.\n\\.\nSELECT 1;");
    expect(found).toEqual([
      { sql: 'COPY t (a, b) FROM stdin', offset: 0, copyData: "1\tit's; \\N\n2\t\\\\.\n" },
      { sql: 'SELECT 1', offset: expect.any(Number) },
    ]);
  });

  test('offsets lead to the statements', () => {
    const script = '\ufeff-- first\nSELECT 1;\n  /* x */ SELECT 2';
    for (const { sql, offset } of split(script).statements) expect(script.startsWith(sql, offset)).toBe(true);
  });

  test.each(['\\connect other', '\\i file.sql', '\\set x 1', 'SELECT 1 \\gset', '\\copy t FROM x'])('%s is no SQL', (line) => {
    expect(split(`${line}\n`).problems).toMatchObject([{ code: 'migration.meta-command' }]);
  });

  test('the lines that pg_dump puts around its text are passed over', () => {
    expect(statements('\\restrict abc\nSELECT 1;\n\\unrestrict abc\n')).toEqual(['SELECT 1']);
  });

  test.each(["SELECT 'a", 'SELECT $$ a', '/* a', 'SELECT "a', 'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;'])(
    '%s has no end',
    (script) => {
      expect(split(script).problems).toMatchObject([{ code: 'migration.invalid' }]);
    },
  );
});

describe('tokens', () => {
  test.each([
    ['white space, comments and line ends', 'SELECT  1 -- x\r\n, 2;', 'select 1,2'],
    ['the case of words', 'Create TABLE Users (ID int)', 'create table users(id INT);'],
    ['empty statements', ';;SELECT 1;;', 'SELECT 1'],
    ['what pg_dump puts around', '\\restrict a\nSELECT 1;\n\\unrestrict a', 'SELECT 1'],
  ])('do not count %s', (_, one, other) => {
    expect(tokens(one)).toBe(tokens(other));
  });

  test.each([
    ['a string', "SELECT 'a'", "SELECT 'A'"],
    ['a name in quotes', 'SELECT "a"', 'SELECT "A"'],
    ['white space in a body', 'DO $$ a  b $$', 'DO $$ a b $$'],
    ['a number', 'SELECT 1', 'SELECT 2'],
    ['rows of COPY', 'COPY t FROM stdin;\na\tb\n\\.\n', 'COPY t FROM stdin;\na b\n\\.\n'],
    ['where statements end', 'SELECT 1; SELECT 2', 'SELECT 1 SELECT 2'],
    ['a hint', 'SELECT /*+ a */ 1', 'SELECT 1'],
  ])('count %s', (_, one, other) => {
    expect(tokens(one)).not.toBe(tokens(other));
  });
});

describe('transactionControl', () => {
  test.each([
    ['BEGIN', 'begin'],
    ['/* x */ begin work', 'begin'],
    ['START TRANSACTION READ ONLY', 'begin'],
    ['COMMIT AND CHAIN', 'commit'],
    ['END', 'commit'],
    ['ROLLBACK', 'rollback'],
    ['ABORT WORK', 'rollback'],
    ["PREPARE TRANSACTION 'x'", 'rollback'],
    ['ROLLBACK TO SAVEPOINT a', undefined],
    ['ROLLBACK WORK TO a', undefined],
    ['SAVEPOINT a', undefined],
    ['RELEASE a', undefined],
    ["COMMIT PREPARED 'x'", undefined],
    ["ROLLBACK PREPARED 'x'", undefined],
    ['PREPARE p AS SELECT 1', undefined],
    ['SET TRANSACTION READ ONLY', undefined],
    ['SELECT 1', undefined],
    ['', undefined],
  ] as const)('of %s is %s', (sql, control) => {
    expect(transactionControl(sql)).toBe(control);
  });
});
