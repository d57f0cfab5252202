import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure, formatPlace } from '../../src/base/index.ts';
import { doctor, plan, status, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

/** A file that cannot be used, or how it is made, and what is said: code, place, exit code and a part of the sentence. */
interface Wrong {
  readonly what: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly make?: (migrations: string) => void;
  readonly says: readonly [code: string, place: string, message: string];
  /** It is found only when the file is read, so that it still can be listed. */
  readonly listed?: true;
}

const wrongs: readonly Wrong[] = [
  {
    what: 'a folder with the name of a migration',
    make: (migrations) => mkdirSync(join(migrations, '001_a.sql')),
    says: ['source.unreadable', 'migrations/001_a.sql:1', '"migrations/001_a.sql" is a folder, not a file'],
  },
  {
    what: 'a link to nothing',
    make: (migrations) => symlinkSync('/nowhere/at/all.sql', join(migrations, '001_a.sql')),
    says: ['source.unreadable', 'migrations/001_a.sql:1', '"migrations/001_a.sql" is a link to something that is not there'],
  },
  {
    what: 'bytes that are no UTF-8',
    make: (migrations) => writeFileSync(join(migrations, '001_a.sql'), Buffer.from('SELECT 1;\n-- caf\xe9\nSELECT 2;', 'latin1')),
    says: ['source.unreadable', 'migrations/001_a.sql:2:7', '"migrations/001_a.sql" is not UTF-8 text'],
  },
  {
    what: 'UTF-16',
    make: (migrations) => writeFileSync(join(migrations, '001_a.sql'), Buffer.from('\ufeffSELECT 1;', 'utf16le')),
    says: ['source.unreadable', 'migrations/001_a.sql:1', '"migrations/001_a.sql" is UTF-16'],
  },
  {
    what: 'a quote that is never closed',
    files: { '001_a.sql': `CREATE TABLE a (id integer);\nINSERT INTO a VALUES ('one);\n` },
    says: ['migration.invalid', 'migrations/001_a.sql:2:23', "' is opened here and never closed"],
    listed: true,
  },
  {
    what: 'an unknown directive',
    files: { '001_a.sql': '-- lockstep:up\nSELECT 1;\n-- lockstep:dwon\nSELECT 2;\n' },
    says: ['migration.invalid', 'migrations/001_a.sql:3', 'there is no directive "lockstep:dwon"; did you mean "lockstep:down"?'],
    listed: true,
  },
  {
    what: 'an unknown change',
    files: { '001_a.yaml': 'up:\n  - createTabel: { name: a }\n' },
    says: ['migration.unknown-change', 'migrations/001_a.yaml:2:5', 'there is no change "createTabel"; did you mean "createTable"?'],
    listed: true,
  },
  {
    what: 'an unknown property of a column, behind a mark of the byte order and with Windows line ends',
    files: { '001_a.yaml': '\ufeffup:\r\n  - createTable:\r\n      name: a\r\n      columns: [{ name: id, typ: integer }]\r\n' },
    says: ['migration.invalid', 'migrations/001_a.yaml:4:29', 'there is no property "typ" in item 1 of "columns"; did you mean "type"?'],
    listed: true,
  },
  {
    what: 'YAML that cannot be parsed',
    files: { '001_a.yaml': 'up:\n  - createTable: { name: a\n' },
    says: ['migration.invalid', 'migrations/001_a.yaml:3', ''],
    listed: true,
  },
  {
    what: 'JSON that cannot be parsed',
    files: { '001_a.json': '{\n  "up": [\n    { "dropTable": "a" } { "dropTable": "b" }\n  ]\n}\n' },
    says: ['migration.invalid', 'migrations/001_a.json:3:26', ''],
    listed: true,
  },
  {
    what: 'a change of a column that does not exist',
    files: {
      '001_a.yaml': 'up:\n  - createTable: { name: a, columns: [{ name: id, type: integer }] }\n  - dropColumn: { table: a, name: nme }\n',
    },
    says: ['change.refused', 'migrations/001_a.yaml:3:5', 'dropColumn: table "a" has no column "nme"'],
    listed: true,
  },
  {
    what: 'two files with one id',
    files: { '001_a.sql': 'SELECT 1;', '001_a.yaml': 'up: []' },
    says: [
      'migration.duplicate-id',
      'migrations/001_a.sql:1',
      '2 files have the id "001_a": migrations/001_a.sql and migrations/001_a.yaml',
    ],
    listed: true,
  },
  {
    what: 'numbers and dates in one folder',
    files: { '001_a.sql': 'SELECT 1;', '002_b.sql': 'SELECT 1;', '20260131T120000_c.sql': 'SELECT 1;' },
    says: ['order.mixed-schemes', 'migrations/20260131T120000_c.sql:1', 'sorting schemes are mixed: 2 sequence, 1 datetime'],
    listed: true,
  },
  {
    what: 'code that cannot be parsed',
    files: { '001_a.ts': 'export default {\n  up(): void { const a: number = ; },\n};\n' },
    says: ['migration.invalid', 'migrations/001_a.ts:2:34', '"migrations/001_a.ts" cannot be loaded: Unexpected token'],
    listed: true,
  },
  {
    what: 'code that imports what is not there',
    files: { '001_a.ts': `import { x } from './nowhere.ts';\nexport const up = () => x;\n` },
    says: ['migration.invalid', 'migrations/001_a.ts:1', `"migrations/001_a.ts" cannot be loaded: Cannot find module './nowhere.ts'`],
    listed: true,
  },
  {
    what: 'code that throws while it is loaded, with a version of its own',
    files: { '001_a.ts': `const version = '001';\nthrow new Error('not here');\n` },
    says: ['migration.invalid', 'migrations/001_a.ts:2:7', '"migrations/001_a.ts" cannot be loaded: not here'],
    listed: true,
  },
  {
    what: 'code without a function',
    files: { '001_a.ts': 'export const down = () => undefined;\n' },
    says: ['migration.invalid', 'migrations/001_a.ts:1', '"migrations/001_a.ts" is no migration: it exports no function "up"'],
    listed: true,
  },
  {
    what: 'code that throws before its first query',
    files: { '001_a.ts': `export default {\n  up({ schema }: any) {\n    schema.dropTable(undefined.name);\n  },\n};\n` },
    says: [
      'migration.threw',
      'migrations/001_a.ts:3:32',
      'migration 001_a threw before its first query: Cannot read properties of undefined',
    ],
    listed: true,
  },
  {
    what: 'code that gives the schema what it does not understand',
    files: {
      '001_a.ts': `export default {\n  up({ schema }: any) {\n    schema.addColumn('a', 'b', { type: 'integer', nulable: true });\n  },\n};\n`,
    },
    says: ['migration.invalid', 'migrations/001_a.ts:3:12', 'schema.addColumn: nulable: there is no property "nulable" here'],
    listed: true,
  },
];

async function refused(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Failure)) throw error;
  return error;
}

