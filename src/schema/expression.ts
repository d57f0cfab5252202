import type { Name } from './names.ts';

/** Strings, quoted names of every engine, words, and everything else one character at a time. */
const token = /'(?:[^']|'')*'|"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|\[([^\]]*)\]|([\p{L}_][\p{L}\p{N}_$]*)|[\s\S]/gu;

/** Whether a piece of SQL mentions a name. Text in string literals does not count. */
export function mentions(sql: string, name: Name): boolean {
  // Only quotes in a name are written otherwise than they are.
  if (!sql.includes(name) && !/["`]/.test(name)) return false;
  for (const match of sql.matchAll(token)) if (nameIn(match) === name) return true;
  return false;
}

/**
 * The piece of SQL with one name in place of another; quotes stay as they were. A word before a parenthesis is a function, and one
 * behind AS or COLLATE is no column, so these stay.
 */
export function renameIn(sql: string, from: Name, to: Name): string {
  let previous = '';
  return sql.replace(token, (...args) => {
    const [text = '', double, back, square, word] = args as unknown as (string | undefined)[];
    const offset = args.at(-2) as number;
    const behind = previous;
    if (/\S/.test(text)) previous = text.toUpperCase();
    if (double !== undefined && double.replaceAll('""', '"') === from) return quoted(to);
    if (back !== undefined && back.replaceAll('``', '`') === from) return `\`${to.replaceAll('`', '``')}\``;
    if (square !== undefined && square === from) return `[${to}]`;
    if (word === undefined || word !== from || behind === 'AS' || behind === 'COLLATE') return text;
    if (/^\s*\(/.test(sql.slice(offset + text.length))) return text;
    return /^[a-z_][a-z0-9_]*$/.test(to) && !reserved.has(to) ? to : quoted(to);
  });
}

function quoted(name: Name): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Words that engines read as their own where they stand without quotes, of those that people give to columns. */
const reserved: ReadonlySet<string> = new Set(
  'all and as asc between by case check column constraint create cross default delete desc distinct drop else end except exists fetch for foreign from full grant group having in index inner insert intersect into is join key left like limit not null offset on or order outer primary range rank read references right row rows select set table then to trigger union unique update user using values view when where window with'.split(
    ' ',
  ),
);

function nameIn(match: RegExpMatchArray): string | undefined {
  const [, double, back, square, word] = match;
  return double?.replaceAll('""', '"') ?? back?.replaceAll('``', '`') ?? square ?? word;
}
