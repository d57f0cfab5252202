import fc from 'fast-check';
import { describe, test } from 'vitest';
import { damagedFiles, type Ending, endings, soup, survive } from './fuzz/malformed.ts';
import { rounds } from './support/effort.ts';

describe.each(endings)('a file of %s', (ending) => {
  const runs = {
    numRuns: rounds(200, 20_000),
    seed: Number(process.env['LOCKSTEP_SEED'] ?? 1),
  };

  test(
    'that was damaged is read, or refused with places',
    async () => {
      const damaged = await damagedFiles(ending);
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
      await fc.assert(
        fc.asyncProperty(soup(ending), async (text) => {
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
    30_000,
  );
});
