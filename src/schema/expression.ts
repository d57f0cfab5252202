import type { Name } from './names.ts';

/** Strings, quoted names of every engine, words, and everything else one character at a time. */
const token = /'(?:[^']|'')*'|"((?:[^"]|"")*)"|`((?:[^`]|``)*)`|\[([^\]]*)\]|([\p{L}_][\p{L}\p{N}_$]*)|[\s\S]/gu;

/** Whether a piece of SQL mentions a name. Text in string literals does not count. */
export function mentions(sql: string, name: Name): boolean {
  for (const match of sql.matchAll(token)) if (nameIn(match) === name) return true;
  return false;
}

/** The piece of SQL with one name in place of another; quotes stay as they were. */
export function renameIn(sql: string, from: Name, to: Name): string {
  return sql.replace(token, (...args) => {
    const [whole, double, back, square, word] = args as unknown as (string | undefined)[];
    const text = whole ?? '';
    if (double !== undefined && double.replaceAll('""', '"') === from) return `"${to.replaceAll('"', '""')}"`;
    if (back !== undefined && back.replaceAll('``', '`') === from) return `\`${to.replaceAll('`', '``')}\``;
    if (square !== undefined && square === from) return `[${to}]`;
    if (word !== undefined && word === from) return /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(to) ? to : `"${to.replaceAll('"', '""')}"`;
    return text;
  });
}

function nameIn(match: RegExpMatchArray): string | undefined {
  const [, double, back, square, word] = match;
  return double?.replaceAll('""', '"') ?? back?.replaceAll('``', '`') ?? square ?? word;
}
