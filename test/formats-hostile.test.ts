import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../src/base/index.ts';
import type { Format, FormatTools } from '../src/contracts/index.ts';
import { builtInEngines } from '../src/engines/index.ts';
import { builtInFormats, writerOf } from '../src/formats/index.ts';
import type { Change } from '../src/schema/index.ts';
import { change } from './support/arbitrary.ts';
import { rounds } from './support/effort.ts';
import { formatTools, migrationOf, sourceFile } from './support/migration.ts';

const loaded = await Promise.all(builtInEngines.map(({ load }) => load()));

/** Tokens by every engine, as the program does it for checksums. */
const tools: FormatTools = { ...formatTools, tokens: (script) => loaded.map((engine) => engine.tokens(script)).join('\n') };

const endings = ['sql', 'yaml', 'json', 'xml', 'ini'] as const;
type Ending = (typeof endings)[number];

function formatFor(ending: Ending): Format {
  const format = builtInFormats.find(({ extensions }) => extensions.includes(ending));
  if (format === undefined) throw new Error(`no format reads ${ending}`);
  return format;
}

/**
 * Reads a text in every way in which the program reads a file before anything runs: what it says of itself, its changes, what counts of
 * it, and for SQL its statements. Gives what is refused; anything but a refusal with a place is an error of ours.
 */
async function survive(ending: Ending, text: string): Promise<Failure | undefined> {
  const format = formatFor(ending);
  const file = sourceFile(`1_a.${ending}`, text);
  await format.header?.(file);
  await format.significant(migrationOf(file), tools);
  if (ending === 'sql') for (const engine of loaded) engine.split(text);
  try {
    await format.read(migrationOf(file), tools);
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const lines = text.split(/\r\n|\r|\n/).length;
    for (const { details } of error.details.problems ?? [error]) {
      expect(details.place?.file).toBe(file.path);
      expect(details.place?.line).toBeGreaterThanOrEqual(1);
      expect(details.place?.line).toBeLessThanOrEqual(lines);
      expect(details.place?.column).toBeGreaterThanOrEqual(1);
    }
    return error;
  }
}

const words: Readonly<Record<Ending, readonly string[]>> = {
  sql: [
    '-- lockstep:up\n',
    '-- lockstep:down\n',
    '-- lockstep:',
    '$$',
    '/*',
    '*/',
    "'",
    '"',
    '`',
    ';',
    'BEGIN',
    'COPY a FROM stdin;\n',
    '\\.\n',
    'DELIMITER //\n',
    '\\',
  ],
  yaml: [
    '&a ',
    '*a',
    '!!binary ',
    '<<: ',
    '? ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '|\n',
    '>-\n',
    '"',
    "'",
    '%YAML 1.1\n',
    '---\n',
    '...\n',
    '\t',
    ': ',
    '#',
  ],
  json: ['{', '}', '[', ']', ',', ':', '"', '\\u0000', '\\', 'null', '1e999', '-', '/*', '//'],
  xml: [
    '<',
    '>',
    '/>',
    '</',
    '&',
    '&amp;',
    '&#0;',
    '&#x110000;',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<!DOCTYPE a>',
    '<?xml version="1.0"?>',
    '"',
    "'",
    '=',
    'xmlns:a="b"',
    '_x0041_',
  ],
  ini: ['[', ']', '=', '.', '"', '"""\n', '\\\n', ';', '#', '1.', 'up.', "'", '\\u00'],
};
const common = [
  '\n',
  '\r',
  '\u0000',
  '\ud800',
  '\uFEFF',
  '\u2028',
  '__proto__',
  'constructor',
  'toString',
  'up',
  'down',
  'verify',
  'transaction',
  'createTable',
  'columns',
  'rows',
  'json',
  '9'.repeat(400),
  '1e-400',
  ' ',
];

