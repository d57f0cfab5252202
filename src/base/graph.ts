/** The order in which every node comes after those it needs, ties in the order given; or the nodes of one cycle. */
export function topological<T>(
  nodes: readonly T[],
  needs: (node: T) => Iterable<T>,
): { readonly order: readonly T[] } | { readonly cycle: readonly T[] } {
  const order: T[] = [];
  const state = new Map<T, 'open' | 'done'>();
  const known = new Set(nodes);
  for (const root of nodes) {
    if (state.has(root)) continue;
    const stack: { node: T; rest: Iterator<T> }[] = [{ node: root, rest: needs(root)[Symbol.iterator]() }];
    state.set(root, 'open');
    while (stack.length > 0) {
      const top = stack.at(-1);
      if (top === undefined) break;
      const next = top.rest.next();
      if (next.done) {
        state.set(top.node, 'done');
        order.push(top.node);
        stack.pop();
        continue;
      }
      if (!known.has(next.value)) continue;
      const seen = state.get(next.value);
      if (seen === 'open') {
        const path = stack.map((entry) => entry.node);
        return { cycle: path.slice(path.indexOf(next.value)) };
      }
      if (seen === undefined) {
        state.set(next.value, 'open');
        stack.push({ node: next.value, rest: needs(next.value)[Symbol.iterator]() });
      }
    }
  }
  return { order };
}
