import type { Change, MadeNames, Of } from '../change.ts';
import type { Constraint, ConstraintKind, Index, Table } from '../model.ts';
import { formatName, type QualifiedName } from '../names.ts';
import { checkLength, withDefaultColumns } from './conventions.ts';
import { freeName, type Naming } from './naming.ts';
import { type ColumnRead, readColumn } from './read-column.ts';
import { type ConstraintDraft, givenNames, namedConstraint, readConstraint } from './read-constraint.ts';
import { type IndexDraft, nameable, readIndex } from './read-index.ts';
import type { ColumnSpec, ConstraintSpecs, TableSpec } from './spec.ts';
import type { ChangeSpecs, FollowSpec, NamedInTableSpec, RenamingSpec } from './spec-change.ts';
import { below, each, flag, given, nothingElse, plainName, plainNames, qualifiedName, type Spot, wrong } from './spot.ts';

/** Reads a table with all that belongs to it. */
export function readTable(spec: TableSpec, spot: Spot): Table {
  const whole = withDefaultColumns(spec, spot.conventions ?? {}, spot);
  const {
    name: nameText,
    defaultColumns: _,
    columns,
    primaryKey,
    unique,
    foreignKeys,
    checks,
    exclude,
    indexes,
    comment,
    options,
    ...rest
  } = whole;
  nothingElse(rest, spot);
  const name = qualifiedName(nameText, below(spot, 'name'));
  checkLength(`table "${name.name}"`, name.name, below(spot, 'name'));
  const inKey = new Set(primaryKey === undefined ? [] : 'columns' in primaryKey ? primaryKey.columns : primaryKey);
  const read = each(columns, below(spot, 'columns'), (column, at) => readNamedColumn(name, column, inKey.has(column.name), at));
  const drafts: ConstraintDraft[] = [
    ...readKeys(primaryKey, read, spot),
    ...read.flatMap((column) => column.constraints),
    ...readAll('unique', unique, below(spot, 'unique')),
    ...readAll('foreignKey', foreignKeys, below(spot, 'foreignKeys')),
    ...readAll('check', checks, below(spot, 'checks')),
    ...readAll('exclude', exclude, below(spot, 'exclude')),
  ];
  const indexDrafts = each(indexes ?? [], below(spot, 'indexes'), readIndex);
  const naming: Naming = {
    table: name,
    columns: read.map(({ column }) => column.name),
    taken: new Set([...givenNames(drafts), ...givenNames(indexDrafts)]),
    ...policyOf(spot),
  };
  return {
    kind: 'table',
    name,
    columns: read.map(({ column }) => column),
    constraints: drafts.map((draft) => namedConstraint(draft, naming)),
    indexes: indexDrafts.map((draft) => namedIndex(draft, naming)),
    options: { ...options },
    ...given({ comment }),
  };
}

/** A column of a table, whose name is no longer than the project allows. */
function readNamedColumn(table: QualifiedName, spec: ColumnSpec, inKey: boolean, spot: Spot): ColumnRead {
  const read = readColumn(spec, inKey, spot);
  checkLength(`column "${read.column.name}" of table "${formatName(table)}"`, read.column.name, below(spot, 'name'));
  return read;
}

/** The naming policy of the project, where it has one of its own. */
export function policyOf({ conventions }: Spot): Pick<Naming, 'policy'> {
  return conventions?.naming === undefined ? {} : { policy: conventions.naming };
}

function readKeys(spec: TableSpec['primaryKey'], columns: readonly ColumnRead[], spot: Spot): readonly ConstraintDraft[] {
  const marked = columns.filter(({ primaryKey }) => primaryKey).map(({ column }) => column.name);
  if (spec === undefined) return marked.length === 0 ? [] : [{ name: undefined, constraint: { kind: 'primaryKey', columns: marked } }];
  const at = below(spot, 'primaryKey');
  if (marked.length > 0) wrong(at, `the primary key is given twice: here and at column "${marked[0]}"`);
  return [readConstraint('primaryKey', spec, at)];
}

function readAll<K extends ConstraintKind>(
  kind: K,
  specs: readonly ConstraintSpecs[K][] | undefined,
  spot: Spot,
): readonly ConstraintDraft[] {
  return each(specs ?? [], spot, (spec, at) => readConstraint(kind, spec, at));
}

/** The index with the name that it was given, or one by the policy. */
export function namedIndex({ name, index }: IndexDraft, naming: Naming): Index {
  return { ...index, name: name ?? freeName(naming, nameable(index)) };
}

