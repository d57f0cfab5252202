import { expect, test } from 'vitest';
import { convert, down, dump, up } from '../../src/commands/index.ts';
import { writerOf } from '../../src/formats/index.ts';
import type { Change, ChangeKind, Column, Index, Of, Table } from '../../src/schema/index.ts';
import { type Flavour, flavours } from '../support/database.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

/** What one kind of change finds and does. Each works on objects of its own, so that all of them are seen at the end. */
interface Case<K extends ChangeKind> {
  readonly given?: readonly Change[];
  readonly change: Of<K>;
  /** The engines that have such a thing; all of them by default. */
  readonly only?: readonly Flavour[];
}

const id: Column = { name: 'id', type: { kind: 'integer', bits: 32 }, nullable: false };
const word = (name: string): Column => ({ name, type: { kind: 'string', length: 40 }, nullable: true });
const number: Column = { name: 'n', type: { kind: 'integer', bits: 32 }, nullable: true };

function table(name: string, more: Partial<Table> = {}): Of<'createTable'> {
  const constraints = [{ kind: 'primaryKey', columns: ['id'] }] as const;
  const plain = { kind: 'table', name: { name }, columns: [id, word('name'), number], constraints, indexes: [], options: {} } as const;
  return { kind: 'createTable', table: { ...plain, ...more } };
}

const index = (name: string): Index => ({ name, parts: [{ column: 'name' }] });
const view = (name: string, column: string) => ({ kind: 'view', name: { name }, query: `SELECT ${column} FROM viewed` }) as const;
const rows = (name: string): Of<'insertRows'> => ({
  kind: 'insertRows',
  table: { name },
  rows: [
    { id: 1, name: "o'ne", n: null },
    { id: 2, name: 'two', n: 2 },
  ],
});
const mood = (name: string): Change => ({ kind: 'createObject', object: { kind: 'enum', name: { name }, values: ['sad', 'glad'] } });
const small = (name: string) => ({ kind: 'check', name, sql: 'n < 100' }) as const;
const postgresOnly: readonly Flavour[] = ['postgres', 'pglite'];
const withComments: readonly Flavour[] = ['postgres', 'pglite', 'mariadb'];

