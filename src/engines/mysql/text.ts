/** Reads the body of a quoted SQL string as the server prints it: doubled quotes and, unless the sql_mode says otherwise, backslashes. */
export function unquote(body: string, backslashes: boolean): string {
  const plain = body.replaceAll("''", "'");
  if (!backslashes) return plain;
  return plain.replace(/\\(.)/gs, (_, unit: string) => escapes[unit] ?? unit);
}

const escapes: Readonly<Record<string, string>> = { '0': '\0', n: '\n', r: '\r', t: '\t', b: '\b', Z: '\x1a' };

/** The strings of a list such as `'a','b''c'` in the dictionary, which writes backslashes twice under any sql_mode. */
export function quotedList(list: string): readonly string[] {
  return [...list.matchAll(/'((?:[^'\\]|''|\\.)*)'/gs)].map((match) => unquote(match[1] ?? '', true));
}

/** An expression without a pair of parentheses around the whole of it. */
export function withoutParentheses(sql: string): string {
  const trimmed = sql.trim();
  if (!trimmed.startsWith('(') || closing(trimmed) !== trimmed.length - 1) return trimmed;
  return withoutParentheses(trimmed.slice(1, -1));
}

/** An expression in parentheses; one that has them already gets no more. */
export function parenthesised(sql: string): string {
  return `(${withoutParentheses(sql)})`;
}

/** Where the parenthesis that a text begins with is closed; strings and quoted names do not count. */
function closing(sql: string): number {
  let depth = 0;
  for (const match of sql.matchAll(/'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|`(?:[^`]|``)*`|[()]/gs)) {
    if (match[0] === '(') depth++;
    else if (match[0] === ')' && --depth === 0) return match.index;
  }
  return -1;
}

/** Every name stands in backticks here; one that is used as an alias too is not touched, because the two cannot be told apart. */
export function withoutDatabase(sql: string, database: string): string {
  const quoted = `\`${database.replaceAll('`', '``')}\``;
  const pieces = quotedPieces(sql);
  const alias = pieces.some((piece, i) => piece === quoted && !pieces[i + 1]?.startsWith('.'));
  if (alias) return sql;
  return pieces
    .map((piece, i) => {
      if (piece === quoted) return '';
      return pieces[i - 1] === quoted ? piece.slice(1) : piece;
    })
    .join('');
}

/** A text in pieces: strings, names in backticks, and what stands between them. */
export function quotedPieces(sql: string): readonly string[] {
  return sql.match(/'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)*`|[^'`]+/gs) ?? [];
}
