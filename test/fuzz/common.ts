import { columnsOf, type Draft, type Maker, type Making, type Piece, type Sort } from './blueprint.ts';

/** The words of an engine that makers of several engines need. */
export interface Tongue {
  readonly quote: (name: string) => string;
  /** Types by the sort of what they hold, each with clauses that belong to it. */
  readonly types: Readonly<Partial<Record<Sort, readonly string[]>>>;
  readonly defaults: Readonly<Partial<Record<Sort, readonly string[]>>>;
  /** The literal of a row. */
  readonly literal: (sort: Sort, n: number, type: string) => string;
  /** Conditions that hold for every literal and default. */
  readonly conditions: (sort: Sort, column: string) => readonly string[];
  /** Something computed from a column. */
  readonly computed: (sort: Sort, column: string) => readonly { readonly sql: string; readonly sort: Sort }[];
  /** A foreign key must have the very type of what it points to. */
  readonly strictKeys: boolean;
  /** Comments are set on things, columns among them. */
  readonly target?: true;
  /** Whether columns with values can get a type of another sort; all can by default. */
  readonly converts?: (from: Sort, to: Sort) => boolean;
  /** Sorts that may be in a key, where not all can. */
  readonly keySorts: readonly Sort[];
}

/** The numbers of the rows. */
export const rowNumbers = [1, 2, 3] as const;

/** A table or view to read from, with its columns. */
export interface Source {
  readonly piece: Piece;
  readonly columns: readonly { readonly as: string; readonly sort: Sort; readonly needs: readonly string[]; readonly computed?: boolean }[];
}

/** Tables and views that something can read from. */
export function sourcesOf({ others, parts }: Making, quote: Tongue['quote']): readonly Source[] {
  const usable = new Set(others.map(({ id }) => id));
  return others.flatMap((piece): readonly Source[] => {
    if (piece.spot === 'table') {
      const columns = columnsOf(parts, piece.id)
        .filter(({ id }) => usable.has(id))
        .map(({ as, sort = 'other', id, computed = false }) => ({ as, sort, needs: [id], computed }));
      return columns.length === 0 ? [] : [{ piece, columns }];
    }
    if (piece.gives === undefined || piece.gives.length === 0) return [];
    return [{ piece, columns: piece.gives.map(({ name, sort }) => ({ as: quote(name), sort, needs: [] })) }];
  });
}

/** Tables that something can be put on, with the columns that are there. */
export function tablesFor(making: Making, quote: Tongue['quote']): readonly Source[] {
  return sourcesOf(making, quote).filter(({ piece }) => piece.spot === 'table');
}

/** What a column is to hold, and its type; one that is varied keeps the sort of its values as a rule. */
function typeFor(tongue: Tongue, { dice, was }: Making): { readonly sort: Sort; readonly type: string } {
  const sorts = Object.keys(tongue.types) as Sort[];
  const old = sorts.find((sort) => sort === was?.sort);
  if (old === undefined || was?.kind === undefined) {
    const sort = dice.of(sorts);
    return { sort, type: dice.of(tongue.types[sort] ?? []) };
  }
  const other = dice.chance(0.9) ? old : dice.of(sorts);
  const sort = tongue.converts?.(old, other) === false ? old : other;
  const isKept = sort === 'other' && old === sort && tongue.converts !== undefined;
  return { sort, type: isKept ? was.kind.slice(5) : dice.of(tongue.types[sort] ?? []) };
}

/** A column of a type and default. */
export function column(
  tongue: Tongue,
  tail: (making: Making, sort: Sort) => { before?: string; after?: string } = () => ({}),
): Maker['make'] {
  return (making) => {
    const { dice, as, table } = making;
    const { sort, type } = typeFor(tongue, making);
    const nullable = dice.chance(0.6);
    const defaults = (tongue.defaults[sort] ?? []).filter((one) => nullable || one !== 'NULL');
    const value = defaults.length > 0 && dice.chance(nullable ? 0.3 : 0.8) ? dice.of(defaults) : undefined;
    const { before = '', after = '' } = tail(making, sort);
    return {
      needs: [],
      sql: [`${as} ${type}${before}${nullable ? '' : ' NOT NULL'}${value === undefined ? '' : ` DEFAULT ${value}`}${after}`],
      sort,
      nullable,
      hasDefault: value !== undefined && value !== 'NULL',
      values: rowNumbers.map((n) => tongue.literal(sort, n, type)),
      ...(tongue.target === undefined ? {} : { target: `COLUMN ${table?.as}.${as}` }),
      shape: tongue.strictKeys ? type : sort,
      kind: `type ${type}`,
    };
  };
}

