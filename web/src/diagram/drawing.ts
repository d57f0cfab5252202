import type { Answer } from '../api/client.ts';

type Table = Answer<'structure'>['tables'][number];

export const drawnWidth = 240;

export function drawnHeight({ columns }: Table): number {
  return 36 + Math.min(columns.length, 13) * 18;
}

/** A line for each foreign key, from the table that has it. */
export function linesOf(tables: readonly Table[]): readonly { readonly from: string; readonly to: string; readonly key: string }[] {
  return tables.flatMap(({ name, references }) =>
    references.map(({ table, columns }) => ({ from: name, to: table, key: `${name}.${columns.join()}>${table}` })),
  );
}

/** The tables that are at most so many relations away from one, in either direction. */
export function near(tables: readonly Table[], center: string, hops: number): readonly Table[] {
  const ties = new Map<string, Set<string>>();
  for (const { from, to } of linesOf(tables)) {
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const)
      ties.set(one, (ties.get(one) ?? new Set()).add(other));
  }
  let edge = new Set([center]);
  const found = new Set([center]);
  for (let hop = 0; hop < hops; hop += 1) {
    edge = new Set([...edge].flatMap((name) => [...(ties.get(name) ?? [])]).filter((name) => !found.has(name)));
    for (const name of edge) found.add(name);
  }
  return tables.filter(({ name }) => found.has(name));
}
