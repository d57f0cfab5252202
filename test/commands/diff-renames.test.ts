import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type DiffOptions, type DiffReport, diff, down, type NameAnswer, type NameQuestion, up } from '../../src/commands/index.ts';
import { type Flavour, flavours } from '../support/database.ts';
import { refused } from '../support/refused.ts';
import { noTerminal, onTerminal } from '../support/terminal.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

// A connection that is handed in cannot make scratch databases.
const places = flavours.filter((flavour) => flavour !== 'pglite');

/** What a database has, what it shall become, and the hints that keep its rows. */
interface Case {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  readonly rename: readonly string[];
  readonly drop?: readonly string[];
  /** What is read afterwards, and what is read again when everything has been taken back. */
  readonly rows: Reading;
  readonly first: Reading;
  readonly only?: Flavour;
}

type Reading = readonly [query: string, rows: readonly Readonly<Record<string, unknown>>[]];

// Each has tables of its own, so that all of them can be one difference.
const cases: readonly Case[] = [
  {
    title: 'a column keeps its values when it gets another name',
    before: "CREATE TABLE a1 (id integer NOT NULL PRIMARY KEY, name varchar(20)); INSERT INTO a1 VALUES (1, 'Ada')",
    after: 'CREATE TABLE a1 (id integer NOT NULL PRIMARY KEY, full_name varchar(20))',
    rename: ['a1.name:full_name'],
    rows: ['SELECT full_name FROM a1', [{ full_name: 'Ada' }]],
    first: ['SELECT id, name FROM a1', [{ id: 1, name: 'Ada' }]],
  },
  {
    title: 'a column keeps its values when it gets another type, an index and a default, too',
    before: "CREATE TABLE a2 (id integer NOT NULL PRIMARY KEY, name varchar(20)); INSERT INTO a2 VALUES (1, 'Ada')",
    after: `CREATE TABLE a2 (id integer NOT NULL PRIMARY KEY, full_name varchar(80) DEFAULT 'x' NOT NULL);
      CREATE INDEX a2_i ON a2 (full_name)`,
    rename: ['a2.name:full_name'],
    rows: ['SELECT full_name FROM a2', [{ full_name: 'Ada' }]],
    first: ['SELECT id, name FROM a2', [{ id: 1, name: 'Ada' }]],
  },
  {
    title: 'two columns swap their names',
    before: "CREATE TABLE a3 (a varchar(9), b varchar(9)); INSERT INTO a3 VALUES ('1', '2')",
    after: 'CREATE TABLE a3 (b varchar(9), a varchar(9))',
    rename: ['a3.a:b', 'a3.b:a'],
    rows: ['SELECT a, b FROM a3', [{ a: '2', b: '1' }]],
    first: ['SELECT a, b FROM a3', [{ a: '1', b: '2' }]],
  },
  {
    title: 'columns move on in a chain, whose last name is that of one that is dropped',
    before: "CREATE TABLE a4 (a varchar(9), b varchar(9), c varchar(9)); INSERT INTO a4 VALUES ('1', '2', '3')",
    after: 'CREATE TABLE a4 (b varchar(9), c varchar(9))',
    rename: ['a4.a:b', 'a4.b:c'],
    drop: ['a4.c'],
    rows: ['SELECT b, c FROM a4', [{ b: '1', c: '2' }]],
    first: ['SELECT a, b, c FROM a4', [{ a: '1', b: '2', c: null }]],
  },
  {
    title: 'a table gets another name, and a column of it, with foreign keys to both',
    before: `CREATE TABLE a5 (id integer NOT NULL PRIMARY KEY, name varchar(20)); INSERT INTO a5 VALUES (1, 'Ada');
      CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, user_id integer, CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES a5 (id));
      INSERT INTO orders VALUES (7, 1)`,
    after: `CREATE TABLE people (nr integer NOT NULL PRIMARY KEY, full_name varchar(20)); CREATE TABLE orders (id integer NOT NULL PRIMARY KEY,
      user_id integer, CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES people (nr))`,
    rename: ['a5:people', 'people.name:full_name', 'a5.id:nr'],
    rows: ['SELECT full_name, orders.id AS id FROM people JOIN orders ON user_id = nr', [{ full_name: 'Ada', id: 7 }]],
    first: ['SELECT name, orders.id AS id FROM a5 JOIN orders ON user_id = a5.id', [{ name: 'Ada', id: 7 }]],
  },
  {
    title: 'two tables swap their names',
    before: "CREATE TABLE a6 (x varchar(9)); CREATE TABLE b6 (y varchar(9)); INSERT INTO a6 VALUES ('1')",
    after: 'CREATE TABLE a6 (y varchar(9)); CREATE TABLE b6 (x varchar(9))',
    rename: ['a6:b6', 'b6:a6'],
    rows: ['SELECT x FROM b6', [{ x: '1' }]],
    first: ['SELECT x FROM a6', [{ x: '1' }]],
  },
  {
    title: 'a table and a column get other names under a view',
    before: `CREATE TABLE a7 (id integer NOT NULL PRIMARY KEY, name varchar(20)); INSERT INTO a7 VALUES (1, 'Ada');
      CREATE VIEW v7 AS SELECT name FROM a7`,
    after: 'CREATE TABLE p7 (id integer NOT NULL PRIMARY KEY, full_name varchar(20)); CREATE VIEW v7 AS SELECT full_name FROM p7',
    rename: ['a7:p7', 'a7.name:full_name'],
    rows: ['SELECT full_name FROM v7', [{ full_name: 'Ada' }]],
    first: ['SELECT name FROM v7', [{ name: 'Ada' }]],
  },
  {
    title: 'a column gets an odd name',
    before: "CREATE TABLE a8 (id integer NOT NULL PRIMARY KEY, odd_one varchar(20)); INSERT INTO a8 VALUES (1, 'Ada')",
    after: 'CREATE TABLE a8 (id integer NOT NULL PRIMARY KEY, {a.b: c} varchar(20))',
    rename: ['a8.odd_one:"a.b: c"'],
    rows: ['SELECT {a.b: c} AS n FROM a8', [{ n: 'Ada' }]],
    first: ['SELECT odd_one FROM a8', [{ odd_one: 'Ada' }]],
  },
  {
    title: 'a table and a column get other names in nothing but capitals',
    before: "CREATE TABLE a9 (id integer NOT NULL PRIMARY KEY, name varchar(20)); INSERT INTO a9 VALUES (1, 'Ada')",
    after: 'CREATE TABLE {A9} (id integer NOT NULL PRIMARY KEY, {Name} varchar(20))',
    rename: ['a9:A9', 'a9.name:Name'],
    rows: ['SELECT {Name} AS n FROM {A9}', [{ n: 'Ada' }]],
    first: ['SELECT name FROM a9', [{ name: 'Ada' }]],
  },
  {
    title: 'a column gets another name under a trigger that reads it',
    before: `CREATE TABLE b1 (name varchar(20)); INSERT INTO b1 VALUES ('Ada'); CREATE TABLE log (n varchar(20));
      CREATE TRIGGER g AFTER INSERT ON b1 FOR EACH ROW INSERT INTO log VALUES (NEW.name)`,
    after: `CREATE TABLE b1 (full_name varchar(20)); CREATE TABLE log (n varchar(20));
      CREATE TRIGGER g AFTER INSERT ON b1 FOR EACH ROW INSERT INTO log VALUES (NEW.full_name)`,
    rename: ['b1.name:full_name'],
    rows: ['SELECT full_name FROM b1', [{ full_name: 'Ada' }]],
    first: ['SELECT name FROM b1', [{ name: 'Ada' }]],
    only: 'mariadb',
  },
  {
    title: 'a view, a sequence, an enum, an index and a counter get other names',
    before: `CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE SEQUENCE s; SELECT setval('s', 41); CREATE TABLE b2 (id serial PRIMARY KEY, m mood);
      INSERT INTO b2 (m) VALUES ('glad'); CREATE VIEW v AS SELECT m FROM b2; CREATE INDEX i ON b2 (m)`,
    after: `CREATE TYPE feeling AS ENUM ('sad', 'glad'); CREATE SEQUENCE r; CREATE TABLE c2 (id serial PRIMARY KEY, m feeling);
      CREATE VIEW w AS SELECT m FROM c2; CREATE INDEX j ON c2 (m)`,
    rename: ['b2:c2', 'enum mood:feeling', 'sequence s:r', 'view v:w', 'index b2.i:j'],
    rows: ["SELECT m::text AS m, nextval('r')::int AS n, nextval('c2_id_seq')::int AS id FROM c2", [{ m: 'glad', n: 42, id: 2 }]],
    first: ["SELECT m::text AS m, nextval('s')::int AS n, nextval('b2_id_seq')::int AS id FROM b2", [{ m: 'glad', n: 43, id: 3 }]],
    only: 'postgres',
  },
];