/** A column that is computed from another one. */
export function computedColumn(tongue: Tongue, clause: (making: Making, sql: string, sort: Sort) => string): Maker['make'] {
  return (making) => {
    const plain = making.columns.filter(({ computed }) => computed !== true);
    if (plain.length === 0) return undefined;
    const from = making.dice.of(plain);
    const ways = tongue.computed(from.sort ?? 'other', from.as);
    if (ways.length === 0) return undefined;
    const { sql, sort } = making.dice.of(ways);
    return {
      needs: [from.id],
      sql: [`${making.as} ${clause(making, sql, sort)}`],
      sort,
      computed: true,
      kind: 'computed',
      nullable: true,
      shape: `computed ${sort}`,
    };
  };
}

/** A check over one or two columns of its table. */
export function check(tongue: Tongue, text: (making: Making, sql: string) => string): Maker['make'] {
  return (making) => {
    const over = making.columns.filter(({ sort, computed, as }) => computed !== true && tongue.conditions(sort ?? 'other', as).length > 0);
    if (over.length === 0) return undefined;
    const chosen = making.dice.some(over, 2);
    const sql = chosen
      .map(({ sort, as }) => making.dice.of(tongue.conditions(sort ?? 'other', as)))
      .join(making.dice.of([' AND ', ' OR ']));
    return { needs: chosen.map(({ id }) => id), sql: [text(making, sql)] };
  };
}

/** A primary or unique key over columns of its table. */
export function key(tongue: Tongue, primary: boolean, text: (making: Making, columns: readonly Piece[]) => string): Maker['make'] {
  return (making) => {
    if (making.table?.ownKey !== undefined && primary) return undefined;
    const had = [...making.parts.values()].some((piece) => piece.on === making.table?.id && piece.primary === true);
    if (primary && had) return undefined;
    const over = making.columns.filter(
      ({ sort, computed, nullable, kind }) =>
        tongue.keySorts.includes(sort ?? 'other') && computed !== true && kind !== 'identity' && !(primary && nullable === true),
    );
    if (over.length === 0) return undefined;
    const chosen = making.dice.some(over, 2);
    return {
      needs: chosen.map(({ id }) => id),
      sql: [text(making, chosen)],
      unique: chosen.map(({ id }) => id),
      ...(primary ? { primary } : {}),
      shape: chosen.map(({ id }) => id).join(),
    };
  };
}

export const actions: readonly string[] = [
  '',
  ' ON DELETE CASCADE',
  ' ON DELETE SET NULL',
  ' ON UPDATE CASCADE',
  ' ON DELETE RESTRICT ON UPDATE CASCADE',
];

type KeyText = (making: Making, columns: string, target: string) => string;

/** A key to the columns of a primary or unique key of a table, now and then its own. */
export function foreignKey(tongue: Tongue, text: KeyText): Maker['make'] {
  return (making) => {
    const own = making.dice.chance(0.3) ? [...making.parts.values()].filter(({ on }) => on === making.table?.id) : [];
    const keys = [...making.others, ...own].filter(
      ({ unique, kind, spot }) => unique !== undefined && kind !== 'index' && spot === 'clause',
    );
    const candidates = keys.flatMap((target) => {
      const table = making.parts.get(target.on ?? '');
      const to = (target.unique ?? []).map((id) => making.parts.get(id));
      if (table === undefined) return [];
      const from = to.map((parent) => making.columns.filter((one) => parent !== undefined && fits(one, parent, tongue)));
      return from.every((list) => list.length > 0) ? [{ target, table, to, from }] : [];
    });
    if (candidates.length === 0) return undefined;
    const { target, table, to, from } = making.dice.of(candidates);
    const chosen = from.map((list) => making.dice.of(list));
    if (new Set(chosen).size < chosen.length) return undefined;
    const list = (pieces: readonly (Piece | undefined)[]): string => pieces.map((piece) => piece?.as ?? '').join(', ');
    const parents = target.unique ?? [];
    return {
      needs: [...chosen.map(({ id }) => id), table.id, target.id, ...parents],
      sql: [text(making, list(chosen), `${table.as} (${list(to)})`)],
      key: { from: chosen.map(({ id }) => id), table: table.id, to: parents },
    };
  };
}

