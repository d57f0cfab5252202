import { describe, expect, test } from 'vitest';
import { formatTools, migrationOf, sourceFile } from '../../test/support/migration.ts';
import { Failure, lineStarts, placeAt } from '../base/index.ts';
import { yaml } from './yaml.ts';

/** The text without its marks, and the place of each mark: `»` stands in front of what a problem is about. */
function unmarked(marked: string): { readonly text: string; readonly places: readonly string[] } {
  const text = marked.replaceAll('»', '');
  const starts = lineStarts(text);
  const places = [...marked.matchAll(/»/g)].map((match, i) => {
    const { line, column } = placeAt('', starts, match.index - i);
    return `${line}:${column}`;
  });
  return { text, places };
}

async function problemsOf(name: string, text: string): Promise<readonly Failure[]> {
  try {
    await yaml.read(migrationOf(sourceFile(name, text)), formatTools);
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.details.problems ?? [error];
  }
}

async function expectProblems(name: string, marked: string, messages: readonly string[]): Promise<void> {
  const { text, places } = unmarked(marked);
  const problems = await problemsOf(name, text);
  expect(problems.map(({ message }) => message)).toEqual(messages);
  expect(problems.map(({ details: { place } }) => `${place?.line}:${place?.column}`)).toEqual(places);
  for (const { code, message, details } of problems) {
    expect(code).toBe(message.startsWith('there is no change') ? 'migration.unknown-change' : 'migration.invalid');
    expect(details).toMatchObject({ place: { file: `migrations/${name}` }, source: text });
  }
}

const inUp = (entry: string): string => `up:\n  - ${entry}\n`;
const column = (rest: string): string => inUp(`addColumn: { table: users, name: a, ${rest} }`);
type Cases = readonly (readonly [marked: string, ...messages: string[]])[];

const structure: Cases = [
  ['up: []\n»vesion: 1\n', 'there is no property "vesion" in the file; did you mean "version"?'],
  ['»upp: []\n', 'there is no property "upp" in the file; did you mean "up"?'],
  ['»- dropTable: a\n', 'the file must be a mapping, not a list'],
  ['»null\n', 'the file must be a mapping, not empty'],
  ['up: »dropTable\n', '"up" must be a list or empty, not "dropTable"'],
  [inUp('»dropTabel: users'), 'there is no change "dropTabel"; did you mean "dropTable"?'],
  [inUp('»constructor: users'), 'there is no change "constructor"'],
  [inUp('»toString: users'), 'there is no change "toString"'],
  [inUp('»dropTable'), 'item 1 of "up" must be a mapping, not "dropTable"'],
  [inUp('»{}'), 'a change is a mapping with exactly one key, its kind'],
  [inUp('»{ dropTable: a, dropView: b }'), 'a change is a mapping with exactly one key, its kind'],
  ['down: »atuo\n', '"down" must be a list, "auto", a mapping or empty, not "atuo"; did you mean "auto"?'],
  ['down: { »irreversibel: x }\n', 'there is no property "irreversibel" in "down"; did you mean "irreversible"?'],
  ['down:\n  - »dropTabel: x\n', 'there is no change "dropTabel"; did you mean "dropTable"?'],
  ['verify: [»1]\n', 'item 1 of "verify" must be text, not 1; put it in quotes'],
  ['transaction: »never\n', '"transaction" must be true or false or a mapping, not "never"'],
  ['order: »1.5\n', '"order" must be a whole number, not 1.5'],
  [inUp('dropColumn: { table: users, »nam: a }'), 'there is no property "nam" in "dropColumn"; did you mean "name"?'],
  [inUp('dropColumn: »{ table: users }'), '"name" is missing in "dropColumn"'],
  [inUp('dropColumn:\n      »table: users'), '"name" is missing in "dropColumn"'],
  [inUp('dropColumn: { table: t, name: a, »cascade: true }'), 'there is no property "cascade" in "dropColumn"; known here: table, name'],
  [inUp('dropColumn: { table: users, name: »007 }'), '"name" must be text, not 7; put it in quotes'],
  [inUp('dropColumn: { table: users, name: »"" }'), '"name" cannot be empty'],
  [
    'up:\n  - createTable:»\n    »name: x\n    »columns: []\n',
    '"createTable" must be a mapping, not empty',
    'there is no change "name"',
    'there is no change "columns"',
  ],
  [inUp('createIndex: { table: t, columns: »[] }'), '"columns" needs at least 1 item'],
  [
    inUp('createTable: { name: t, columns: [ { name: a, type: int, »lenght: 4 } ] }'),
    'there is no property "lenght" in item 1 of "columns"; did you mean "length"?',
  ],
  [column('type: int, nullable: »maybe'), '"nullable" must be true or false, not "maybe"'],
  [column('type: varchar, length: »-4'), '"length" must be at least 1'],
  [column('type: int, references: { »tabel: b, column: c }'), 'there is no property "tabel" in "references"; did you mean "table"?'],
  [
    column('type: int, references: { table: b, column: c, onDelete: »cascad }'),
    '"onDelete" must be "no action", "restrict", "cascade", "set null" or "set default", not "cascad"; did you mean "cascade"?',
  ],
  [column('type: { »nativ: { postgres: box } }'), 'there is no property "nativ" in "type"; did you mean "native"?'],
  [column('type: int, default: { »sqll: x }'), 'there is no property "sqll" in "default"; did you mean "sql"?'],
  [column('type: int, default: »[1]'), '"default" must be empty, true or false, a number, a whole number, text or a mapping, not a list'],
  [inUp('sql: »5'), '"sql" must be a mapping or text, not 5; put it in quotes'],
];

