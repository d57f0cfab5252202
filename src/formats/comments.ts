/** A comment of a file, cut to one line. */
export interface FoundComment {
  readonly line: number;
  readonly text: string;
}

const dataText = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/.source;

/** What is passed over, and in the first group the comment that is meant, by the ending of the file. */
const patterns: Readonly<Record<string, RegExp>> = {
  // Of a script whole sections are kept with their comments; what stands before the first is not.
  sql: /-- lockstep:(?:up|down|verify)\b[\s\S]*|^[ \t]*(--(?![ \t]*lockstep:).*)/gm,
  yaml: /^([ \t]*)[^#\n]*?[|>][-+\d]*[ \t]*\n(?:(?:\1[ \t]+.*)?\n)*|"(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*'|(?:^|(?<=\s))(#.*)/gm,
  xml: /<!\[CDATA\[[\s\S]*?\]\]>|(<!--[\s\S]*?-->)/g,
  ini: /=[ \t]*"""[\s\S]*?\n[ \t]*"""|^[ \t]*([;#].*)/gm,
  code: new RegExp(`${dataText}|\`(?:[^\`\\\\]|\\\\[\\s\\S])*\`|(\\/\\/.*|\\/\\*[\\s\\S]*?\\*\\/)`, 'g'),
};

/** The comments of a migration that have no place in what is read from it. JSON has none. */
export function commentsIn(name: string, text: string): readonly FoundComment[] {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  const kind = /^[cm]?[tj]s$/.test(ending) ? 'code' : ending === 'yml' ? 'yaml' : ending;
  const pattern = Object.hasOwn(patterns, kind) ? patterns[kind] : undefined;
  if (pattern === undefined || (kind === 'sql' && !/^-- lockstep:(?:up|down|verify)\b/m.test(text))) return [];
  return [...text.matchAll(pattern)].flatMap((match) => {
    const comment = match.at(-1);
    if (comment === undefined || !match[0].endsWith(comment) || /^\s*$/.test(comment)) return [];
    const line = text.slice(0, match.index + match[0].length - comment.length).split('\n').length;
    return [{ line, text: comment.replace(/\s+/g, ' ').trim() }];
  });
}
