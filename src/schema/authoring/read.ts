import { closest } from '../../base/index.ts';
import type { Change, CommentTarget, Script } from '../change.ts';
import { checkLength } from './conventions.ts';
import { readColumnSet } from './read-column.ts';
import { objectReaders, readReference } from './read-object.ts';
import {
  readAddColumn,
  readAddConstraint,
  readCreateIndex,
  readDropConstraint,
  readFollow,
  readNamedInTable,
  readRenameColumn,
  readRenaming,
  readTable,
} from './read-table.ts';
import { checkEngine } from './read-type.ts';
import { readNamedRows, readRow, readRows, readWhere } from './read-value.ts';
import type { AuthoredKind, ChangeSpecs, CommentSpec, ScriptSpec } from './spec-change.ts';
import { below, each, flag, given, nothingElse, plainName, plainNames, qualifiedName, type Spot, text, wrong } from './spot.ts';

type Read = { readonly [K in AuthoredKind]: (spec: ChangeSpecs[K], spot: Spot) => readonly Change[] };

const readers: Read = {
  ...objectReaders,

  createTable: (spec, spot) => [{ kind: 'createTable', table: readTable(spec, spot) }],
  dropTable: (spec, spot) => {
    const { name, ...rest } = typeof spec === 'string' ? { name: spec } : spec;
    nothingElse(rest, spot);
    return [{ kind: 'dropTable', table: qualifiedName(name, typeof spec === 'string' ? spot : below(spot, 'name')) }];
  },
  renameTable: ({ from, to, names, ...rest }, spot) => {
    nothingElse(rest, spot);
    const wanted = qualifiedName(to, below(spot, 'to'));
    checkLength(`table "${wanted.name}"`, wanted.name, below(spot, 'to'));
    return [{ kind: 'renameTable', from: qualifiedName(from, below(spot, 'from')), to: wanted, ...readFollow(names, spot) }];
  },
  alterTable: ({ table, options, ...rest }, spot) => {
    nothingElse(rest, spot);
    return [{ kind: 'alterTable', table: qualifiedName(table, below(spot, 'table')), options: { ...options } }];
  },

  addColumn: readAddColumn,
  dropColumn: (spec, spot) => readNamedInTable('dropColumn', spec, spot),
  renameColumn: readRenameColumn,
  alterColumn: ({ table, name, set, using, ...rest }, spot) => {
    nothingElse(rest, spot);
    return [
      {
        kind: 'alterColumn',
        table: qualifiedName(table, below(spot, 'table')),
        name: plainName(name, below(spot, 'name')),
        set: readColumnSet(set, below(spot, 'set')),
        ...given({ using }),
      },
    ];
  },

  addConstraint: readAddConstraint,
  dropConstraint: readDropConstraint,
  renameConstraint: (spec, spot) => readRenaming('renameConstraint', spec, spot),
  validateConstraint: (spec, spot) => readNamedInTable('validateConstraint', spec, spot),

  createIndex: readCreateIndex,
  dropIndex: ({ table, name, concurrently, ...rest }, spot) => {
    nothingElse(rest, spot);
    return [
      {
        kind: 'dropIndex',
        table: qualifiedName(table, below(spot, 'table')),
        name: plainName(name, below(spot, 'name')),
        ...given({ concurrently: flag(concurrently, below(spot, 'concurrently')) }),
      },
    ];
  },
  renameIndex: (spec, spot) => readRenaming('renameIndex', spec, spot),

  addEnumValue: ({ type, value, before, after, ...rest }, spot) => {
    nothingElse(rest, spot);
    if (before !== undefined && after !== undefined) wrong(spot, 'a value stands either `before` or `after` another');
    const name = qualifiedName(type, below(spot, 'type'));
    return [{ kind: 'addEnumValue', type: name, value: text(value, below(spot, 'value')), ...given({ before, after }) }];
  },
  renameEnumValue: ({ type, from, to, ...rest }, spot) => {
    nothingElse(rest, spot);
    const name = qualifiedName(type, below(spot, 'type'));
    return [{ kind: 'renameEnumValue', type: name, from: text(from, below(spot, 'from')), to: text(to, below(spot, 'to')) }];
  },

  setComment: ({ comment, ...spec }, spot) => [{ kind: 'setComment', on: readTarget(spec, spot), comment }],

  insert: ({ into, rows, ...rest }, spot) => {
    nothingElse(rest, spot);
    if (rows?.length === 0) wrong(below(spot, 'rows'), 'there are no rows');
    return [{ kind: 'insertRows', table: qualifiedName(into, below(spot, 'into')), ...readNamedRows(rows, below(spot, 'rows')) }];
  },
  update: ({ table, set, where, was, keep, ...rest }, spot) => {
    nothingElse(rest, spot);
    if (Object.keys(set).length === 0) wrong(below(spot, 'set'), 'nothing is to be different');
    return [
      {
        kind: 'updateRows',
        table: qualifiedName(table, below(spot, 'table')),
        set: readRow(set, below(spot, 'set')),
        where: readWhere(where, below(spot, 'where')),
        ...given({ was: was && readRow(was, below(spot, 'was')), keep: kept(keep, spot) }),
      },
    ];
  },
  upsert: ({ into, key, rows, keep, ...rest }, spot) => {
    nothingElse(rest, spot);
    const table = qualifiedName(into, below(spot, 'into'));
    const columns = plainNames(key, below(spot, 'key'));
    if (rows?.length === 0) wrong(below(spot, 'rows'), 'there are no rows');
    if (columns.length === 0) wrong(below(spot, 'key'), 'the columns that tell rows apart are missing');
    each(rows, below(spot, 'rows'), (row, at) => {
      const missing = columns.find((column) => !Object.hasOwn(row, column));
      if (missing !== undefined) wrong(at, `the row has no value for "${missing}", which tells it apart`);
    });
    return [{ kind: 'upsertRows', table, key: columns, ...readNamedRows(rows, below(spot, 'rows')), ...given({ keep: kept(keep, spot) }) }];
  },
  delete: ({ from, where, rows, keep, ...rest }, spot) => {
    nothingElse(rest, spot);
    return [
      {
        kind: 'deleteRows',
        table: qualifiedName(from, below(spot, 'from')),
        where: readWhere(where, below(spot, 'where')),
        ...given({ rows: rows && readRows(rows, below(spot, 'rows')), keep: kept(keep, spot) }),
      },
    ];
  },

  sql: (spec, spot) => {
    if (typeof spec !== 'object' || spec === null || !('up' in spec)) return [{ kind: 'sql', up: readScript(spec, spot) }];
    const { up, down, ...rest } = spec as { readonly up: ScriptSpec; readonly down?: ScriptSpec };
    nothingElse(rest, spot);
    return [
      {
        kind: 'sql',
        up: readScript(up, below(spot, 'up')),
        ...given({ down: down === undefined ? undefined : readScript(down, below(spot, 'down')) }),
      },
    ];
  },
};