const quotes: Readonly<Record<Flavour, string>> = { sqlite: '"', pglite: '"', postgres: '"', mariadb: '`' };
const spelled = (text: string, flavour: Flavour): string => text.replaceAll(/[{}]/g, quotes[flavour]);

async function made(flavour: Flavour, script: string, files: Readonly<Record<string, string>>): Promise<Workbench> {
  const bench = await workbench(flavour, files);
  for (const sql of spelled(script, flavour).split(';')) if (sql.trim() !== '') await bench.query(sql);
  return bench;
}

const kept = "CREATE TABLE users (id integer, name varchar(20), age integer); INSERT INTO users VALUES (1, 'Ada', 36)";
const wanted = 'CREATE TABLE users (id integer, full_name varchar(20), age integer);\n';

async function onUsers(
  files: Readonly<Record<string, string>> = {},
): Promise<Workbench & { readonly run: (more?: Partial<DiffOptions>) => Promise<DiffReport> }> {
  const bench = await made('sqlite', kept, { 'schema.sql': wanted, ...files });
  return { ...bench, run: (more) => diff({ ...bench.options, to: 'schema.sql', ...more }) };
}

const kinds = ({ changes }: DiffReport): readonly string[] => changes.map(({ kind }) => kind).sort();

test('what may have been renamed is not guessed: the flags that decide it are named, with what would be lost', async () => {
  const { run } = await onUsers();
  const failure = await refused(run());
  expect([failure.code, failure.exitCode]).toEqual(['diff.undecided', 5]);
  expect(failure.details.fix).toEqual([
    '--rename users.name:full_name   keeps 1 value',
    '--drop users.name   LOSES 1 value',
    '--renames never   drops and adds all of them',
  ]);
  expect(failure.details.data).toMatchObject({ questions: [{ gone: 'users.name', holds: 1, candidates: [{ sameType: true }] }] });
  expect(kinds(await run({ rename: ['users.name:full_name'] }))).toEqual(['renameColumn']);
  expect(kinds(await run({ drop: ['users.name'] }))).toEqual(['addColumn', 'dropColumn']);
  expect(kinds(await run({ renames: 'never' }))).toEqual(['addColumn', 'dropColumn']);
  expect(kinds(await run({ renames: 'auto' }))).toEqual(['renameColumn']);
});