describe.each(flavours)('on %s', (flavour) => {
  test.each(wrongs)('$what is refused with its place, and the database is not touched', async ({ files, make, says, listed }) => {
    const { options, project, tables, drop }: Workbench = await workbench(flavour);
    mkdirSync(join(project.folder, 'migrations'));
    for (const [name, text] of Object.entries(files ?? {})) project.write(`migrations/${name}`, text);
    make?.(join(project.folder, 'migrations'));
    const [code, place, message] = says;
    for (const run of [up, plan]) {
      const failure = await refused(run(options));
      expect([failure.code, failure.details.place && formatPlace(failure.details.place)]).toEqual([code, place]);
      expect(failure.message).toContain(message);
      expect(failure.exitCode).toBe(code === 'migration.threw' ? 2 : 65);
      expect(failure.details.state).toBe('nothing was run');
    }
    const report = await doctor(options);
    expect(report.healthy).toBe(false);
    expect(report.checks.find((check) => check.outcome === 'error')).toMatchObject({ name: 'migrations' });
    for (const check of report.checks.filter((one) => one.outcome === 'error')) expect(check.fix).not.toEqual([]);
    if (listed === true) expect((await status(options)).counts.applied).toBe(0);
    else expect((await refused(status(options))).code).toBe(code);
    expect(await tables('own')).toEqual([]);
    rmSync(join(project.folder, 'migrations'), { recursive: true });
    await drop();
  });

  test('problems of several files are told together, each with its place', async () => {
    const { options, tables, drop } = await workbench(flavour, {
      'migrations/001_a.yaml': 'up:\n  - dropTabel: a\n  - insert: { into: a, row: [] }\n',
      'migrations/002_b.sql': 'CREATE TABLE <PREFIX>b (id integer);\n',
      'migrations/003_c.ts': `export default { up() {\n  throw new Error('no');\n} };`,
    });
    const failure = await refused(up({ ...options, variables: { OTHER: 'x' } }));
    const places = failure.details.problems?.map((one) => [one.code, one.details.place && formatPlace(one.details.place)]);
    expect(places).toEqual([
      ['migration.unknown-change', 'migrations/001_a.yaml:2:5'],
      ['migration.invalid', 'migrations/001_a.yaml:3:24'],
      ['placeholder.missing', 'migrations/002_b.sql:1:14'],
      ['migration.threw', 'migrations/003_c.ts:2:11'],
    ]);
    expect(await tables('own')).toEqual([]);
    await drop();
  });

  test('a rehearsal leaves nothing behind, not even the history', async () => {
    const { options, tables, drop } = await workbench(flavour, { 'migrations/001_a.sql': 'CREATE TABLE a (id integer);' });
    if (flavour === 'mariadb') expect((await refused(up({ ...options, rehearse: true }))).code).toBe('run.not-one-transaction');
    else expect((await up({ ...options, rehearse: true })).done.map((item) => item.id)).toEqual(['001_a']);
    expect(await tables('own')).toEqual([]);
    expect((await status(options)).counts).toMatchObject({ pending: 1, applied: 0 });
    await drop();
  });
});