/** Edits of a text that stands for a valid file: pieces taken out, doubled, moved, and words of the syntax put in. */
function mutated(ending: Ending, text: string): fc.Arbitrary<string> {
  const at = fc.nat({ max: text.length });
  const word = fc.oneof(fc.constantFrom(...words[ending], ...common), fc.string({ maxLength: 3, unit: 'binary' }));
  const edit = fc.record({
    from: at,
    length: fc.nat({ max: 40 }),
    to: at,
    word,
    how: fc.constantFrom('cut', 'double', 'put', 'replace', 'end'),
  });
  return fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) =>
    edits.reduce((now, { from, length, to, word: put, how }) => {
      const piece = now.slice(from, from + length);
      if (how === 'cut') return now.slice(0, from) + now.slice(from + length);
      if (how === 'double') return now.slice(0, to) + piece + now.slice(to);
      if (how === 'put') return now.slice(0, from) + put + now.slice(from);
      return how === 'replace' ? now.slice(0, from) + put + now.slice(from + length) : now.slice(0, from);
    }, text),
  );
}

async function valid(ending: Ending, changes: readonly Change[]): Promise<string> {
  if (ending === 'sql')
    return "-- lockstep:up\nCREATE TABLE a (id int); -- a\nINSERT INTO a VALUES (1, 'x');\n-- lockstep:down\nDROP TABLE a;\n";
  return (await writerOf(ending)?.(changes, changes).catch(() => '')) ?? '';
}

describe.each(endings)('a file of %s', (ending) => {
  const runs = {
    numRuns: rounds(200, 20_000),
    seed: Number(process.env['LOCKSTEP_SEED'] ?? 1),
  };

  test(
    'that was damaged is read, or refused with places',
    async () => {
      const [first = [], ...others] = await Promise.all(
        fc.sample(fc.array(change, { minLength: 1, maxLength: 3 }), { seed: 11, numRuns: 12 }).map((changes) => valid(ending, changes)),
      );
      const damaged = fc.constantFrom(first as string, ...others).chain((text) => mutated(ending, text));
      await fc.assert(
        fc.asyncProperty(damaged, async (text) => {
          await survive(ending, text);
        }),
        runs,
      );
    },
    rounds(60_000, 900_000),
  );

  test(
    'made of words of its syntax is read, or refused with places',
    async () => {
      const soup = fc.array(fc.constantFrom(...words[ending], ...common), { maxLength: 30 }).map((parts) => parts.join(''));
      await fc.assert(
        fc.asyncProperty(soup, async (text) => {
          await survive(ending, text);
        }),
        runs,
      );
    },
    rounds(60_000, 900_000),
  );
});

const many = 100_000;
const long = 'x'.repeat(10_000_000);
const laughs = (depth: number, line: (i: number) => string): string => Array.from({ length: depth }, (_, i) => line(i)).join('');

