import { jsonSchema } from '../src/formats/json-schema.ts';

/** As much of a JSON Schema as the grammar uses. */
interface Shape {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly additionalProperties?: Shape | boolean;
}

/** The page of all changes that YAML, JSON and TypeScript migrations are made of, read off the JSON Schema. */
export function changesPage(): string {
  const schema = jsonSchema() as unknown as Shape & { readonly $defs: Readonly<Record<string, Shape>> };
  const { Change: change = {}, ...parts } = schema.$defs;
  const named = Object.entries(parts).filter(([name]) => !name.startsWith('_'));
  return [
    '# Changes',
    '',
    '<!-- Made from src/formats/grammar*.ts by `npm run docs`. -->',
    '',
    'A migration in YAML, JSON, XML or INI is a list of these ([how each spells it](../formats.md)). Each item has one of the names below; what stands',
    'behind it is described here.',
    'In TypeScript the same names are methods of `schema`, with the names of things in front: `schema.addColumn("users", "age", { type: "integer" })`.',
    'The published files `migration.schema.json` and `migration.xsd` say the same to editors.',
    '',
    '## The file',
    '',
    ...propertyRows(schema),
    '',
    ...Object.entries(change.properties ?? {}).flatMap(([name, shape]) => section(name, shape)),
    '# Parts',
    '',
    ...named.flatMap(([name, shape]) => section(name, shape)),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

function section(name: string, shape: Shape): readonly string[] {
  const forms = formsOf(shape);
  const rows = forms
    .filter((form) => form.properties !== undefined)
    .flatMap((form, i) => [...(i > 0 ? ['', 'Or:', ''] : []), ...propertyRows(form)]);
  const plain = forms.filter((form) => form.properties === undefined);
  const also = plain.length === 0 || rows.length === 0 ? [] : [`Also possible: ${plain.map(typeOf).join(' or ')}.`, ''];
  const only = rows.length === 0 ? [`Given as ${typeOf(shape)}.`, ''] : [];
  const said = shape.description === undefined ? [] : [`${cell(shape.description)}.`, ''];
  return [`## ${name}`, '', ...said, ...rows, ...(rows.length === 0 ? [] : ['']), ...also, ...only];
}

function formsOf(shape: Shape): readonly Shape[] {
  return shape.anyOf?.flatMap(formsOf) ?? [shape];
}

function propertyRows({ properties = {}, required = [] }: Shape): readonly string[] {
  const rows = Object.entries(properties)
    .filter(([name]) => !name.startsWith('$'))
    .map(([name, shape]) => {
      const need = required.includes(name) ? ' (needed)' : '';
      return `| \`${name}\`${need} | ${typeOf(shape)} | ${cell(shape.description ?? '')} |`;
    });
  return rows.length === 0 ? [] : ['| property | value | meaning |', '|---|---|---|', ...rows];
}

function typeOf(shape: Shape): string {
  const { $ref, enum: choices, items, anyOf, properties, additionalProperties, type } = shape;
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? '';
    if (name === 'Change') return 'changes';
    return name.startsWith('_') ? 'any value' : `[${name}](#${name.toLowerCase()})`;
  }
  if (shape.const !== undefined) return `\`${String(shape.const)}\``;
  if (choices !== undefined) return choices.map((choice) => `\`${String(choice)}\``).join(', ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (items !== undefined) return `list of ${typeOf(items)}`;
  if (properties !== undefined)
    return `mapping of ${Object.keys(properties)
      .map((name) => `\`${name}\``)
      .join(', ')}`;
  if (typeof additionalProperties === 'object') return 'mapping';
  return type === undefined ? 'any value' : [type].flat().join(' or ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
