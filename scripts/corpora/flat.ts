type Item = string | readonly Item[];

/**
 * Tokens in which an AND that is a whole part of another AND stands without parentheses of its own, and an OR likewise: PostgreSQL keeps
 * how they were nested (`a AND b BETWEEN 1 AND 2`), prints it or not, and means the same.
 */
export function flat(tokens: readonly string[]): readonly string[] {
  const root: Item[] = [];
  const open = [root];
  for (const token of tokens) {
    if (token === ')' && open.length > 1) open.pop();
    else if (token === '(') {
      const group: Item[] = [];
      open.at(-1)?.push(group);
      open.push(group);
    } else open.at(-1)?.push(token);
  }
  return written(spliced(root));
}

function spliced(items: readonly Item[]): readonly Item[] {
  const inner = items.map((item) => (typeof item === 'string' ? item : spliced(item)));
  const word = wordOf(inner);
  return inner.flatMap((item, i) => {
    const isOperand = [inner[i - 1], inner[i + 1]].every(
      (beside) => beside === undefined || (typeof beside === 'string' && isWord(beside)),
    );
    return typeof item !== 'string' && isOperand && word !== undefined && wordOf(item) === word ? item : [item];
  });
}

function isWord(token: string): boolean {
  return /^(and|or)$/i.test(token);
}

/** What joins the parts of a list, where it is the same everywhere. */
function wordOf(items: readonly Item[]): string | undefined {
  const words = new Set(items.flatMap((item) => (typeof item === 'string' && isWord(item) ? [item.toUpperCase()] : [])));
  return words.size === 1 ? [...words][0] : undefined;
}

function written(items: readonly Item[]): readonly string[] {
  return items.flatMap((item) => (typeof item === 'string' ? [item] : ['(', ...written(item), ')']));
}