/** One case for every kind: a kind that is added to the union and has none does not compile. */
const cases: { readonly [K in ChangeKind]: Case<K> } = {
  createTable: {
    change: table('made', {
      constraints: [{ kind: 'primaryKey', columns: ['id'] }, { kind: 'unique', name: 'made_name', columns: ['name'] }, small('made_small')],
      indexes: [{ name: 'made_n', parts: [{ column: 'n' }] }],
    }),
  },
  dropTable: { given: [table('gone')], change: { kind: 'dropTable', table: { name: 'gone' } } },
  renameTable: {
    given: [table('called'), rows('called')],
    change: { kind: 'renameTable', from: { name: 'called' }, to: { name: 'renamed' } },
  },
  alterTable: {
    given: [table('altered')],
    change: { kind: 'alterTable', table: { name: 'altered' }, options: { fillfactor: '70' } },
    only: postgresOnly,
  },
  addColumn: {
    given: [table('widened'), rows('widened')],
    change: { kind: 'addColumn', table: { name: 'widened' }, column: { ...word('more'), nullable: false, default: { value: "it's" } } },
  },
  dropColumn: { given: [table('narrowed'), rows('narrowed')], change: { kind: 'dropColumn', table: { name: 'narrowed' }, name: 'n' } },
  renameColumn: {
    given: [table('respelt'), rows('respelt')],
    change: { kind: 'renameColumn', table: { name: 'respelt' }, from: 'name', to: 'title' },
  },
  alterColumn: {
    given: [table('retyped'), rows('retyped')],
    change: {
      kind: 'alterColumn',
      table: { name: 'retyped' },
      name: 'name',
      set: { type: { kind: 'string', length: 80 }, nullable: false, default: { value: 'x' } },
    },
  },
  addConstraint: {
    given: [table('bound'), table('binding')],
    change: {
      kind: 'addConstraint',
      table: { name: 'bound' },
      constraint: {
        kind: 'foreignKey',
        name: 'bound_n',
        columns: ['n'],
        references: { table: { name: 'binding' }, columns: ['id'] },
        onDelete: 'cascade',
      },
    },
  },
  dropConstraint: {
    given: [table('freed', { constraints: [{ kind: 'primaryKey', columns: ['id'] }, small('freed_small')] })],
    change: { kind: 'dropConstraint', table: { name: 'freed' }, name: 'freed_small', type: 'check' },
  },
  renameConstraint: {
    given: [table('relabelled', { constraints: [{ kind: 'primaryKey', columns: ['id'] }, small('was_small')] })],
    change: { kind: 'renameConstraint', table: { name: 'relabelled' }, from: 'was_small', to: 'is_small' },
  },
  validateConstraint: {
    given: [
      table('validated'),
      { kind: 'addConstraint', table: { name: 'validated' }, constraint: { ...small('validated_small'), notValid: true } },
    ],
    change: { kind: 'validateConstraint', table: { name: 'validated' }, name: 'validated_small' },
    only: postgresOnly,
  },
  createIndex: { given: [table('indexed')], change: { kind: 'createIndex', table: { name: 'indexed' }, index: index('indexed_name') } },
  dropIndex: {
    given: [table('unindexed', { indexes: [index('unindexed_name')] })],
    change: { kind: 'dropIndex', table: { name: 'unindexed' }, name: 'unindexed_name' },
  },
  renameIndex: {
    given: [table('reindexed', { indexes: [index('index_was')] })],
    change: { kind: 'renameIndex', table: { name: 'reindexed' }, from: 'index_was', to: 'index_is' },
  },
  createObject: { given: [table('viewed'), rows('viewed')], change: { kind: 'createObject', object: view('seen', 'name') } },
  replaceObject: {
    given: [{ kind: 'createObject', object: view('seen_anew', 'name') }],
    change: { kind: 'replaceObject', object: view('seen_anew', 'name, n') },
  },
  dropObject: {
    given: [{ kind: 'createObject', object: view('unseen', 'name') }],
    change: { kind: 'dropObject', object: { kind: 'view', name: { name: 'unseen' } } },
  },
  renameObject: {
    given: [{ kind: 'createObject', object: view('seen_as', 'name') }],
    change: { kind: 'renameObject', object: { kind: 'view', name: { name: 'seen_as' } }, to: { name: 'known_as' } },
  },
  addEnumValue: {
    given: [mood('mood')],
    change: { kind: 'addEnumValue', type: { name: 'mood' }, value: 'calm', before: 'glad' },
    only: postgresOnly,
  },
  renameEnumValue: {
    given: [mood('humour')],
    change: { kind: 'renameEnumValue', type: { name: 'humour' }, from: 'glad', to: 'happy' },
    only: postgresOnly,
  },
  setComment: {
    given: [table('noted')],
    change: { kind: 'setComment', on: { kind: 'column', table: { name: 'noted' }, name: 'n' }, comment: "how many; it's a number" },
    only: withComments,
  },
  insertRows: { given: [table('filled')], change: rows('filled') },
  updateRows: {
    given: [table('updated'), rows('updated')],
    change: { kind: 'updateRows', table: { name: 'updated' }, set: { name: 'Zwei; --' }, where: { equals: { n: 2 } } },
  },
  upsertRows: {
    given: [table('upserted'), rows('upserted')],
    change: {
      kind: 'upsertRows',
      table: { name: 'upserted' },
      key: ['id'],
      rows: [
        { id: 2, name: 'deux', n: 22 },
        { id: 3, name: 'trois', n: 3 },
      ],
    },
  },
  deleteRows: {
    given: [table('emptied'), rows('emptied')],
    change: { kind: 'deleteRows', table: { name: 'emptied' }, where: { equals: { id: 1 } } },
  },
  sql: {
    given: [table('spoken')],
    change: { kind: 'sql', up: { any: "INSERT INTO spoken (id, name) VALUES (1, 'a;b')" }, down: { any: 'DELETE FROM spoken' } },
  },
};

