import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesByKind } from '../../test/support/arbitrary.ts';
import { Failure } from '../base/index.ts';
import type { Change } from '../schema/index.ts';
import type { RawEntry } from './spelling.ts';
import { writeXml, xml } from './xml.ts';
import { nameOfKey } from './xml-name.ts';
import { parseXml } from './xml-parse.ts';
import { xmlSchema } from './xsd.ts';

interface Type {
  readonly elements: ReadonlyMap<string, string>;
  readonly attributes: ReadonlySet<string>;
  readonly isOpen: boolean;
}

const text = xmlSchema();
const types: ReadonlyMap<string, Type> = new Map(
  [...text.matchAll(/<xs:complexType name="(\w+)"[^>]*>([\s\S]*?)<\/xs:complexType>/g)].map(([, name = '', body = '']) => [
    name,
    {
      elements: new Map(
        [...body.matchAll(/<xs:element name="([^"]*)" type="(\w+)"/g)].map(([, element = '', type = '']) => [element, type]),
      ),
      attributes: new Set([...body.matchAll(/<xs:attribute name="([^"]*)"/g)].map(([, attribute = '']) => attribute)),
      isOpen: body.includes('<xs:any '),
    },
  ]),
);
const root = /<xs:element name="migration" type="(\w+)"/.exec(text)?.[1] ?? '';

/** What of an element the schema does not know. An attribute and an element with text cannot be told apart once they are read. */
function unknownIn({ key, raw }: RawEntry, type: string): readonly string[] {
  const known = types.get(type);
  if (known === undefined) return [`no type ${type}`];
  if (known.isOpen || 'text' in raw) return [];
  return raw.entries.flatMap((entry) => {
    const name = nameOfKey(entry.key);
    const inner = known.elements.get(name);
    if (inner !== undefined) return unknownIn(entry, inner);
    return 'text' in entry.raw && known.attributes.has(name) ? [] : [`${name} in ${key}`];
  });
}

function unknown(file: string): readonly string[] {
  const parsed = parseXml(file);
  return parsed.root === undefined ? [parsed.fault?.message ?? 'nothing'] : unknownIn(parsed.root, root);
}

test('the XML Schema declares each type, element and attribute once, and all types that it uses', () => {
  expect([...text.matchAll(/<xs:complexType name="(\w+)"/g)].length).toBe(types.size);
  expect(types.size).toBeGreaterThan(40);
  for (const [, body = ''] of text.matchAll(/<xs:complexType[^>]*>([\s\S]*?)<\/xs:complexType>/g)) {
    for (const tag of ['element', 'attribute']) {
      const names = [...body.matchAll(new RegExp(`<xs:${tag} name="([^"]*)"`, 'g'))].map(([, name]) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  }
  for (const { elements } of types.values()) for (const type of elements.values()) expect(types.has(type), type).toBe(true);
});

test('it says what things are for, and knows a slip', () => {
  expect(text).toContain('Creates a table with its columns, constraints and indexes');
  expect(unknown(xml.skeleton('a', 'xml', '..'))).toEqual([]);
  expect(unknown('<migration><up><addColumn nmae="x"/></up></migration>')).toEqual(['nmae in addColumn']);
  expect(unknown('<migration><up><adColumn/></up></migration>')).toEqual(['adColumn in up']);
});

describe('it knows whatever is written', () => {
  test.each(Object.entries(changesByKind))('%s', async (_, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(arbitrary as fc.Arbitrary<Change>, async (change) => {
        const file = await writeXml([change]).catch((error: unknown) => {
          if (error instanceof Failure) return undefined;
          throw error;
        });
        fc.pre(file !== undefined);
        expect(unknown(file)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});