test('what is not certain is not taken by itself either', async () => {
  const { run } = await onUsers({ 'schema.sql': 'CREATE TABLE users (id integer, title varchar(20), label varchar(20), age integer);\n' });
  const failure = await refused(run({ renames: 'auto' }));
  expect(failure.code).toBe('diff.undecided');
  expect(failure.details.fix).toContain('--rename users.name:label   keeps 1 value');
});

test('a person is asked for tables first, and the answers are kept and need not be given again', async () => {
  const { run, project } = await onUsers({ 'schema.sql': wanted.replace('users', 'people') });
  const asked: NameQuestion[] = [];
  const choose = async (question: NameQuestion): Promise<NameAnswer> => {
    asked.push(question);
    return { candidate: 0 };
  };
  const report = await run({ choose });
  expect(kinds(report)).toEqual(['renameColumn', 'renameTable']);
  expect(asked.map(({ kind, gone, holds }) => [kind, gone, holds])).toEqual([
    ['table', 'users', 1],
    ['column', 'users.name', 1],
  ]);
  expect(report.answersKept).toBe(2);
  expect(project.read('lockstep.renames').split('\n').slice(1)).toEqual(['rename users:people', 'rename users.name:full_name', '']);
  expect((await run()).changes).toEqual(report.changes);
});

test.each([
  ['that it was dropped', 'drop', ['addColumn', 'dropColumn'], 'drop users.name'],
  ['nothing', undefined, 'diff.undecided', ''],
] as const)('a person who says %s', async (_, answer, outcome, line) => {
  const { run, project } = await onUsers();
  const done = run({ choose: () => Promise.resolve(answer) });
  if (typeof outcome === 'string') expect((await refused(done)).code).toBe(outcome);
  else expect(kinds(await done)).toEqual(outcome);
  expect(existsSync(join(project.folder, 'lockstep.renames'))).toBe(line !== '');
  if (line !== '') expect(project.read('lockstep.renames')).toContain(`${line}\n`);
});

test('a line in the file of the wanted structure says it, and says nothing any more when it has happened', async () => {
  const { run, options } = await onUsers({ 'schema.sql': `-- lockstep:rename users.name:full_name\n${wanted}` });
  expect(kinds(await run({ write: 'names' }))).toEqual(['renameColumn']);
  await up(options);
  expect((await run()).changes).toEqual([]);
});