/** In which file a kind stands: rows have no way back as SQL, and behind SQL nobody knows the structure without asking. */
const files = ['002_rows', '003_sql', '004_structure', '005_enum'] as const;
function fileOf(kind: ChangeKind): (typeof files)[number] {
  if (kind === 'updateRows' || kind === 'upsertRows' || kind === 'deleteRows') return '002_rows';
  if (kind === 'addEnumValue') return '005_enum';
  return kind === 'sql' ? '003_sql' : '004_structure';
}

/** No value can be taken out of a type, so the way back makes the type anew. */
const enumBack: readonly Change[] = [{ kind: 'dropObject', object: { kind: 'enum', name: { name: 'mood' } } }, mood('mood')];

test.each(flavours)('on %s every kind of change does the same as SQL as it does by itself, up and down', async (flavour) => {
  const bench = await workbench(flavour, { 'package.json': '{ "type": "module" }' });
  const { options, project, drop } = bench;
  const chosen = Object.values(cases).filter(({ only }) => only?.includes(flavour) !== false);
  const write = async (file: string, changes: readonly Change[], back?: readonly Change[]): Promise<void> =>
    project.write(file, (await writerOf(file.slice(file.lastIndexOf('.') + 1))?.(changes, back)) ?? '');
  const changesIn = (file: string): readonly Change[] =>
    chosen.flatMap(({ change }): readonly Change[] => (fileOf(change.kind) === file ? [change] : []));
  const here = files.filter((file) => changesIn(file).length > 0);
  const given = chosen.flatMap((one): readonly Change[] => one.given ?? []);
  await write('migrations/001_given.yaml', given);
  expect((await up(options)).failed).toEqual([]);
  const before = await contents(bench);

  const effects = new Map<string, Contents>();
  for (const format of ['yaml', 'ts', 'sql']) {
    for (const file of here) {
      const path = `migrations/${file}.${format}`;
      if (format === 'sql') project.write(path, project.read(`written/${file}.sql`));
      else await write(path, changesIn(file), file === '005_enum' ? enumBack : undefined);
      if (format !== 'yaml') continue;
      project.write(`written/${file}.sql`, (await convert({ ...options, file: path, format: 'sql' })).text);
    }
    expect(await up({ ...options, allow: ['destructive'] }), format).toMatchObject({ done: here.map(() => ({})), failed: [] });
    effects.set(format, await contents(bench));
    // Rows that were changed have no way back as SQL.
    expect(
      (await down({ ...options, count: format === 'sql' ? here.length - 1 : here.length, yes: true, allow: ['destructive'] })).failed,
    ).toEqual([]);
    expect((await contents(bench)).structure, format).toBe(before.structure);
    for (const file of here) project.remove(`migrations/${file}.${format}`);
  }
  const [first] = effects.values();
  expect(first).not.toEqual(before);
  for (const [format, effect] of effects) expect(effect, format).toEqual(first);
  await drop();
});

interface Contents {
  readonly structure: string;
  readonly rows: Readonly<Record<string, readonly string[]>>;
}

/** The structure, and all rows of all tables. */
async function contents({ options, query, tables }: Workbench): Promise<Contents> {
  const { text } = await dump({ ...options, format: 'yaml' });
  const found: Record<string, readonly string[]> = {};
  for (const name of await tables()) found[name] = (await query(`SELECT * FROM ${name}`)).map((row) => JSON.stringify(row)).sort();
  return { structure: text, rows: found };
}
