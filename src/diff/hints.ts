import { closest } from '../base/index.ts';
import { formatName, type Key, keyOf, type QualifiedName, type Schema, tableOf, tablesOf } from '../schema/index.ts';
import { type HintSides, hintOf, meaningsOf, ownerIn, parseHint } from './hint-text.ts';
import { partNames, type Rename, renamedKey, wantedKey } from './rename.ts';

/** What a hint comes to between two structures. `idle`: there is nothing to do for it, since it happened already or since nothing has such a name. */
export type ReadHint =
  | { readonly rename: Rename }
  | { readonly dropped: Key }
  | { readonly idle: 'happened' | 'absent'; readonly why: string }
  | { readonly fault: string };

/** A hint as it was given: a renaming, or something that is dropped for good. */
export interface GivenHint {
  readonly kind: 'rename' | 'drop';
  readonly text: string;
}

/** Reads hints together, because the name of a table may be the old or the new one in all of them. Each comes to something of its own. */
export function readHints(given: readonly GivenHint[], from: Schema, to: Schema): readonly ReadHint[] {
  const plain: HintSides = { from, to, tables: [] };
  const tables = given.flatMap((hint) => {
    const parsed = hint.kind === 'rename' ? parseHint(hint.text) : '';
    if (typeof parsed === 'string') return [];
    const meant = meaningsOf(parsed, plain).filter((one) => one.kind === 'renameTable');
    return meant.filter((one) => tableOf(to, one.to) !== undefined);
  });
  const sides = { from, to, tables };
  const renames = given.map((hint) => (hint.kind === 'rename' ? readHint(hint.text, sides) : undefined));
  // A name that something else gets is dropped, though both sides have it.
  const taken = new Set(renames.flatMap((one) => (one !== undefined && 'rename' in one ? [wantedKey(one.rename)] : [])));
  return given.map((hint, i) => renames[i] ?? readDropped(hint.text, sides, taken));
}

function readHint(text: string, sides: HintSides): ReadHint {
  const parsed = parseHint(text);
  if (typeof parsed === 'string') return { fault: parsed };
  if (parsed.wanted.length === 0) return { fault: `"${text}" does not say the new name, as users.name:full_name does` };
  const meanings = meaningsOf(parsed, sides);
  const [only, ...others] = meanings.filter((one) => isThere(one, 'old', sides.from, sides) && isThere(one, 'new', sides.to, sides));
  if (only !== undefined && others.length > 0) {
    return { fault: `"${text}" can mean ${[only, ...others].map((one) => `"${hintOf(one, true)}"`).join(' and ')}; write which` };
  }
  return only === undefined ? idle(text, meanings, sides) : { rename: only };
}

/** Nothing is to be renamed. That is as it should be where it has happened already. */
function idle(text: string, meanings: readonly Rename[], sides: HintSides): ReadHint {
  const { from, to } = sides;
  const happened = meanings.some((one) => !isThere(one, 'old', from, sides) && isThere(one, 'new', from, sides));
  if (happened) return { idle: 'happened', why: `"${text}" has happened already` };
  const isOld = meanings.some((one) => isThere(one, 'old', from, sides));
  const isNew = meanings.some((one) => isThere(one, 'new', to, sides));
  const why = isOld ? 'nothing has the new name' : `nothing has the old name${nearest(meanings, sides)}`;
  return { idle: 'absent', why: `"${text}" matches nothing: ${isOld || isNew ? why : 'neither the old nor the new name is there'}` };
}

function nearest(meanings: readonly Rename[], { from }: HintSides): string {
  const column = meanings.find((one) => one.kind === 'renameColumn' && tableOf(from, one.table) !== undefined);
  const first = column ?? meanings.find(({ kind }) => kind === 'renameTable');
  const suggest = (wrong: string, known: readonly string[]): string => {
    const near = closest(wrong, known);
    return near === undefined ? '' : `; did you mean "${near}"?`;
  };
  if (first?.kind === 'renameTable')
    return suggest(
      formatName(first.from),
      tablesOf(from).map(({ name }) => formatName(name)),
    );
  const table = first?.kind === 'renameColumn' ? tableOf(from, first.table) : undefined;
  if (first?.kind !== 'renameColumn' || table === undefined) return '';
  return suggest(
    first.from,
    table.columns.map(({ name }) => name),
  );
}

function readDropped(text: string, sides: HintSides, taken: ReadonlySet<Key>): ReadHint {
  const parsed = parseHint(text);
  if (typeof parsed === 'string') return { fault: parsed };
  if (parsed.wanted.length > 0) return { fault: `"${text}" gives a new name to what is to be dropped` };
  // What is dropped has a name on one side only; the new name does not matter.
  const meanings = meaningsOf({ ...parsed, wanted: ['-'] }, sides).filter(({ kind }) => kind === 'renameTable' || kind === 'renameColumn');
  const gone = meanings.filter(
    (one) => isThere(one, 'old', sides.from, sides) && (taken.has(renamedKey(one)) || !isThere(one, 'old', sides.to, sides)),
  );
  const [only, ...others] = gone.map(renamedKey);
  if (only !== undefined && others.length > 0)
    return { fault: `"${text}" can mean a table and a column; write "table ${text}" or "column ${text}"` };
  if (only !== undefined) return { dropped: only };
  const isIn = (schema: Schema): boolean => meanings.some((one) => isThere(one, 'old', schema, sides));
  if (isIn(sides.to)) return { idle: 'absent', why: `"${text}" is not dropped: the wanted structure has it` };
  return { idle: 'happened', why: `"${text}" matches nothing that could be dropped${nearest(meanings, sides)}` };
}

function isThere(rename: Rename, name: 'old' | 'new', schema: Schema, { tables }: HintSides): boolean {
  switch (rename.kind) {
    case 'renameTable':
      return tableOf(schema, name === 'old' ? rename.from : rename.to) !== undefined;
    case 'renameObject':
      return schema.objects.has(keyOf(name === 'old' ? rename.object : { ...rename.object, name: rename.to }));
    default: {
      const owner: QualifiedName = ownerIn(schema, rename.table, tables) ?? rename.table;
      return partNames({ ...rename, table: owner }, schema).includes(name === 'old' ? rename.from : rename.to);
    }
  }
}