/** Files that are made to take long or to take all memory. */
const hostile: readonly (readonly [title: string, ending: Ending, text: () => string])[] = [
  ['elements in each other', 'xml', () => `<migration>${'<up>'.repeat(many)}`],
  ['elements that are closed, too', 'xml', () => `<migration>${'<a>'.repeat(many)}${'</a>'.repeat(many)}</migration>`],
  ['nothing but "<"', 'xml', () => '<'.repeat(many * 10)],
  ['nothing but "&"', 'xml', () => `<migration><up>${'&'.repeat(many * 10)}`],
  ['entities', 'xml', () => `<migration><verify>${'&amp;'.repeat(many * 5)}</verify></migration>`],
  ['entities in an attribute', 'xml', () => `<migration verify="${'&#65;'.repeat(many * 5)}"/>`],
  [
    'entities that stand for more',
    'xml',
    () => `<!DOCTYPE a [${laughs(30, (i) => `<!ENTITY e${i + 1} "&e${i};&e${i};">`)}]><migration>&e30;</migration>`,
  ],
  ['attributes', 'xml', () => `<migration ${Array.from({ length: many }, (_, i) => `a${i}="1"`).join(' ')}/>`],
  ['attributes without an end', 'xml', () => `<migration ${'a="'.repeat(many)}`],
  ['comments without an end', 'xml', () => '<!--'.repeat(many)],
  ['CDATA without an end', 'xml', () => `<migration><up>${'<![CDATA['.repeat(many)}`],
  ['CDATA', 'xml', () => `<migration><verify>${'<![CDATA[x]]> '.repeat(many)}</verify></migration>`],
  ['one long line', 'xml', () => `<migration><verify>${long}</verify></migration>`],
  ['white space', 'xml', () => `<migration ${' '.repeat(10_000_000)}/>`],
  ['white space in text', 'xml', () => `<migration><verify>x${' '.repeat(3_000_000)}x</verify></migration>`],
  ['changes', 'xml', () => `<migration><up>${'<dropTable>a</dropTable>'.repeat(10_000)}</up></migration>`],
  ['unknown changes', 'xml', () => `<migration><up>${'<dropTabl>a</dropTabl>'.repeat(2000)}</up></migration>`],
  ['closing tags', 'xml', () => `<migration>${'</a>'.repeat(many)}`],
  ['dots', 'ini', () => `${'a.'.repeat(many)}b = 1`],
  ['deep sections', 'ini', () => Array.from({ length: 20_000 }, (_, i) => `[${'a.'.repeat(50)}${i}]\nx = 1\n`).join('')],
  ['keys', 'ini', () => Array.from({ length: many }, (_, i) => `a${i} = 1\n`).join('')],
  ['one key', 'ini', () => 'a = 1\n'.repeat(many)],
  ['lines that go on', 'ini', () => `verify = ${'a \\\n'.repeat(many)}`],
  ['texts without an end', 'ini', () => 'a = """\n'.repeat(many)],
  ['quotes', 'ini', () => `a = ${'"'.repeat(many * 10)}`],
  ['escapes', 'ini', () => `a = "${'\\'.repeat(many * 10)}`],
  ['one long line', 'ini', () => `verify = ${long}`],
  ['white space', 'ini', () => `verify = ${' '.repeat(10_000_000)}x`],
  ['items', 'ini', () => `[up.1.insert]\ninto = a\n${Array.from({ length: 10_000 }, (_, i) => `rows.${i + 1}.a = ${i}\n`).join('')}`],
  ['deep JSON in a text', 'ini', () => `[up.1.insert]\ninto = a\nrows.1.a.json = ${'['.repeat(many)}`],
  ['brackets', 'yaml', () => '['.repeat(many)],
  ['braces', 'yaml', () => '{'.repeat(many)],
  ['keys in each other', 'yaml', () => laughs(2000, (i) => `${' '.repeat(i)}a:\n`)],
  ['aliases that stand for more', 'yaml', () => laughs(40, (i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}, *a${i - 1}`}]\n`)],
  ['anchors', 'yaml', () => laughs(5000, (i) => `a${i}: &a${i} x\n`)],
  ['aliases', 'yaml', () => `a: &a x\nb: [${'*a,'.repeat(9000)}]\n`],
  ['one long line', 'yaml', () => `verify: [ "${long}" ]`],
  ['deep lists', 'json', () => `{"up":${'['.repeat(many)}${']'.repeat(many)}}`],
  ['one long line', 'json', () => `{"verify":["${long}"]}`],
  ['digits', 'json', () => `{"order":${'9'.repeat(1_000_000)}}`],
  ['digits', 'yaml', () => `order: ${'9'.repeat(100_000)}`],
  ['digits', 'ini', () => `order = ${'9'.repeat(1_000_000)}`],
  ['nothing but quotes', 'json', () => '"'.repeat(many * 10)],
  ['comments in each other', 'sql', () => '/*'.repeat(many)],
  ['dollar quotes', 'sql', () => Array.from({ length: 20_000 }, (_, i) => `$a${i}$`).join(' ')],
  ['quotes', 'sql', () => `SELECT ${"'".repeat(many)}`],
  ['brackets', 'sql', () => '('.repeat(many)],
  ['one long line', 'sql', () => `SELECT '${long}'`],
  ['BEGIN', 'sql', () => 'CREATE TRIGGER a BEGIN '.repeat(20_000)],
  ['directives', 'sql', () => '-- lockstep:upp\n'.repeat(2000)],
];

describe('a file that is made to take long', () => {
  test.each(hostile)(
    '%s (%s)',
    async (_, ending, text) => {
      await survive(ending, text());
    },
    10_000,
  );
});
