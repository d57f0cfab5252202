import { type Name, type QualifiedName, type Schema, sameName, tableOf } from '../schema/index.ts';
import type { Rename } from './rename.ts';

/** A hint as it is written, taken apart: `users.name:full_name`, `index users.a:b`, or without the new name what is dropped. */
export interface HintText {
  readonly word?: HintWord;
  readonly old: readonly Name[];
  readonly wanted: readonly Name[];
}

const words = ['table', 'column', 'index', 'constraint', 'view', 'sequence', 'enum', 'domain', 'composite', 'namespace'] as const;
/** What a name may be the name of. */
type HintWord = (typeof words)[number];
const partRenames = { column: 'renameColumn', index: 'renameIndex', constraint: 'renameConstraint' } as const;

const part = '(?:"(?:[^"]|"")+"|[^".:\\s]+)';
const dotted = `${part}(?:\\.${part}){0,2}`;
const hint = new RegExp(`^(?:(\\w+)\\s+)?(${dotted})(?:\\s*:\\s*(${dotted}))?$`, 'u');

/** Takes a hint apart. Parts with a dot, a colon or a space in them stand in double quotes. Says why where it is none. */
export function parseHint(text: string): HintText | string {
  const [, word, old = '', wanted = ''] = hint.exec(text.trim()) ?? [];
  if (old === '') return `"${text}" is no name with a new one behind a colon, such as users.name:full_name or old_table:new_table`;
  const known = words.find((one) => one === word);
  if (word !== undefined && known === undefined) return `"${word}" is nothing that can be named here; it is one of ${words.join(', ')}`;
  return { ...(known === undefined ? {} : { word: known }), old: partsOf(old), wanted: partsOf(wanted) };
}

function partsOf(text: string): readonly Name[] {
  return [...text.matchAll(new RegExp(part, 'gu'))].map(([one]) => (one.startsWith('"') ? one.slice(1, -1).replaceAll('""', '"') : one));
}

/** What is known beside a hint: both sides, and which tables get other names. */
export interface HintSides {
  readonly from: Schema;
  readonly to: Schema;
  readonly tables: readonly Rename[];
}

/** Everything that a hint may mean, whether it is there or not. */
export function meaningsOf({ word, old, wanted }: HintText, sides: HintSides): readonly Rename[] {
  const meant = word === undefined ? words : [word];
  return meant.flatMap((one): readonly Rename[] => {
    if (one === 'column' || one === 'index' || one === 'constraint') return partMeanings(partRenames[one], { old, wanted }, sides);
    const name = qualified(old);
    const to = wanted.length === 1 && name?.schema !== undefined ? { schema: name.schema, name: wanted[0] ?? '' } : qualified(wanted);
    if (name === undefined || to === undefined) return [];
    return [one === 'table' ? { kind: 'renameTable', from: name, to } : { kind: 'renameObject', object: { kind: one, name }, to }];
  });
}

function qualified([first, second, ...rest]: readonly Name[]): QualifiedName | undefined {
  if (first === undefined || rest.length > 0) return undefined;
  return second === undefined ? { name: first } : { schema: first, name: second };
}

type PartRename = (typeof partRenames)[keyof typeof partRenames];

/** A renaming inside a table, which is named as the side calls it that the way leads from. */
function partMeanings(kind: PartRename, { old, wanted: [to, ...rest] }: Omit<HintText, 'word'>, sides: HintSides): readonly Rename[] {
  const [owner, from] = [qualified(old.slice(0, -1)), old.at(-1)];
  if (owner === undefined || from === undefined || to === undefined || rest.length > 0) return [];
  return [{ kind, table: ownerIn(sides.from, owner, sides.tables) ?? owner, from, to }];
}

/** A table by its old or its new name, as a side calls it. */
export function ownerIn(schema: Schema, owner: QualifiedName, tables: readonly Rename[]): QualifiedName | undefined {
  const others = tables.flatMap((one) =>
    one.kind !== 'renameTable' ? [] : sameName(one.from, owner) ? [one.to] : sameName(one.to, owner) ? [one.from] : [],
  );
  return [owner, ...others].find((name) => tableOf(schema, name) !== undefined);
}

/** The hint that stands for a renaming; with `whole` its kind is said even where nobody would doubt it. */
export function hintOf(rename: Rename, whole = false): string {
  switch (rename.kind) {
    case 'renameTable':
      return `${whole ? 'table ' : ''}${textOf(rename.from)}:${textOf(rename.to)}`;
    case 'renameObject':
      return `${rename.object.kind} ${textOf(rename.object.name)}:${textOf(rename.to)}`;
    default: {
      const word = rename.kind === 'renameColumn' ? (whole ? 'column ' : '') : rename.kind === 'renameIndex' ? 'index ' : 'constraint ';
      return `${word}${textOf(rename.table)}.${textOf({ name: rename.from })}:${textOf({ name: rename.to })}`;
    }
  }
}

/** The hint that says that a table or column is dropped for good. */
export function droppedHintOf(rename: Rename): string {
  if (rename.kind === 'renameTable') return textOf(rename.from);
  return rename.kind === 'renameColumn' ? `${textOf(rename.table)}.${textOf({ name: rename.from })}` : '';
}

function textOf({ schema, name }: QualifiedName): string {
  return [...(schema === undefined ? [] : [schema]), name].map(quotedWhereOdd).join('.');
}

function quotedWhereOdd(name: Name): string {
  return /^[^".:\s]+$/u.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
