import { canonicalJson } from '../base/index.ts';
import { affectedBy, type Column, type ColumnType, type Name, type Table } from '../schema/index.ts';

/** How much one thing looks like another, from 0 to 1. */
export type Likeness = number;

/** How much two names look alike: by their letters, and by the words that they are made of. */
export function nameLikeness(a: Name, b: Name): Likeness {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  const [one, other] = [left.join(''), right.join('')];
  const byLetters = 1 - edits(one, other) / Math.max(one.length, other.length, 1);
  const common = left.filter((word) => right.includes(word)).length;
  return Math.max(byLetters, (2 * common) / (left.length + right.length || 1));
}

/** `fullName`, `full_name` and `FULL NAME` are the same two words. */
function wordsOf(name: Name): readonly string[] {
  return name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** How many characters must be put in, taken away or changed; as many as there are where that would take long to say. */
function edits(a: string, b: string): number {
  if (a.length > 200 || b.length > 200) return a === b ? 0 : Math.max(a.length, b.length);
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min((current[j - 1] ?? 0) + 1, (previous[j] ?? 0) + 1, changed));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

const families: readonly (readonly ColumnType['kind'][])[] = [
  ['integer', 'decimal', 'float', 'boolean'],
  ['string', 'text', 'char', 'enum', 'uuid', 'json', 'named'],
  ['date', 'time', 'timestamp', 'interval'],
];

/** 1 for the same type, a half where values of the one may well be values of the other, 0 where they hardly can. */
function typeLikeness(a: ColumnType, b: ColumnType): Likeness {
  if (canonicalJson(a) === canonicalJson(b)) return 1;
  return a.kind === b.kind || families.some((family) => family.includes(a.kind) && family.includes(b.kind)) ? 0.5 : 0;
}

/** A column with the table that it stands in. */
export interface Standing {
  readonly table: Table;
  readonly column: Column;
}

/**
 * How much a column that is new looks like one that is gone: half by name, three tenths by type, the rest by what else is said of it and
 * by where it stands. Nothing where values of the one cannot be values of the other, or are computed.
 */
export function columnLikeness(gone: Standing, fresh: Standing): Likeness {
  const type = typeLikeness(gone.column.type, fresh.column.type);
  if (type === 0 || gone.column.generated !== undefined || fresh.column.generated !== undefined) return 0;
  const said = ({ column }: Standing): string => canonicalJson([column.nullable, column.default ?? null, column.identity ?? null]);
  const isSaid = said(gone) === said(fresh) ? 1 : 0;
  const isUsed = usesOf(gone) === usesOf(fresh) ? 1 : 0;
  const isPlaced = placeOf(gone) === placeOf(fresh) ? 1 : 0;
  return rounded(0.5 * nameLikeness(gone.column.name, fresh.column.name) + 0.3 * type + 0.1 * isUsed + 0.05 * isSaid + 0.05 * isPlaced);
}

/** The kinds of keys, checks and indexes that a column is part of, and where its foreign keys lead. */
function usesOf({ table, column }: Standing): string {
  const { constraints, indexes } = affectedBy(table, column.name);
  const uses = constraints.map((one) => (one.kind === 'foreignKey' ? canonicalJson(one.references) : one.kind));
  return canonicalJson([[...uses].sort(), indexes.length]);
}

function placeOf({ table, column }: Standing): number {
  return table.columns.findIndex(({ name }) => name === column.name);
}

/** How much a table that is new looks like one that is gone: seven tenths by its columns, the rest by its name. */
export function tableLikeness(gone: Table, fresh: Table): Likeness {
  const columns = columnsLikeness(gone, fresh);
  return columns === 0 ? 0 : rounded(0.7 * columns + 0.3 * nameLikeness(gone.name.name, fresh.name.name));
}

/** The share of columns that stand in both; half a column where only the type is another one. */
function columnsLikeness(gone: Table, fresh: Table): Likeness {
  const byName = new Map(fresh.columns.map((column) => [column.name, column]));
  const common = gone.columns.reduce((sum, column) => {
    const other = byName.get(column.name);
    return other === undefined ? sum : sum + (canonicalJson(column.type) === canonicalJson(other.type) ? 1 : 0.5);
  }, 0);
  return (2 * common) / (gone.columns.length + fresh.columns.length || 1);
}

function rounded(likeness: number): Likeness {
  return Math.round(likeness * 100) / 100;
}