/** `keep: false` alone says something; to keep is what happens anyway. */
function kept(keep: boolean | undefined, spot: Spot): false | undefined {
  return flag(keep ?? true, below(spot, 'keep')) ? undefined : false;
}

/** Every kind of change that an author can write. */
export const authoredKinds: readonly AuthoredKind[] = Object.keys(readers) as AuthoredKind[];

/**
 * Reads one authored change. Several changes come of one entry where a column brings constraints along. What is wrong is put down at
 * the spot; the changes are of use only when nothing was.
 */
export function readChange<K extends AuthoredKind>(kind: K, spec: ChangeSpecs[K], spot: Spot): readonly Change[] {
  return readers[kind](spec, spot);
}

/** Says that there is no such kind of change, with the nearest one. */
export function unknownChange(kind: string): string {
  const near = closest(kind, authoredKinds);
  return `there is no change "${kind}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
}

function readTarget({ on, table, name, arguments: signature, ...rest }: Omit<CommentSpec, 'comment'>, spot: Spot): CommentTarget {
  nothingElse(rest, spot);
  if (on === 'column' || on === 'constraint' || on === 'index') {
    if (table === undefined) wrong(spot, `a ${on} is named together with its table: give \`table\``);
    if (signature !== undefined) wrong(below(spot, 'arguments'), `a ${on} has no arguments`);
    return { kind: on, table: qualifiedName(table ?? '?', below(spot, 'table')), name: plainName(name, below(spot, 'name')) };
  }
  if (on === 'table') {
    if (table !== undefined) wrong(below(spot, 'table'), 'a table lies on no table; its name is `name`');
    if (signature !== undefined) wrong(below(spot, 'arguments'), 'a table has no arguments');
    return { kind: on, name: qualifiedName(name, below(spot, 'name')) };
  }
  const hasOwner = on === 'trigger' || on === 'policy';
  if (hasOwner && table === undefined) wrong(spot, `a ${on} is named together with its table: give \`table\``);
  if (!hasOwner && table !== undefined) wrong(below(spot, 'table'), `a ${on} lies on no table`);
  return readReference(on, { name, ...given({ on: hasOwner ? (table ?? '?') : undefined, arguments: signature }) }, spot);
}

function readScript(spec: ScriptSpec, spot: Spot): Script {
  if (typeof spec === 'string') return { any: spec };
  const texts = Object.entries(spec);
  if (texts.length === 0) wrong(spot, 'SQL is given for no engine');
  for (const [engine, sql] of texts) {
    checkEngine(engine, below(spot, engine), ['any']);
    text(sql, below(spot, engine));
  }
  return { ...spec };
}