const outside = '(a type of the database is written `{ named: mood }`, one engine’s own `{ native: { ENGINE: text } }`)';
const meaning: Cases = [
  [column('type: »vachar(40)'), `unknown type "vachar"; did you mean "varchar"? ${outside}`],
  [column('type: »serial'), `unknown type "serial"; write "integer" with \`identity: true\` ${outside}`],
  [column('type: »geometry'), `unknown type "geometry" ${outside}`],
  [column('type: »"[]"'), '"[]" is no type'],
  [column('type: »varchar(0)'), 'length must be a whole number from 1 on'],
  [column('type: varchar(40), length: »40'), 'length is given twice'],
  [column('type: »int, length: 4'), 'type "int" has no length'],
  [column('type: »"int(4)"'), 'too many numbers stand behind "int"'],
  [column('type: »text, unsigned: true'), 'type "text" cannot be unsigned'],
  [column('type: »decimal, scale: 2'), 'type "decimal" has a scale only beside a precision'],
  [column('type: »enum'), 'type "enum" needs `values`, a list of texts'],
  [column('type: »array'), 'type "array" needs `of`, the type that it holds'],
  [column('type: array, of: { type: »vachar }'), `unknown type "vachar"; did you mean "varchar"? ${outside}`],
  [column('type: int, »values: [a]'), 'this type has no "values"'],
  [column('type: { native: »{ postgres: a, mysql: b } }'), 'a native type is given for exactly one engine: `{ native: { ENGINE: text } }`'],
  [column('type: { native: { »postgre: box } }'), 'there is no engine "postgre"; did you mean "postgres"?'],
  [
    column('type: timestamp, default: »now()'),
    '"now()" looks like SQL; write { sql: "now()" }, or { value: "now()" } if the text itself is meant',
  ],
  [column('type: int, references: »users'), '"users" names no column of a table; write table.column'],
  [inUp('dropTable: »a.b.c'), '"a.b.c" is no name; write name or schema.name, and a part with a dot or quotes in it as "a.b"'],
  [inUp("dropTable: »'a\"b'"), '"a"b" is no name; write name or schema.name, and a part with a dot or quotes in it as "a.b"'],
  [
    inUp('createTable: { name: t, primaryKey: »[a], columns: [ { name: a, type: int, primaryKey: true } ] }'),
    'the primary key is given twice: here and at column "a"',
  ],
  [inUp('alterColumn: { table: t, name: a, set: »{} }'), 'nothing is to be different'],
  [inUp('alterColumn: { table: t, name: a, set: »{ length: 4 } }'), 'the parts of a type need the `type` beside them'],
  [
    inUp('addConstraint: »{ table: t, unique: [a], check: b }'),
    'exactly one of primaryKey, unique, foreignKey, check and exclude must stand beside `table`',
  ],
  [inUp('dropConstraint: »{ table: t }'), 'the constraint is not named: give `name`, or `type` and `columns`'],
  [
    inUp('createIndex: { table: t, columns: [ »{ column: a, sql: b }, »{ order: desc } ] }'),
    'one of `column` and `sql` must be given, and only one',
    'one of `column` and `sql` must be given, and only one',
  ],
  [inUp('dropTrigger: »watch'), 'a trigger is named together with its table: give `on`'],
  [inUp('dropView: { name: v, on: »t }'), 'a view lies on no table'],
  [inUp('dropView: { name: v, arguments: »int }'), 'a view has no arguments'],
  [inUp('setComment: »{ on: column, name: a, comment: x }'), 'a column is named together with its table: give `table`'],
  [inUp('setComment: { on: view, table: »t, name: a, comment: x }'), 'a view lies on no table'],
  [inUp('addEnumValue: »{ type: m, value: a, before: b, after: c }'), 'a value stands either `before` or `after` another'],
  [inUp('insert: { into: t, rows: »[] }'), 'there are no rows'],
  [inUp('insert: { into: t, rows: [ { a: { hex: »0xf } } ] }'), 'bytes are written as text of hexadecimal digits, two for each'],
  [
    inUp('insert: { into: t, rows: [ { a: { json: »9007199254740993 } } ] }'),
    'a whole number of this size loses digits in JSON; write it as text, or the whole JSON as { sql }',
  ],
  [inUp('upsert: { into: t, key: [id], rows: [ »{ name: a } ] }'), 'the row has no value for "id", which tells it apart'],
  [inUp('delete: { from: t, where: »{} }'), 'all rows would be meant; if so, write { sql: "1 = 1" }'],
  [inUp('update: { table: t, set: »{}, where: { a: 1 } }'), 'nothing is to be different'],
  [inUp('sql: { »postgre: SELECT 1 }'), 'there is no engine "postgre"; did you mean "postgres"?'],
  [inUp('sql: { up: SELECT 1, »donw: SELECT 2 }'), 'there is no property "donw" here'],
  [inUp('sql: »{}'), 'SQL is given for no engine'],
];