/** Reads a column that is added, which may bring constraints along: each is a change of its own. */
export function readAddColumn({ table, after, ...spec }: ChangeSpecs['addColumn'], spot: Spot): readonly Change[] {
  const name = qualifiedName(table, below(spot, 'table'));
  const read = readNamedColumn(name, spec, false, spot);
  const key: readonly ConstraintDraft[] = read.primaryKey
    ? [{ name: undefined, constraint: { kind: 'primaryKey', columns: [read.column.name] } }]
    : [];
  const drafts = [...key, ...read.constraints];
  const naming: Naming = { table: name, columns: [read.column.name], taken: new Set(givenNames(drafts)), ...policyOf(spot) };
  return [
    {
      kind: 'addColumn',
      table: name,
      column: read.column,
      ...given({ after: after === undefined ? undefined : plainName(after, below(spot, 'after')) }),
    },
    ...drafts.map((draft): Change => ({ kind: 'addConstraint', table: name, constraint: namedConstraint(draft, naming) })),
  ];
}

const constraintKinds = ['primaryKey', 'unique', 'foreignKey', 'check', 'exclude'] as const satisfies readonly ConstraintKind[];

/** Reads a constraint that is added: exactly one kind beside the table. */
export function readAddConstraint({ table, ...spec }: ChangeSpecs['addConstraint'], spot: Spot): readonly Change[] {
  const name = qualifiedName(table, below(spot, 'table'));
  const found = constraintKinds.filter((kind) => kind in spec);
  const [kind] = found;
  if (kind === undefined || Object.keys(spec).length > 1) {
    wrong(spot, 'exactly one of primaryKey, unique, foreignKey, check and exclude must stand beside `table`');
    return [];
  }
  const draft = readConstraint(kind, (spec as Partial<ConstraintSpecs>)[kind] as ConstraintSpecs[typeof kind], below(spot, kind));
  const constraint: Constraint = namedConstraint(draft, { table: name, columns: [], taken: new Set(), ...policyOf(spot) });
  return [{ kind: 'addConstraint', table: name, constraint }];
}

/** Reads an index that is added to a table or a materialized view. */
export function readCreateIndex({ table, concurrently, ...spec }: ChangeSpecs['createIndex'], spot: Spot): readonly Change[] {
  const name = qualifiedName(table, below(spot, 'table'));
  const index = namedIndex(readIndex(spec, spot), { table: name, columns: [], taken: new Set(), ...policyOf(spot) });
  return [{ kind: 'createIndex', table: name, index, ...given({ concurrently: flag(concurrently, below(spot, 'concurrently')) }) }];
}

/** Reads which constraint goes: by its name, or by its kind where it has none. */
export function readDropConstraint(spec: ChangeSpecs['dropConstraint'], spot: Spot): readonly Change[] {
  const { table, name, type, columns, sql, references, ...rest } = spec;
  nothingElse(rest, spot);
  if (name === undefined && type === undefined) wrong(spot, 'the constraint is not named: give `name`, or `type` and `columns`');
  return [
    {
      kind: 'dropConstraint',
      table: qualifiedName(table, below(spot, 'table')),
      ...given({
        name: name === undefined ? undefined : plainName(name, below(spot, 'name')),
        type,
        columns: columns && plainNames(columns, below(spot, 'columns')),
        sql,
        references: references === undefined ? undefined : qualifiedName(references, below(spot, 'references')),
      }),
    },
  ];
}

/** Reads a column's new name, which names that were made from the old one follow. */
export function readRenameColumn({ names, ...spec }: ChangeSpecs['renameColumn'], spot: Spot): readonly Change[] {
  checkLength(`column "${spec.to}" of table "${spec.table}"`, spec.to, below(spot, 'to'));
  return [{ kind: 'renameColumn', ...readNames(spec, spot), ...readFollow(names, spot) }];
}

/** What becomes of names that were made from the old one: as said, else they follow by the policy of the project. */
export function readFollow(names: FollowSpec['names'], spot: Spot): { readonly names?: MadeNames } {
  if (names === 'keep') return {};
  const { policy } = policyOf(spot);
  const said = names ?? (policy === undefined ? 'plain' : (`prefixed:${policy.max}` as const));
  if (!/^(?:plain|prefixed:[1-9]\d{0,3})$/.test(said)) wrong(below(spot, 'names'), 'must be keep, plain or prefixed:LENGTH');
  return { names: said };
}

/** Reads a change that renames something inside a table. */
export function readRenaming(kind: 'renameConstraint' | 'renameIndex', spec: RenamingSpec, spot: Spot): readonly Change[] {
  return [{ kind, ...readNames(spec, spot) }];
}

function readNames({ table, from, to, ...rest }: RenamingSpec, spot: Spot): Omit<Of<'renameIndex'>, 'kind'> {
  nothingElse(rest, spot);
  const names = { from: plainName(from, below(spot, 'from')), to: plainName(to, below(spot, 'to')) };
  return { table: qualifiedName(table, below(spot, 'table')), ...names };
}

/** Reads a change that needs no more than a table and a name in it. */
export function readNamedInTable(kind: 'dropColumn' | 'validateConstraint', spec: NamedInTableSpec, spot: Spot): readonly Change[] {
  const { table, name, ...rest } = spec;
  nothingElse(rest, spot);
  return [{ kind, table: qualifiedName(table, below(spot, 'table')), name: plainName(name, below(spot, 'name')) }];
}
