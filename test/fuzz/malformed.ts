import fc from 'fast-check';
import { Failure } from '../../src/base/index.ts';
import type { Format, FormatTools } from '../../src/contracts/index.ts';
import { builtInEngines } from '../../src/engines/index.ts';
import { builtInFormats, writerOf } from '../../src/formats/index.ts';
import type { Change } from '../../src/schema/index.ts';
import { change } from '../support/arbitrary.ts';
import { formatTools, migrationOf, sourceFile } from '../support/migration.ts';

const loaded = await Promise.all(builtInEngines.map(({ load }) => load()));

/** Tokens by every engine, as the program does it for checksums. */
const tools: FormatTools = { ...formatTools, tokens: (script) => loaded.map((engine) => engine.tokens(script)).join('\n') };

/** The formats whose files are damaged. Code is read by its own compiler. */
export const endings = ['sql', 'yaml', 'json', 'xml', 'ini'] as const;
export type Ending = (typeof endings)[number];

function formatFor(ending: Ending): Format {
  const format = builtInFormats.find(({ extensions }) => extensions.includes(ending));
  if (format === undefined) throw new Error(`no format reads ${ending}`);
  return format;
}

/**
 * Reads a text in every way in which the program reads a file before anything runs: what it says of itself, its changes, what counts of
 * it, and for SQL its statements. Gives what is refused; anything but a refusal with a place is an error of ours.
 */
export async function survive(ending: Ending, text: string): Promise<Failure | undefined> {
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
    for (const { message, details } of error.details.problems ?? [error]) {
      const { file: named, line = 0, column = 0 } = details.place ?? {};
      if (named !== file.path || line < 1 || line > lines || column < 1)
        throw new Error(`"${message}" is placed at ${named}:${line}:${column}, in a file of ${lines} lines`, { cause: error });
    }
    return error;
  }
}

/** What means something in each syntax. */
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
function damaged(ending: Ending, text: string): fc.Arbitrary<string> {
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

/** Damaged files that began as valid ones. */
export async function damagedFiles(ending: Ending): Promise<fc.Arbitrary<string>> {
  const [first = '', ...others] = await Promise.all(
    fc.sample(fc.array(change, { minLength: 1, maxLength: 3 }), { seed: 11, numRuns: 12 }).map((changes) => valid(ending, changes)),
  );
  return fc.constantFrom(first, ...others).chain((text) => damaged(ending, text));
}

/** Files made of nothing but words of their syntax. */
export function soup(ending: Ending): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...words[ending], ...common), { maxLength: 30 }).map((parts) => parts.join(''));
}