const notation: Cases = [
  ['up: []\n»up: []\n', '"up" is given twice'],
  [inUp('insert: { into: t, rows: [ { a: 1, »a: 2 } ] }'), '"a" is given twice'],
  [inUp('insert: { into: t, rows: [ { »1: a } ] }'), 'a key is text; write "1" in quotes'],
  [inUp('insert: { into: t, rows: [ { »true: a } ] }'), 'a key is text; write "true" in quotes'],
  [inUp('insert: { into: t, rows: [ { »[a]: 1 } ] }'), 'a key must be text'],
  [inUp('insert: { into: t, rows: [ { »__proto__: { polluted: true } } ] }'), '"__proto__" cannot be a key'],
  [inUp('insert: { into: t, rows: [ { »<<: { a: 1 } } ] }'), 'merge keys are not understood; write the properties out'],
  [
    inUp('insert: { into: t, rows: [ { a: »12345678901234567.89 } ] }'),
    '12345678901234567.89 would lose digits as a number; put it in quotes',
  ],
  [inUp('insert: { into: t, rows: [ { a: ».nan } ] }'), '.nan is no number here; put it in quotes'],
  [inUp('insert: { into: t, rows: [ { a: »1e400 } ] }'), '1e400 is no number here; put it in quotes'],
  [inUp('dropTable: »*a'), 'there is no anchor "a" before this'],
  [inUp('dropTable: !!binary »aGk='), 'the tag "tag:yaml.org,2002:binary" is not understood; bytes are written { hex: … }'],
  [inUp('dropTable: »!mine a'), 'Unresolved tag: !mine'],
  ['up: []\n»---\nup: []\n', 'a file holds one document; a second one begins here'],
  ['up:\n»\t- dropTable: a\n', 'YAML is indented with blanks, not with tabs'],
  ['»%YAML 1.1\n---\nup: []\n', 'YAML is read by version 1.2; take the %YAML directive out'],
  ['up: »a: b\n', 'Nested mappings are not allowed in compact mappings'],
  ['up:\r\n  - dropTable: a\r\n  - »dropTabel: b\r\n', 'there is no change "dropTabel"; did you mean "dropTable"?'],
  [inUp(`insert: { into: t, rows: [ { a: ${'['.repeat(95)}»[${']'.repeat(96)} } ] }`), 'the text is nested deeper than 100 levels'],
];

