import { type Blueprint, columnsOf, type Dialect, type Draft, dependantsOf, type Maker, type Piece, without } from './blueprint.ts';
import type { Dice } from './dice.ts';

/** Makes and changes structures of an engine. Ids and plain names are counted up, so that nothing is named twice. */
export interface Workshop {
  /** A structure of about so many objects. */
  make(objects: number): Blueprint;
  /** The structure after so many random changes. */
  mutate(parts: Blueprint, times: number): Blueprint;
}

interface Builder {
  draftOf(parts: Blueprint, maker: Maker, piece: Pick<Piece, 'id' | 'name'>, on?: string): Draft | undefined;
  add(parts: Map<string, Piece>, name: string, on?: string): Piece | undefined;
  addAny(parts: Map<string, Piece>): void;
  anyMaker(spots: readonly string[]): string;
}

/** Adds pieces to structures. */
function builderOf(dialect: Dialect, dice: Dice): Builder {
  let count = 0;
  const odd = new Set(dialect.oddNames);
  const newName = (stem: string): string => {
    count++;
    if (odd.size === 0 || !dice.chance(0.15)) return `${stem}${count}`;
    const name = dice.of([...odd]);
    odd.delete(name);
    return name;
  };

  const draftOf = (parts: Blueprint, maker: Maker, piece: Pick<Piece, 'id' | 'name'>, on?: string): Draft | undefined => {
    const was = parts.get(piece.id);
    const rest = was === undefined ? parts : new Map([...parts].filter(([id]) => id !== piece.id));
    const table = on === undefined ? undefined : parts.get(on);
    const blocked = dependantsOf(parts, on ?? piece.id);
    const direct = new Set([...parts.values()].filter(({ needs }) => needs.includes(piece.id)).map(({ id }) => id));
    const columns = on === undefined ? [] : columnsOf(rest, on).filter(({ id }) => !direct.has(id));
    const others = [...rest.values()].filter(({ id }) => !blocked.has(id));
    const draft = maker.make({
      dice,
      name: piece.name,
      as: dialect.quote(piece.name),
      ...(table === undefined ? {} : { table }),
      columns,
      others,
      parts: rest,
      ...(was === undefined ? {} : { was }),
    });
    return draft === undefined || on === undefined ? draft : { ...draft, needs: [on, ...draft.needs] };
  };

  const add = (parts: Map<string, Piece>, name: string, on?: string): Piece | undefined => {
    const maker = dialect.makers[name];
    if (maker === undefined) throw new Error(`there is no maker "${name}"`);
    const identity = { id: `${name} ${++count}`, name: newName(name.slice(0, 1)) };
    const draft = draftOf(parts, maker, identity, on);
    if (draft === undefined) return undefined;
    const piece: Piece = {
      as: dialect.quote(identity.name),
      ...draft,
      ...identity,
      maker: name,
      spot: maker.spot,
      ...(on === undefined ? {} : { on }),
    };
    parts.set(piece.id, piece);
    if (maker.spot === 'table') {
      for (let n = 1 + dice.below(4); n >= 0; n--) add(parts, dialect.columnMaker, piece.id);
      if (![...columnsOf(parts, piece.id)].some(({ kind }) => kind !== 'computed')) parts.delete(piece.id);
    }
    return piece;
  };

  const anyMaker = (spots: readonly string[]): string => {
    const entries = Object.entries(dialect.makers).filter(([, { spot, weight }]) => spots.includes(spot) && weight > 0);
    let at = dice.below(entries.reduce((sum, [, { weight }]) => sum + weight, 0));
    for (const [name, { weight }] of entries) {
      at -= weight;
      if (at < 0) return name;
    }
    throw new Error('there are no makers');
  };

  const addAny = (parts: Map<string, Piece>): void => {
    for (let tries = 0; tries < 10; tries++) {
      const name = anyMaker(['table', 'column', 'clause', 'statement']);
      const isInside = ['column', 'clause'].includes(dialect.makers[name]?.spot ?? '');
      const tables = [...parts.values()].filter(({ spot }) => spot === 'table');
      if (isInside && tables.length === 0) continue;
      if (add(parts, name, isInside ? dice.of(tables).id : undefined) !== undefined) return;
    }
  };

  return { draftOf, add, addAny, anyMaker };
}

/** Makes structures of an engine by chance. */
export function workshopOf(dialect: Dialect, dice: Dice): Workshop {
  const { draftOf, add, addAny, anyMaker } = builderOf(dialect, dice);

  /** Gives a piece another form, or takes it away; what relied on what is different is made anew, or goes too. */
  const rework = (parts: Map<string, Piece>, id: string, draft: Draft | undefined): void => {
    const was = parts.get(id);
    if (was === undefined) return;
    const { id: _, maker, spot, name, on } = was;
    if (draft === undefined) parts.delete(id);
    else parts.set(id, { as: dialect.quote(name), ...draft, id, maker, spot, name, ...(on === undefined ? {} : { on }) });
    if (draft !== undefined && draft.shape === was.shape) return;
    for (const { id: other, on: where, needs } of [...parts.values()]) {
      if (!needs.includes(id) || !parts.has(other)) continue;
      if (where === id && draft === undefined) rework(parts, other, undefined);
      else varied(parts, other, 0.75);
    }
  };

  const varied = (parts: Map<string, Piece>, id: string, chance: number): void => {
    const was = parts.get(id);
    const maker = was === undefined ? undefined : dialect.makers[was.maker];
    if (was === undefined || maker === undefined) return;
    rework(parts, id, dice.chance(chance) ? draftOf(parts, maker, was, was.on) : undefined);
  };

  /** Columns of one type all get another. */
  const retype = (parts: Map<string, Piece>): void => {
    const columns = [...parts.values()].filter(({ kind, sort }) => kind?.startsWith('type ') === true && sort !== 'other');
    if (columns.length === 0) return;
    const { kind, sort } = dice.of(columns);
    const others = columns.filter((one) => one.sort === sort && one.kind !== kind);
    if (kind === undefined || others.length === 0) return;
    const to = dice.of(others).kind ?? '';
    for (const column of columns.filter((one) => one.kind === kind)) {
      const swap = (text: string | undefined): string => (text ?? '').replace(kind.slice(5), () => to.slice(5));
      parts.set(column.id, {
        ...column,
        kind: to,
        sql: column.sql.map(swap),
        ...(column.shape === undefined ? {} : { shape: swap(column.shape) }),
      });
    }
  };

  const mutateOnce = (parts: Map<string, Piece>): void => {
    const ids = [...parts.keys()];
    const what = dice.below(20);
    if (ids.length === 0 || what < 7) addAny(parts);
    else if (what < 15) varied(parts, dice.of(ids), 1);
    else if (what < 19) rework(parts, dice.of(ids), undefined);
    else retype(parts);
  };

  const settled = (parts: Map<string, Piece>): Blueprint => without(parts, []);
  return {
    make: (objects) => {
      const parts = new Map<string, Piece>();
      for (let n = 0; n < 1 + objects / 5; n++) add(parts, anyMaker(['table']));
      for (let n = 0; n < objects; n++) addAny(parts);
      return settled(parts);
    },
    mutate: (before, times) => {
      let parts = new Map(before);
      for (let n = 0; n < times; n++) {
        mutateOnce(parts);
        parts = new Map(settled(parts));
      }
      return parts;
    },
  };
}
