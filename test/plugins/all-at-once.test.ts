import { expect, test } from 'vitest';
import { diff, down, status, up, verify } from '../../src/commands/index.ts';
import type { Config } from '../../src/config/index.ts';
import { libsql } from '../../src/drivers/index.ts';
import { type Driver, type Extension, Failure, type Format, type Loaded, type OutsideStore, type Source } from '../../src/index.ts';
import { engineFor } from '../support/engine.ts';
import { sandbox } from '../support/sandbox.ts';

/** A driver with a scheme of its own, for an engine of its own: `mine:shop`. */
function ownDriver(folder: string): Driver {
  const kept = libsql();
  const inside = <T extends { readonly url: string }>(target: T): T => ({
    ...target,
    url: `sqlite:${folder}/${target.url.slice('mine:'.length)}.db`,
  });
  return {
    ...kept,
    name: 'mine',
    engine: 'mine',
    schemes: ['mine'],
    lock: (target) => kept.lock(inside(target)),
    connect: (target, options) => kept.connect(inside(target), options),
  };
}

/** A format that says `table NAME`, a line each. */
const ownFormat: Format = {
  name: 'plain',
  extensions: ['plain'],
  read: ({ file }) => ({
    up: {
      kind: 'changes',
      changes: file.text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line, i) => {
          const at = { file: file.path, line: i + 1, column: 1 };
          const [word, name = ''] = line.split(' ');
          if (word !== 'table') throw new Failure('migration.invalid', `"${line}" is no line of it`, { place: at, source: file.text });
          const id = { name: 'id', type: { kind: 'integer', bits: 32 }, nullable: false } as const;
          const key = { kind: 'primaryKey', name: `${name}_pkey`, columns: ['id'] } as const;
          return {
            at,
            change: {
              kind: 'createTable',
              table: { kind: 'table', name: { name }, columns: [id], constraints: [key], indexes: [], options: {} },
            },
          };
        }),
    },
    transaction: { up: true, down: true },
  }),
  significant: ({ file }) => ({ up: file.text.trim(), down: '' }),
  skeleton: (title) => `table ${title.replaceAll(' ', '_')}\n`,
};

const ownSource: Source = {
  name: 'elsewhere',
  list: () =>
    Promise.resolve([
      { path: 'elsewhere/001_first.plain', text: 'table first\ntable second\n', folders: [], name: '001_first.plain', module: 'elsewhere' },
    ]),
};

const ownExtension: Extension = {
  name: 'notes',
  use: ({ schema }: { readonly schema: { addColumn(table: string, name: string, spec: object): void } }) => ({
    noted: (table: string): void => schema.addColumn(table, 'note', { type: 'varchar(40)' }),
  }),
};

type Kept = Record<string, unknown> & { readonly id: string };

/** A history that a program keeps in its own memory. */
function memoryStore(rows: Map<string, Kept>): OutsideStore {
  let isSetUp = false;
  return {
    name: 'memory',
    prepare: async () => {
      isSetUp = true;
    },
    read: async (_, ids) =>
      isSetUp
        ? [...rows.values()]
            .filter(({ id }) => ids?.includes(id) ?? true)
            .map(({ text: _text, back: _back, rendered: _rendered, ...row }) => row as never)
        : undefined,
    load: async (_, id) => (rows.get(id) ?? {}) as Loaded,
    probe: async (_, id) => rows.get(id)?.['probe'] as string | undefined,
    write: async (_, entries) => {
      for (const entry of entries) {
        if ('forget' in entry) rows.delete(entry.forget);
        else {
          const all = { ...rows.get(entry.id), ...entry.set, ...(entry.probe === undefined ? {} : { probe: entry.probe }), id: entry.id };
          rows.set(entry.id, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as Kept);
        }
      }
    },
  };
}

test('an engine, a driver, a format, a source, a store and an extension of somebody else work together', async () => {
  const rows = new Map<string, Kept>();
  const store = memoryStore(rows);
  const project = sandbox({
    'migrations/002_code.ts': `export const requires = ['elsewhere'];\nexport default { requires, up({ ext }) { ext.notes.noted('first'); } };\n`,
  });
  const engine = { ...(await engineFor('sqlite')), name: 'mine', title: 'Mine' };
  const config: Config = {
    engines: [engine],
    drivers: [ownDriver(project.folder)],
    formats: [ownFormat],
    sources: [ownSource],
    store,
    extensions: [ownExtension],
    url: 'mine:shop',
  };
  const options = { cwd: project.folder, env: { USER: 'tester' }, config };
  const first = await up(options);
  expect(first.failures).toEqual([]);
  expect(first.done.map(({ id }) => id).sort()).toEqual(['002_code', 'elsewhere/001_first']);
  expect([...rows.keys()].sort()).toEqual(['002_code', 'elsewhere/001_first']);
  expect((await status(options)).counts).toMatchObject({ pending: 0, applied: 2 });
  expect((await diff({ ...options, to: 'db' })).changes).toEqual([]);
  const back = await down({ ...options, count: 'all', yes: true });
  expect([back.failures, back.done.length]).toEqual([[], 2]);
  expect((await status(options)).counts).toMatchObject({ pending: 2, applied: 0 });
  expect((await verify(options)).problems).toEqual([]);
});
