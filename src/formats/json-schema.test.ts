import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { changesByKind } from '../../test/support/arbitrary.ts';
import type { JsonObject } from '../base/index.ts';
import { authoredKinds, type Change } from '../schema/index.ts';
import { checkMigration } from './grammar-problems.ts';
import { jsonSchema } from './json-schema.ts';
import { writeJson } from './yaml.ts';

const schema = jsonSchema();
const definitions = schema['$defs'] as Readonly<Record<string, JsonObject>>;
const change = definitions['Change'] as JsonObject & { readonly properties: Readonly<Record<string, JsonObject>> };

/** Every schema inside a schema, with the path to it. */
function inside(value: unknown, path = '#'): readonly (readonly [string, JsonObject])[] {
  if (typeof value !== 'object' || value === null) return [];
  const own: readonly (readonly [string, JsonObject])[] = Array.isArray(value) ? [] : [[path, value as JsonObject]];
  return [...own, ...Object.entries(value).flatMap(([key, inner]) => inside(inner, `${path}/${key}`))];
}

describe('the JSON Schema', () => {
  test('is of draft 2020-12 and describes a closed mapping', () => {
    expect(schema['$schema']).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(Object.keys(schema['properties'] as object)).toEqual([
      'up',
      'down',
      'verify',
      'transaction',
      'version',
      'conventions',
      'order',
      'covers',
      'requires',
      '$schema',
    ]);
  });

  test('has an entry with a description for every kind of change, and a change has exactly one', () => {
    expect(Object.keys(change.properties).sort()).toEqual([...authoredKinds].sort());
    expect(change).toMatchObject({ minProperties: 1, maxProperties: 1, additionalProperties: false });
    for (const [kind, entry] of Object.entries(change.properties)) expect(entry['description'], kind).toMatch(/\w{3}/);
  });

  test('refers only to definitions that it has', () => {
    const references = inside(schema).flatMap(([, inner]) => (typeof inner['$ref'] === 'string' ? [inner['$ref']] : []));
    expect(references.length).toBeGreaterThan(50);
    for (const reference of references) expect(definitions).toHaveProperty(reference.replace('#/$defs/', ''));
  });

  test('closes every mapping with properties, so that a slip is marked', () => {
    const open = inside(schema).filter(
      ([, inner]) => inner['properties'] !== undefined && inner['type'] === 'object' && inner['additionalProperties'] !== false,
    );
    expect(open.map(([path]) => path)).toEqual([]);
  });

  test('describes every property of a column and a table', () => {
    const column = definitions['Column']?.['properties'] as Readonly<Record<string, JsonObject>>;
    expect(Object.keys(column)).toEqual(expect.arrayContaining(['name', 'type', 'nullable', 'default', 'references', 'check']));
    const resolved = (entry: JsonObject): JsonObject =>
      typeof entry['$ref'] === 'string' ? (definitions[entry['$ref'].replace('#/$defs/', '')] ?? entry) : entry;
    for (const [name, entry] of [
      ...Object.entries(column),
      ...Object.entries(change.properties['createTable']?.['properties'] as Readonly<Record<string, JsonObject>>),
    ]) {
      expect(entry['description'] ?? resolved(entry)['description'] ?? resolved(resolved(entry))['description'], name).toBeTypeOf('string');
    }
  });
});

/** Whether data fits a schema, for the keywords that this one is made of; any other is an error of the test. */
function fits(data: unknown, rule: JsonObject): boolean {
  return Object.entries(rule).every(([keyword, wanted]) => {
    const check = keywords[keyword];
    if (check === undefined) throw new Error(`keyword ${keyword} is not understood`);
    return check(data, wanted, rule);
  });
}

const isMapping = (data: unknown): data is Readonly<Record<string, unknown>> =>
  typeof data === 'object' && data !== null && !Array.isArray(data);
