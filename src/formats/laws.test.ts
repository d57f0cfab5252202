import { inspect } from 'node:util';
import fc, { type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { change, changesByKind } from '../../test/support/arbitrary.ts';
import { rounds } from '../../test/support/effort.ts';
import { formatTools, migrationOf, sourceFile } from '../../test/support/migration.ts';
import { canonicalJson, Failure } from '../base/index.ts';
import type { Format, Part } from '../contracts/index.ts';
import { type Change, type SchemaBuilder, schemaBuilder, writeChange } from '../schema/index.ts';
import type { WriteOptions } from './file-spec.ts';
import { changes as grammar } from './grammar.ts';
import { builtInFormats, writerOf, writtenFormats } from './index.ts';

/** SQL is of one engine and has no changes to read; what it does is compared on the engines. */
const formats = writtenFormats.filter((format) => format !== 'sql');

function formatFor(ending: string): Format {
  const format = builtInFormats.find(({ extensions }) => extensions.includes(ending));
  if (format === undefined) throw new Error(`no format reads ${ending}`);
  return format;
}

/** The text of a file; nothing where XML says that it cannot hold a character. */
async function written(
  ending: string,
  up: readonly Change[],
  down: readonly Change[],
  options?: WriteOptions,
): Promise<string | undefined> {
  try {
    return await writerOf(ending)?.(up, down, options);
  } catch (error) {
    if (ending === 'xml' && error instanceof Failure && error.message.startsWith('XML cannot hold')) return undefined;
    throw error;
  }
}

interface Read {
  readonly up: readonly Change[];
  readonly down: readonly Change[];
  readonly header: unknown;
  readonly transaction: unknown;
}

/** A file as the program reads it; code is loaded as plain JavaScript, and its functions call the builder. */
async function read(ending: string, text: string): Promise<Read> {
  const code = text.replace("import { migration } from 'lockstep';\n", 'const migration = (definition) => definition;\n');
  const load = (): Promise<unknown> => import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  const file = { ...sourceFile(`1_a.${ending}`, text), ...(ending === 'ts' || ending === 'js' ? { load } : {}) };
  const format = formatFor(ending);
  const { up, down, transaction } = await format.read(migrationOf(file), formatTools);
  return {
    up: await changesOf(up),
    down: down === undefined || down.kind === 'irreversible' ? [] : await changesOf(down),
    header: await format.header?.(file),
    transaction,
  };
}

async function changesOf(part: Part): Promise<readonly Change[]> {
  if (part.kind === 'changes') return part.changes.map((sourced) => sourced.change);
  const found: Change[] = [];
  if (part.kind === 'code') {
    const run = part.run as (context: { schema: SchemaBuilder }) => unknown;
    await run({ schema: schemaBuilder((one) => found.push(one)) });
  }
  return found;
}

/** The changes with the constraints of tables in an order of their own: as authored they have none. */
function settled(list: readonly Change[]): unknown {
  return list.map((one) =>
    one.kind === 'createTable'
      ? { ...one, table: { ...one.table, constraints: one.table.constraints.map((constraint) => canonicalJson(constraint)).sort() } }
      : one,
  );
}

const label = fc.constantFrom('1.10', '007', 'v1_2', '20261122101500', '1e3', '0.0.10');
const requirement = fc.constantFrom('accounts', 'accounts@>=v1_1', 'core@>=1.2 <2', 'a-b@=007');
/** What belongs to a file beside its changes. */
const header: Arbitrary<WriteOptions> = fc.record(
  {
    version: label,
    order: fc.integer({ min: -1000, max: 1000 }),
    requires: fc.array(requirement, { minLength: 1, maxLength: 3 }),
    covers: label,
  },
  { requiredKeys: [] },
);

test('every kind of the grammar is written by some change', () => {
  const samples = Object.values(changesByKind).flatMap((one) => fc.sample(one as Arbitrary<Change>, { numRuns: 300, seed: 5 }));
  const kinds = new Set(samples.flatMap((one) => Object.keys(writeChange(one))));
  expect([...kinds].sort()).toEqual(Object.keys(grammar).sort());
});

describe.each(formats)('a file of %s', (ending) => {
  test(
    'gives the changes, the way back and the header that were written',
    async () => {
      const file = fc.tuple(fc.array(change, { minLength: 1, maxLength: 4 }), fc.array(change, { maxLength: 2 }), header, fc.boolean());
      await fc.assert(
        fc.asyncProperty(file, async ([up, down, options, transaction]) => {
          const text = await written(ending, up, down, { ...options, ...(transaction ? {} : { transaction }) });
          fc.pre(text !== undefined);
          const found = await read(ending, text);
          expect(settled(found.up)).toEqual(settled(up));
          expect(settled(found.down)).toEqual(settled(down));
          expect(found.header).toEqual(options);
          expect(found.transaction).toEqual({ up: transaction, down: transaction });
        }),
        { numRuns: rounds(60, 5000), seed: Number(process.env['LOCKSTEP_SEED'] ?? 3) },
      );
    },
    rounds(60_000, 900_000),
  );

  test.each(odd())('keeps %s as a value, a name, a default and a condition', async (_, value) => {
    const name = typeof value === 'string' && value !== '' ? value : 'a';
    const up: readonly Change[] = [
      { kind: 'insertRows', table: { name }, rows: [Object.fromEntries([[name, value]])] },
      { kind: 'deleteRows', table: { name }, where: { equals: Object.fromEntries([[name, value]]) } },
      ...(value instanceof Uint8Array ? [] : [{ kind: 'alterColumn', table: { name }, name, set: { default: { value } } } as const]),
      { kind: 'renameColumn', table: { name, schema: name }, from: name, to: `${name}_` },
      { kind: 'dropIndex', table: { name }, name },
    ];
    const text = await written(ending, up, []);
    if (text === undefined) return expect(ending).toBe('xml');
    // What could set a prototype is refused with its place, never read as something else; a function knows what it writes.
    if (value === '__proto__' && ending !== 'ts' && ending !== 'js')
      return expect(read(ending, text)).rejects.toMatchObject({
        details: { problems: [1, 2].map(() => ({ message: expect.stringContaining('"__proto__" cannot be a key') })) },
      });
    expect((await read(ending, text)).up).toEqual(up);
  });
});

/** Values and names that notations take for something else, change or lose. */
function odd() {
  return [
    ...[null, true, 0, -0, 1.5, 1e21, -1e-7, 2n ** 53n + 1n, -(10n ** 40n), new Uint8Array([0, 255, 10]), new Uint8Array()],
    ...[
      '',
      ' ',
      'a\nb\n',
      '  two\n lines  ',
      'end ',
      '\ttab',
      'a\r\nb',
      '= 1',
      '# no',
      '; no',
      '[x]',
      '{"a":1}',
      '[]',
      '"',
      "'",
      '`',
      '\\',
    ],
    ...[
      'yes',
      'no',
      'on',
      'off',
      'null',
      '~',
      'true',
      '1',
      '1.0',
      '007',
      '1e3',
      '0x1F',
      '1_000',
      '.inf',
      '12:30',
      '2001-01-01',
      '2001-01-01T00:00:00Z',
    ],
    ...[
      'select',
      'order',
      'up',
      'down',
      'name',
      'json',
      'hex',
      'sql',
      'équipe',
      '日本',
      '😀',
      'e\u0301',
      'x'.repeat(63),
      'é'.repeat(31),
      'order id',
    ],
    ...[
      'constructor',
      'toString',
      'hasOwnProperty',
      'prototype',
      '__proto__',
      'a.b',
      'a:b',
      'a, b',
      '-',
      '--',
      '<!--',
      ']]>',
      '&amp;',
      'a${',
      '"""',
    ],
  ].map((value) => [inspect(value), value] as const);
}