/** A key that is added when all tables are there, so that keys may lead round in a circle. */
export function addedKey(tongue: Tongue, tail: (making: Making) => string): Maker['make'] {
  return (making) => {
    const tables = making.others.filter(({ spot }) => spot === 'table');
    const old = tables.find(({ id }) => making.was?.needs[0] === id);
    if (tables.length === 0) return undefined;
    const table = old ?? making.dice.of(tables);
    const usable = new Set(making.others.map(({ id }) => id));
    const columns = columnsOf(making.parts, table.id).filter(({ id }) => usable.has(id));
    const text: KeyText = (_, from, target) =>
      `ALTER TABLE ${table.as} ADD CONSTRAINT ${making.as} FOREIGN KEY (${from}) REFERENCES ${target}${tail(making)}`;
    const draft = foreignKey(tongue, text)({ ...making, table, columns });
    if (draft === undefined) return undefined;
    const target = tongue.target === undefined ? {} : { target: `CONSTRAINT ${making.as} ON ${table.as}` };
    return { ...draft, needs: [table.id, ...draft.needs], ...target };
  };
}

function fits(child: Piece, parent: Piece, { strictKeys }: Tongue): boolean {
  if (child.computed === true || child.sort !== parent.sort) return false;
  return !strictKeys || child.shape === parent.shape;
}

/** The columns and source of a SELECT over one or two tables or views. */
export interface Selection {
  readonly needs: readonly string[];
  readonly sql: string;
  readonly gives: NonNullable<Draft['gives']>;
}

export function selection(tongue: Tongue, making: Making, sources = sourcesOf(making, tongue.quote)): Selection | undefined {
  if (sources.length === 0) return undefined;
  const { dice } = making;
  const left = dice.of(sources);
  const right = dice.chance(0.3) ? dice.of(sources) : undefined;
  const needs = new Set([left.piece.id, ...(right === undefined ? [] : [right.piece.id])]);
  const gives: { name: string; sort: Sort }[] = [];
  const items = [...taken(left, 'a'), ...(right === undefined ? [] : taken(right, 'b'))];
  function taken(source: Source, alias: string): readonly string[] {
    return dice.some(source.columns, 3).map((one) => {
      for (const need of one.needs) needs.add(need);
      const ways = dice.chance(0.3) ? tongue.computed(one.sort, `${alias}.${one.as}`) : [];
      const way = ways.length > 0 ? dice.of(ways) : { sql: `${alias}.${one.as}`, sort: one.sort };
      const name = `g${gives.length}`;
      gives.push({ name, sort: way.sort });
      return `${way.sql} AS ${tongue.quote(name)}`;
    });
  }
  const filter = dice.chance(0.4) ? dice.of(left.columns) : undefined;
  const conditions = filter === undefined ? [] : tongue.conditions(filter.sort, `a.${filter.as}`);
  if (conditions.length > 0) for (const need of filter?.needs ?? []) needs.add(need);
  const join = right === undefined ? '' : ` ${dice.of(['CROSS JOIN', 'JOIN', 'LEFT JOIN'])} ${right.piece.as} b`;
  const on = join.includes('CROSS') || join === '' ? '' : ' ON 1 = 1';
  return {
    needs: [...needs],
    sql: `SELECT ${items.join(', ')} FROM ${left.piece.as} a${join}${on}${conditions.length > 0 ? ` WHERE ${dice.of(conditions)}` : ''}`,
    gives,
  };
}

/** What those that read a view rely on. */
export function shapeOf(gives: Selection['gives']): string {
  return gives.map(({ name, sort }) => `${name} ${sort}`).join();
}

/** A literal text. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