test.each<readonly [what: string, more: Partial<DiffOptions>, files: Readonly<Record<string, string>>, code: string, message: string]>([
  ['a flag with a slip', { rename: ['users.nmae:full_name'] }, {}, 'usage.invalid-value', 'did you mean "name"?'],
  ['a flag without a new name', { rename: ['users.name'] }, {}, 'usage.invalid-value', 'does not say the new name'],
  ['a flag whose new name is nowhere', { rename: ['users.name:nick'] }, {}, 'usage.invalid-value', 'nothing has the new name'],
  ['a flag for what stays', { drop: ['users.age'] }, {}, 'usage.invalid-value', 'is not dropped'],
  [
    'two flags against each other',
    { rename: ['users.name:full_name'], drop: ['users.name'] },
    {},
    'usage.invalid-value',
    'something else than',
  ],
  [
    'two old names for one new',
    { rename: ['users.name:full_name', 'users.id:full_name'] },
    {},
    'diff.refused',
    'users.name → full_name and users.id → full_name cannot both be',
  ],
  ['a line of the wanted structure', {}, { 'schema.sql': `-- lockstep:rename users.a:b\n${wanted}` }, 'schema.invalid', 'matches nothing'],
  ['a line of the answers', {}, { 'lockstep.renames': 'renamed users.a:b\n' }, 'config.invalid', 'is neither'],
])('%s is refused, as nothing follows it', async (_, more, files, code, message) => {
  const { run } = await onUsers(files);
  const failure = await refused(run(more));
  expect([failure.code, failure.message]).toEqual([code, expect.stringContaining(message)]);
  if (Object.keys(files).length > 0) expect(failure.details.place).toMatchObject({ line: 1, column: 1 });
});

test('an old answer that has nothing to say is told, and stands in nobody’s way', async () => {
  const { run } = await onUsers({ 'lockstep.renames': '# kept\nrename users.name:full_name\nrename users.born:birthday\n' });
  const report = await run();
  expect(kinds(report)).toEqual(['renameColumn']);
  expect(report.stale).toEqual(['lockstep.renames:3: "users.born:birthday" matches nothing: neither the old nor the new name is there']);
});

test('a name that is in use is only given away when what has it is dropped by name', async () => {
  const { run } = await onUsers({ 'schema.sql': 'CREATE TABLE users (id integer, age integer);\n' });
  const failure = await refused(run({ rename: ['users.name:age'] }));
  expect(failure).toMatchObject({ code: 'diff.refused', message: expect.stringContaining('column users/age is there already') });
});

test('on a terminal the question comes with what is lost, and Enter keeps it', async () => {
  if (noTerminal !== undefined) return expect(noTerminal).toContain('script');
  const { project, options } = await onUsers();
  const { code, said } = await onTerminal(project.folder, ['diff', '--to', 'schema.sql', '--url', options.url ?? ''], {
    typed: [{ behind: 'decide later', keys: '\r' }],
  });
  expect(code, said).toBe(0);
  expect(said).toContain('users.name is gone');
  expect(said).toMatch(/rename {2}users\.name → full_name {3}keeps 1 value/);
  expect(said).toContain('LOSES 1 value');
  expect(said).toContain('1 answer kept in lockstep.renames');
});

async function thereAndBack(flavour: Flavour, own: readonly Case[], format: string): Promise<void> {
  const script = (texts: readonly string[]): string => texts.join('; ');
  const schema = spelled(script(own.map(({ after }) => after)), flavour);
  const { options, query, drop } = await made(flavour, script(own.map(({ before }) => before)), { 'schema.sql': schema });
  const hints = { rename: own.flatMap(({ rename }) => rename), drop: own.flatMap(({ drop: gone = [] }) => gone) };
  const report = await diff({ ...options, ...hints, to: 'schema.sql', write: 'names', format });
  expect(report.proven).toBe(true);
  await up({ ...options, allow: ['destructive'] });
  expect((await diff({ ...options, to: 'schema.sql' })).changes).toEqual([]);
  for (const { rows } of own) expect(await query(spelled(rows[0], flavour))).toEqual(rows[1]);
  await down({ ...options, yes: true });
  for (const { first } of own) expect(await query(spelled(first[0], flavour))).toEqual(first[1]);
  await drop();
}

test.each(cases.filter(({ only }) => only === undefined).map((one) => [one.title, one] as const))('%s, there and back', async (_, one) => {
  await thereAndBack('sqlite', [one], 'sql');
});

test.each(places.flatMap((flavour) => ['sql', 'yaml'].map((format) => [flavour, format] as const)).slice(1))(
  'on %s all of that is one migration in %s that keeps every row, there and back',
  async (flavour, format) => {
    const own = cases.filter(({ only }) => only === undefined || only === flavour);
    await thereAndBack(flavour, own, format);
  },
);