const isNumber = (data: unknown): data is number | bigint => typeof data === 'number' || typeof data === 'bigint';
const types: Readonly<Record<string, (data: unknown) => boolean>> = {
  object: isMapping,
  array: Array.isArray,
  string: (data) => typeof data === 'string',
  number: isNumber,
  integer: (data) => typeof data === 'bigint' || Number.isInteger(data),
  boolean: (data) => typeof data === 'boolean',
  null: (data) => data === null,
};
const asRule = (wanted: unknown): JsonObject => wanted as JsonObject;
const pass = (): boolean => true;
const keywords: Readonly<Record<string, (data: unknown, wanted: unknown, rule: JsonObject) => boolean>> = {
  $schema: pass,
  $defs: pass,
  title: pass,
  description: pass,
  examples: pass,
  contentMediaType: pass,
  type: (data, wanted) => [wanted].flat().some((type) => types[String(type)]?.(data) === true),
  $ref: (data, wanted) => fits(data, definitions[String(wanted).replace('#/$defs/', '')] ?? {}),
  anyOf: (data, wanted) => (wanted as readonly JsonObject[]).some((rule) => fits(data, rule)),
  enum: (data, wanted) => (wanted as readonly unknown[]).includes(data),
  const: (data, wanted) => data === wanted || (typeof data === 'bigint' && Number(data) === wanted),
  required: (data, wanted) => !isMapping(data) || (wanted as readonly string[]).every((key) => Object.hasOwn(data, key)),
  properties: (data, wanted) =>
    !isMapping(data) || Object.entries(asRule(wanted)).every(([key, rule]) => !Object.hasOwn(data, key) || fits(data[key], asRule(rule))),
  additionalProperties: (data, wanted, rule) =>
    !isMapping(data) ||
    Object.entries(data).every(
      ([key, value]) => Object.hasOwn(asRule(rule['properties'] ?? {}), key) || (wanted !== false && fits(value, asRule(wanted))),
    ),
  propertyNames: (data, wanted) => !isMapping(data) || Object.keys(data).every((key) => fits(key, asRule(wanted))),
  items: (data, wanted) => !Array.isArray(data) || data.every((item) => fits(item, asRule(wanted))),
  minItems: (data, wanted) => !Array.isArray(data) || data.length >= Number(wanted),
  minLength: (data, wanted) => typeof data !== 'string' || data.length >= Number(wanted),
  minimum: (data, wanted) => !isNumber(data) || data >= Number(wanted),
  pattern: (data, wanted) => typeof data !== 'string' || new RegExp(String(wanted), 'u').test(data),
  maximum: (data, wanted) => !isNumber(data) || data <= Number(wanted),
  minProperties: (data, wanted) => !isMapping(data) || Object.keys(data).length >= Number(wanted),
  maxProperties: (data, wanted) => !isMapping(data) || Object.keys(data).length <= Number(wanted),
};

describe('what the schema says of data is what the grammar says', () => {
  test.each(Object.entries(changesByKind))('%s as it is written, and with a property too many', async (_, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(arbitrary as fc.Arbitrary<Change>, async (one) => {
        const data = parse(await writeJson([one]), { intAsBigInt: true }) as { up: Record<string, unknown>[] };
        expect(fits(data, schema)).toBe(true);
        const [[kind = '', spec] = []] = Object.entries(data.up[0] ?? {});
        const other = { up: [{ [kind]: isMapping(spec) ? { ...spec, thisIsNoProperty: [] } : [spec] }] };
        expect(fits(other, schema)).toBe(false);
        expect(checkMigration(other)).not.toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  test.each([{}, { up: null, down: 'auto' }, { up: [], transaction: { up: false } }, { version: 1.1, order: 2, requires: ['a'] }])(
    '%j fits',
    (data) => {
      expect(fits(data, schema)).toBe(true);
      expect(checkMigration(data)).toEqual([]);
    },
  );

  test.each([
    [],
    { up: {} },
    { down: 'never' },
    { up: [{}] },
    { up: [{ dropTable: 'a', dropView: 'b' }] },
    { up: [{ addColumn: { table: 'a', name: 'b', type: 5 } }] },
    { up: [{ createIndex: { table: 'a', columns: [] } }] },
    { up: [{ addColumn: { table: 'a', name: 'b', type: 'varchar', length: 0 } }] },
    { order: 1.5 },
  ])('%j does not fit', (data) => {
    expect(fits(data, schema)).toBe(false);
    expect(checkMigration(data)).not.toEqual([]);
  });
});
