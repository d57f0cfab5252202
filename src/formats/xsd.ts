import { jsonSchema } from './json-schema.ts';
import { areNames, type Grammar, grammarOf, propertiesOf, propertyOf, tagged, wantedAt } from './spelling.ts';
import { singular } from './xml-document.ts';
import { nameOfKey } from './xml-name.ts';

/**
 * The XML Schema (1.0) of a migration in XML, made of the grammar that reads it. It ships with the package as `migration.xsd`, for
 * editors: it knows the elements and attributes and what they are for. A property may be an attribute or an element, which such a schema
 * cannot say of both at once, so that what is missing and what is too much is found when the file is read.
 */
export function xmlSchema(): string {
  const types = new Map<string, readonly string[]>();
  const root = typeOf(grammarOf(jsonSchema()), { key: 'migration', types });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="unqualified">',
    `  <xs:element name="migration" type="${root}"/>`,
    ...[...types.values()].flat().map((line) => `  ${line}`),
    '</xs:schema>',
    '',
  ].join('\n');
}

interface Context {
  /** The key that leads here. */
  readonly key: string;
  /** The types that are made, by what they describe. */
  readonly types: Map<string, readonly string[]>;
}

/** The name of the type for a part of the grammar, which is made when it is first asked for. */
function typeOf(grammar: Grammar, context: Context): string {
  const { types } = context;
  const id = JSON.stringify([wantedAt(grammar).lists.length > 0 ? context.key : '', { ...grammar.schema, description: undefined }]);
  const known = [...types.keys()].indexOf(id);
  if (known >= 0) return `t${known}`;
  const name = `t${types.size}`;
  // Known before it is made: some parts hold themselves.
  types.set(id, []);
  types.set(id, linesOf(name, grammar, context));
  return name;
}

function linesOf(name: string, grammar: Grammar, context: Context): readonly string[] {
  const { lists, mappings, json } = wantedAt(grammar);
  const inside = json
    ? []
    : [...lists.flatMap((item) => itemsOf(item, context)), ...mappings.flatMap((mapping) => elementsOf(mapping, context))];
  const elements = byName(inside).flat();
  const isOpen = mappings.some(({ schema }) => schema['additionalProperties'] !== false);
  const attributes = isOpen ? [['  <xs:anyAttribute processContents="skip"/>']] : byName(mappings.flatMap(attributesOf));
  return [
    `<xs:complexType name="${name}" mixed="true">`,
    ...(isOpen
      ? [`  <xs:sequence><xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/></xs:sequence>`]
      : elements.length === 0
        ? []
        : ['  <xs:choice minOccurs="0" maxOccurs="unbounded">', ...elements.map((line) => `    ${line}`), '  </xs:choice>']),
    ...attributes.flat(),
    '</xs:complexType>',
  ];
}

/** The elements that the items of a list are. */
function itemsOf(item: Grammar, { key, types }: Context): readonly (readonly string[])[] {
  const tag = tagged(item);
  if (tag !== undefined) return elementsOf(tag, { key, types });
  const names = new Set([singular(key), 'item']);
  return [...names].map((name) => element(name, item, { key: name, types }));
}

function elementsOf(mapping: Grammar, { types }: Context): readonly (readonly string[])[] {
  return Object.keys(propertiesOf(mapping)).map((key) => element(nameOfKey(key), propertyOf(mapping, key), { key, types }));
}

function element(name: string, grammar: Grammar, context: Context): readonly string[] {
  return documented(`xs:element name="${name}" type="${typeOf(grammar, context)}"`, 'xs:element', grammar);
}

/** The properties that a text can say. */
function attributesOf(mapping: Grammar): readonly (readonly string[])[] {
  return Object.keys(propertiesOf(mapping)).flatMap((key) => {
    const property = propertyOf(mapping, key);
    const { text, words, number, boolean, json, lists } = wantedAt(property);
    if (!text && words.length === 0 && !number && !boolean && !json && !lists.some(areNames)) return [];
    return [documented(`xs:attribute name="${nameOfKey(key)}" type="xs:string"`, 'xs:attribute', property).map((line) => `  ${line}`)];
  });
}

/** One declaration for each name: forms of one thing may share some. */
function byName(declarations: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return [...new Map(declarations.map((lines) => [/name="([^"]*)"/.exec(lines[0] ?? '')?.[1], lines])).values()];
}

function documented(head: string, tag: string, { schema }: Grammar): readonly string[] {
  const about = schema['description'];
  if (typeof about !== 'string') return [`<${head}/>`];
  const text = about.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return [`<${head}>`, `  <xs:annotation><xs:documentation>${text}</xs:documentation></xs:annotation>`, `</${tag}>`];
}
