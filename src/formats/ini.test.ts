import { describe, expect, test } from 'vitest';
import { formatTools, migrationOf, sourceFile } from '../../test/support/migration.ts';
import { Failure, formatPlace } from '../base/index.ts';
import type { Parsed } from '../contracts/index.ts';
import type { Change } from '../schema/index.ts';
import { ini, writeIni } from './ini.ts';
import { yaml } from './yaml.ts';

async function read(text: string): Promise<Parsed> {
  return ini.read(migrationOf(sourceFile('1_a.ini', text)), formatTools);
}

async function changes(text: string): Promise<readonly Change[]> {
  const { up } = await read(text);
  return up.kind === 'changes' ? up.changes.map(({ change }) => change) : [];
}

async function yamlChanges(text: string): Promise<readonly Change[]> {
  const { up } = await yaml.read(migrationOf(sourceFile('1_a.yaml', text)), formatTools);
  return up.kind === 'changes' ? up.changes.map(({ change }) => change) : [];
}

/** The problems of a text, each with its line and column. */
async function problems(text: string): Promise<readonly string[]> {
  try {
    await read(text);
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const all = error.details.problems ?? [error];
    return all.map(({ message, details: { place } }) => `${place === undefined ? '?' : formatPlace(place)} ${message}`);
  }
}

test('a table is written by hand as people write INI', async () => {
  const text = `; coupons
requires = shop, users
down = auto
verify = SELECT count(*) = 2, 1 = 1 FROM coupon

[up.10.createTable]
name = coupon
columns.id.type = bigint
columns.id.identity = true
columns.id.primaryKey = true
# a text, although it looks like a number
columns.code.type = varchar(40)
columns.code.default = "42"
columns.code.comment = 40
columns.made.type = timestamp
columns.made.default.sql = now()
unique.1.columns = code, made
indexes.1.columns = code

[up.20.insert]
into = coupon
rows.1.code = WELCOME
rows.1.n = 5
rows.1.nothing = null
rows.1."order id" = '5'
rows.2.data.json = {"a": [1, 2]}
rows.2.bytes.hex = 00ff
rows.2.long = one \\
              two

[up.30]
sql = """
UPDATE coupon
  SET code = '; # "'
"""
`;
  const same = `up:
  - createTable:
      name: coupon
      columns:
        - { name: id, type: bigint, identity: true, primaryKey: true }
        - { name: code, type: varchar(40), default: "42", comment: "40" }
        - { name: made, type: timestamp, default: { sql: now() } }
      unique: [ { columns: [ code, made ] } ]
      indexes: [ { columns: [ code ] } ]
  - insert:
      into: coupon
      rows:
        - { code: WELCOME, n: 5, nothing: null, "order id": "5" }
        - { data: { json: { a: [ 1, 2 ] } }, bytes: { hex: 00ff }, long: one two }
  - sql: "UPDATE coupon\\n  SET code = '; # \\"'"
`;
  expect(await changes(text)).toEqual(await yamlChanges(same));
  expect(await changes(text.replaceAll('\n', '\r\n'))).toEqual(await yamlChanges(same));
  const parsed = await read(text);
  expect(parsed.down).toBeUndefined();
  expect(parsed.verify).toMatchObject({ changes: [{ change: { up: { any: 'SELECT count(*) = 2, 1 = 1 FROM coupon' } } }] });
  expect(await ini.header?.(sourceFile('1_a.ini', text))).toEqual({ requires: ['shop', 'users'] });
});

test.each(['', '\n; nothing\n', '[up]\n[down]\n', 'down =\n', '\uFEFFdown = auto'])(
  'a file without changes does nothing: %j',
  async (text) => {
    expect(await read(text)).toEqual({ up: { kind: 'changes', changes: [] }, transaction: { up: true, down: true } });
  },
);

test('a new file does nothing, and what it shows in comments is a change', async () => {
  const text = ini.skeleton('Add users', 'ini', '..');
  expect(await changes(text)).toEqual([]);
  expect(await changes(text.replaceAll(/^; (?=\[|name|columns)/gm, ''))).toMatchObject([{ kind: 'createTable' }]);
});

test('a version is taken as it is written', async () => {
  expect(await ini.header?.(sourceFile('1_a.ini', 'version = 1.10\norder = 3\n'))).toEqual({ version: '1.10', order: 3 });
});

test('what stands in double quotes has escapes, and control characters may stand there as they are', async () => {
  expect(await changes('[up]\nsql = "a\\n\\u0041\\/\\"\t\u0001\\\\n"')).toEqual([{ kind: 'sql', up: { any: 'a\nA/"\t\u0001\\n' } }]);
});

test('every text is read as it was written', async () => {
  const texts = [
    ' a ',
    'a\nb',
    'a\n',
    '\n',
    'a\r\nb',
    '"',
    '""',
    'a ; b',
    '#',
    'a\\',
    '"""',
    'x\n"""\ny',
    '\t',
    '\ud800',
    '\u00a0',
    "'a'",
    '[]',
    '',
  ];
  for (const any of texts) {
    const one: Change = { kind: 'sql', up: { any } };
    const row: Change = { kind: 'insertRows', table: { name: 't' }, rows: [{ a: any, 'b.c': any, '7': any }] };
    expect(await changes(await writeIni([one, row]))).toEqual([one, row]);
  }
});

describe('what is wrong is told with its place', () => {
  test.each([
    ['[up.1.creatTable]\nname = a', '1_a.ini:1:7 there is no change "creatTable"; did you mean "createTable"?'],
    ['[up.1.addColumn]\ntable = a\nnmae = b\ntype = int', '1_a.ini:3 there is no property "nmae" in "addColumn"; did you mean "name"?'],
    ['[up.1.addColumn]\ntable = a\nname = b\ntype = varchar\nlength = x', '1_a.ini:5:10 "length" must be a number, not "x"'],
    ['[up.1]\ndropTable = a\ndropTable = b', '1_a.ini:3 "dropTable" is given twice, first in line 2'],
    ['[up.1.dropTable]\nname = a\n[up.1.dropTable]', '1_a.ini:3 this section is given twice, first in line 1'],
    ['down = auto\ndown.irreversible = x', '1_a.ini:2:6 what stands before this key has a value of its own, first in line 1'],
    ['down.irreversible = x\ndown = auto', '1_a.ini:2 "down" has keys of its own and can have no value, first in line 1'],
    ['[up.2]\ndropTable = a\n[up.1]\ndropTable = b', '1_a.ini:3:5 the numbers of a list rise; 1 stands behind 2, first in line 1'],
    ['[up.1.createEnum]\nname = a\nvalues.x = 1', '"x" is no item of the list "values"; items are numbered: 1, 2, …'],
    ['[up.1.createTable]\nname = a\ncolumns.id.type = int\ncolumns.id.name = b', '"name" is given twice, first in line 3'],
    ['order = 1 ; first', '1_a.ini:1:11 a comment stands on a line of its own'],
    ['order', '"=" is expected behind a key'],
    ['= 1', 'a key is expected'],
    ['[up', 'the name of a section ends with "]"'],
    ['[up] x', 'nothing stands behind the name of a section'],
    ['down = "auto', 'a value that begins with a double quote ends with one'],
    ['verify = """\nSELECT', 'the text between lines of """ has no end'],
    [`${'a.'.repeat(200)}b = 1`, 'the text is nested deeper than 100 levels'],
    ['[up.1.insert]\ninto = t\nrows.1.__proto__ = 1', '"__proto__" cannot be a key'],
  ])('%j', async (text, problem) => {
    expect((await problems(text)).join('\n')).toContain(problem);
  });
});
