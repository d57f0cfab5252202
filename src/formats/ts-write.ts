import { type BuilderCall, type Change, writeCall } from '../schema/index.ts';
import type { WriteOptions, WrittenDown } from './file-spec.ts';

/** How wide a line may be before its list or object is spread over several. */
const widest = 140;

/**
 * A migration in TypeScript that calls the builder. Reading it gives the changes again. It is laid out as formatters do it: two blanks,
 * single quotes, a comma behind the last item, 140 columns. Texts of several lines are template literals.
 */
export function tsText(
  changes: readonly Change[],
  down?: WrittenDown,
  { conventions, transaction, version, order, requires, covers }: WriteOptions = {},
): string {
  const method = (name: 'up' | 'down', list: readonly Change[]): readonly string[] =>
    methodLines(
      name,
      list.map((change) => bare(writeCall(change), conventions)),
    );
  const back =
    down === undefined ? [] : 'irreversible' in down ? [`  // ${oneLine(down.irreversible)}`, '  down: false,'] : method('down', down);
  const alone = transaction === false ? ['  transaction: false,'] : [];
  const own = Object.entries({ version, order, requires, covers }).flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name}: ${flat(value)},`],
  );
  const lines = ['export default migration({', ...own, ...alone, ...method('up', changes), ...back, '});'];
  return `import { migration } from 'lockstep';\n\n${lines.join('\n')}\n`;
}

function oneLine(text: string): string {
  return text.replace(/[\s\u2028\u2029]+/g, ' ').trim();
}

/** A table that says whether the default columns of the project count. */
function bare(one: BuilderCall, conventions: WriteOptions['conventions']): BuilderCall {
  const [name, spec] = one.args;
  return conventions === false && one.method === 'createTable'
    ? { ...one, args: [name, { ...(spec as object), defaultColumns: false }] }
    : one;
}

function methodLines(name: 'up' | 'down', calls: readonly BuilderCall[]): readonly string[] {
  if (calls.length === 0) return [`  ${name}() {},`];
  return [`  ${name}({ schema }) {`, ...calls.map((one) => `    ${call(one, 4)}`), '  },'];
}

/** On one line where it fits, else with its last list or object spread, else with each argument on a line of its own. */
function call({ method, args }: BuilderCall, indent: number): string {
  const begin = `schema.${method}(`;
  const flats = args.map(flat);
  const whole = flats.every((one) => one !== undefined) ? `${begin}${flats.join(', ')});` : undefined;
  if (whole !== undefined && indent + whole.length <= widest) return whole;
  const last = args.at(-1);
  const before = flats.slice(0, -1);
  const head = before.every((one) => one !== undefined) ? `${begin}${before.map((one) => `${one}, `).join('')}` : undefined;
  // Text of several lines that stands alone begins where the call does, too.
  const alone = args.length === 1 && typeof last === 'string';
  if (head !== undefined && (alone || isSpreadable(last)) && indent + head.length < widest) return `${head}${spread(last, indent)});`;
  const inner = ' '.repeat(indent + 2);
  return `${begin}\n${args.map((arg) => `${inner}${value(arg, indent + 2, '')},\n`).join('')}${' '.repeat(indent)});`;
}

function isSpreadable(one: unknown): one is object {
  return typeof one === 'object' && one !== null && Object.keys(one).length > 0;
}

/** A value behind a key: on one line where it fits. */
function value(one: unknown, indent: number, key: string): string {
  const short = flat(one);
  return short !== undefined && indent + key.length + short.length + 1 <= widest ? short : spread(one, indent);
}

function spread(one: unknown, indent: number): string {
  if (!isSpreadable(one)) return typeof one === 'string' ? text(one) : (flat(one) ?? '');
  const inner = ' '.repeat(indent + 2);
  const [open, end] = Array.isArray(one) ? '[]' : '{}';
  const items = Array.isArray(one)
    ? one.map((item: unknown) => ['', item] as const)
    : Object.entries(one).map(([name, item]) => [`${property(name)}: `, item as unknown] as const);
  return `${open}\n${items.map(([key, item]) => `${inner}${key}${value(item, indent + 2, key)},\n`).join('')}${' '.repeat(indent)}${end}`;
}

/** A value on one line; nothing where it is always spread: texts of several lines, and lists of objects with more than one property. */
function flat(one: unknown): string | undefined {
  if (typeof one === 'string') return one.includes('\n') ? undefined : text(one);
  if (typeof one === 'bigint') return `${one}n`;
  if (typeof one !== 'object' || one === null) return Object.is(one, -0) ? '-0' : String(one).replace('e+', 'e');
  if (Array.isArray(one)) {
    const isTable = one.length > 1 && one.every((item) => typeof item === 'object' && item !== null && Object.keys(item).length > 1);
    const items = isTable ? [undefined] : one.map(flat);
    return items.every((item) => item !== undefined) ? `[${items.join(', ')}]` : undefined;
  }
  const items = Object.entries(one).map(([name, item]) => {
    const short = flat(item);
    return short === undefined ? undefined : `${property(name)}: ${short}`;
  });
  if (items.length === 0) return '{}';
  return items.every((item) => item !== undefined) ? `{ ${items.join(', ')} }` : undefined;
}

function property(name: string): string {
  // Written plainly it would set the prototype.
  if (name === '__proto__') return "['__proto__']";
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : quoted(name);
}

function text(one: string): string {
  return one.includes('\n') ? `\`${escaped(one, /[\\`]|\$(?=\{)/g)}\`` : quoted(one);
}

/** Between the quotes that need fewer escapes, single ones where it makes no difference. */
function quoted(one: string): string {
  const count = (quote: string): number => one.split(quote).length;
  const quote = count("'") > count('"') ? '"' : "'";
  return `${quote}${escaped(one, quote === '"' ? /[\\"]/g : /[\\']/g).replaceAll('\n', '\\n')}${quote}`;
}

/** What is neither to be seen nor a line break, halves of characters among it. */
const unseen = /[^\n\x20-\x7e\xa0-\xac\xae-\u1fff\u2010-\u2027\u2030-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/gu;

function escaped(one: string, special: RegExp): string {
  const short: Readonly<Record<string, string>> = { '\r': '\\r', '\t': '\\t' };
  return one
    .replace(special, (character) => `\\${character}`)
    .replace(unseen, (character) => short[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