const strictJson: Cases = [
  ['{ "up": [] »// none\n}', 'JSON has no comments'],
  ['»# none\n{ "up": [] }', 'JSON has no comments'],
  ['{ »up: [] }', 'a key in double quotes or "}" is expected'],
  ["{ »'up': [] }", 'JSON texts stand in double quotes'],
  ['{ "up": [], »}', 'a key in double quotes is expected'],
  ['{ "up": [ », ] }', 'a value or "]" is expected'],
  ['{ "up" »[] }', '":" is expected'],
  ['{ "up": [] } »{}', 'nothing more is expected'],
  ['{ "order": 0»1 }', '"," or "}" is expected'],
  ['{ "order": ».5 }', 'a value is expected'],
  ['{ "up": [»', 'the text ends too early; a value or "]" is expected'],
  ['{ "up": [], »"up": [] }', '"up" is given twice'],
  ['{ "up": [ { "dropTable": »1 } ] }', '"dropTable" must be text or a mapping, not 1; put it in quotes'],
  ['»null', 'the file must be a mapping, not empty'],
];

describe('what does not fit the grammar is named with its place', () => {
  test.each(structure)('%j', async (marked, ...messages) => {
    await expectProblems('1_a.yaml', marked, messages);
  });
});

describe('what means nothing is named with its place', () => {
  test.each(meaning)('%j', async (marked, ...messages) => {
    await expectProblems('1_a.yaml', marked, messages);
  });
});

describe('what YAML allows and people do not mean is named with its place', () => {
  test.each(notation)('%j', async (marked, ...messages) => {
    await expectProblems('1_a.yaml', marked, messages);
  });
});

describe('JSON is taken in the strict sense', () => {
  test.each(strictJson)('%j', async (marked, ...messages) => {
    await expectProblems('1_a.json', marked, messages);
  });
});

test('problems of every sort are reported together, in the order of the file', async () => {
  const marked = `up:
  - »dropTabel: a
  - dropColumn: { table: a, name: b, »name: c }
  - addColumn: { table: a, name: b, type: »vachar }
  - createIndex: { table: a, »column: [b] }
»dwon: []
`;
  await expectProblems('1_a.yaml', marked, [
    'there is no change "dropTabel"; did you mean "dropTable"?',
    '"name" is given twice',
    `unknown type "vachar"; did you mean "varchar"? ${outside}`,
    'there is no property "column" in "createIndex"; did you mean "columns"?',
    'there is no property "dwon" in the file; did you mean "down"?',
  ]);
  await expect(yaml.read(migrationOf(sourceFile('1_a.yaml', unmarked(marked).text)), formatTools)).rejects.toThrow(
    '5 problems in migrations/1_a.yaml',
  );
});
