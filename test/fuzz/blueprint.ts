import { topological } from '../../src/base/index.ts';
import type { Dice } from './dice.ts';

/** What values a column holds. Columns of one sort can be compared, and get one another's types. */
export type Sort = 'number' | 'text' | 'date' | 'truth' | 'bytes' | 'json' | 'list' | 'other';

/** What a maker says of a piece. */
export interface Draft {
  /** What must be there first, by id. */
  readonly needs: readonly string[];
  /** Of a table, what stands before and behind its columns; else whole statements, or the text inside the table. */
  readonly sql: readonly string[];
  /** How other pieces name it; its quoted name by default. */
  readonly as?: string;
  /** Of a column: what it holds. */
  readonly sort?: Sort;
  readonly nullable?: boolean;
  readonly hasDefault?: boolean;
  /** Nobody gives it values: it counts or is computed. */
  readonly computed?: boolean;
  /** Literals for the rows. */
  readonly values?: readonly string[];
  /** Columns, by id, whose values together are unique. */
  readonly unique?: readonly string[];
  readonly primary?: boolean;
  /** Of a foreign key: its columns, the table and the columns that it points to, by id. */
  readonly key?: { readonly from: readonly string[]; readonly table: string; readonly to: readonly string[] };
  /** Of a view: its columns. */
  readonly gives?: readonly { readonly name: string; readonly sort: Sort }[];
  /** What those that need it rely on. When it is different they are made anew. */
  readonly shape?: string;
  /** What a maker wants to remember. */
  readonly kind?: string;
  /** Of a table: the plain name of a counted column that it always has. */
  readonly ownKey?: string;
  /** How comments and rights name it. */
  readonly target?: string;
  /** No rows are put into this table. */
  readonly keepsEmpty?: boolean;
}

/** Where a piece stands: by itself, or inside a table. */
export type Spot = 'table' | 'column' | 'clause' | 'statement';

/** One piece of a structure in the words of an engine. Its id stays when it is varied. */
export interface Piece extends Draft {
  readonly id: string;
  readonly maker: string;
  readonly spot: Spot;
  readonly name: string;
  readonly as: string;
  /** The table in which it stands. */
  readonly on?: string;
}

/** A whole structure: pieces by their ids. */
export type Blueprint = ReadonlyMap<string, Piece>;

/** What a maker gets. */
export interface Making {
  readonly dice: Dice;
  readonly name: string;
  /** The quoted name. */
  readonly as: string;
  /** The table, for what stands in one, and its other columns. */
  readonly table?: Piece;
  readonly columns: readonly Piece[];
  /** Everything that can be used without leading round in a circle. */
  readonly others: readonly Piece[];
  readonly parts: Blueprint;
  /** What it was before, when it is varied. */
  readonly was?: Piece;
}

export interface Maker {
  readonly spot: Spot;
  /** How often it is chosen. */
  readonly weight: number;
  /** Makes a piece, or nothing when what it needs is not there. */
  readonly make: (making: Making) => Draft | undefined;
}

/** How an engine's structures are made up. */
export interface Dialect {
  readonly quote: (name: string) => string;
  readonly makers: Readonly<Record<string, Maker>>;
  /** Makers of the first columns of a table. */
  readonly columnMaker: string;
  readonly oddNames: readonly string[];
  /** Statements before and after rows are put in, so that neither triggers nor the order of the tables matter. */
  readonly filling: readonly [string, string];
}

/** The node of a piece in the order of statements: what stands in a table is made with it. */
function nodeOf({ id, on, spot }: Piece): string {
  return (spot === 'column' || spot === 'clause') && on !== undefined ? on : id;
}

function needsOfNodes(parts: Blueprint): ReadonlyMap<string, ReadonlySet<string>> {
  const nodes = new Map<string, Set<string>>();
  for (const piece of parts.values()) {
    const node = nodeOf(piece);
    const needs = nodes.get(node) ?? new Set();
    nodes.set(node, needs);
    for (const need of piece.needs) {
      const needed = parts.get(need);
      if (needed !== undefined && nodeOf(needed) !== node) needs.add(nodeOf(needed));
    }
  }
  return nodes;
}

export interface Step {
  readonly id: string;
  readonly sql: string;
}

/** The statements that make a structure, each with the piece that it makes. */
export function stepsOf(parts: Blueprint): readonly Step[] {
  const nodes = needsOfNodes(parts);
  const sorted = topological([...nodes.keys()], (node) => nodes.get(node) ?? []);
  if ('cycle' in sorted) throw new Error(`pieces need each other in a circle: ${sorted.cycle.join(', ')}`);
  const inside = new Map<string, Piece[]>();
  for (const piece of parts.values())
    if (nodeOf(piece) !== piece.id) inside.set(nodeOf(piece), [...(inside.get(nodeOf(piece)) ?? []), piece]);
  return sorted.order.flatMap((id): readonly Step[] => {
    const piece = parts.get(id);
    if (piece === undefined) return [];
    if (piece.spot !== 'table') return piece.sql.map((sql) => ({ id, sql }));
    const own = inside.get(id) ?? [];
    const items = [...own.filter(({ spot }) => spot === 'column'), ...own.filter(({ spot }) => spot === 'clause')];
    return [{ id, sql: `${piece.sql[0]}${items.map(({ sql }) => `\n  ${sql[0]}`).join(',')}\n${piece.sql[1]}` }];
  });
}

/** The columns of a table. */
export function columnsOf(parts: Blueprint, table: string): readonly Piece[] {
  return [...parts.values()].filter(({ spot, on }) => spot === 'column' && on === table);
}

/** The structure without these pieces and all that needs them. */
export function without(parts: Blueprint, gone: Iterable<string>): Blueprint {
  const dead = new Set(gone);
  let grew = true;
  while (grew) {
    grew = false;
    for (const { id, needs, spot } of parts.values()) {
      if (dead.has(id)) continue;
      const empty = spot === 'table' && !columnsOf(parts, id).some((column) => !dead.has(column.id) && column.kind !== 'computed');
      if (!empty && !needs.some((need) => dead.has(need) || !parts.has(need))) continue;
      dead.add(id);
      grew = true;
    }
  }
  return new Map([...parts].filter(([id]) => !dead.has(id)));
}

/** What needs a piece, directly or not, it itself among them. */
export function dependantsOf(parts: Blueprint, id: string): ReadonlySet<string> {
  const nodes = needsOfNodes(parts);
  const piece = parts.get(id);
  const found = new Set([piece === undefined ? id : nodeOf(piece)]);
  for (const one of found) for (const [node, needs] of nodes) if (needs.has(one)) found.add(node);
  return new Set([...parts.values()].filter((each) => found.has(nodeOf(each))).map((each) => each.id));
}
