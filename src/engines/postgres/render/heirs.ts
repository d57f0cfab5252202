import type { RenderContext } from '../../../contracts/index.ts';
import { type Column, type Constraint, type QualifiedName, sameName, type Table, tableOf, tablesOf } from '../../../schema/index.ts';
import { plain, reader } from '../reader.ts';
import { partitionOf } from './options.ts';

export function isPartitionOf({ options }: Table, name: QualifiedName, { server }: RenderContext): boolean {
  const place = options['partitionOf'] === undefined ? undefined : partitionOf(options['partitionOf']);
  return place !== undefined && sameName(plain(place.parent, server), plain(name, server));
}

/** The tables that a table is an heir of: https://www.postgresql.org/docs/current/ddl-inherit.html */
export function parentsOf({ options }: Table): readonly QualifiedName[] {
  return options['inherits'] === undefined ? [] : reader(String(options['inherits'])).names();
}

function isHeirOf(other: Table, name: QualifiedName, { server }: RenderContext): boolean {
  return parentsOf(other).some((parent) => sameName(plain(parent, server), plain(name, server)));
}

/** `ONLY ` where what is said of a table would be said of its heirs too, as far as they are known; partitions count where they are named. */
export function only(name: QualifiedName, context: RenderContext, but: { readonly partitions?: true } = {}): 'ONLY ' | '' {
  const follows = (other: Table): boolean =>
    isHeirOf(other, name, context) || (but.partitions === true && isPartitionOf(other, name, context));
  return tablesOf(context.before).some(follows) ? 'ONLY ' : '';
}

/** The tables that a table has its columns and checks from, as far as they are known. */
function sources(table: Table | undefined, { before, server }: RenderContext): readonly Table[] {
  if (table === undefined) return [];
  const place = table.options['partitionOf'] === undefined ? undefined : partitionOf(table.options['partitionOf']);
  const names = place === undefined ? parentsOf(table) : [place.parent];
  return names.flatMap((name) => tableOf(before, plain(name, server)) ?? []);
}

export function isPartition(table: Table | undefined): boolean {
  return table?.options['partitionOf'] !== undefined;
}

/** Whether a column of an heir is made by what its table inherits from. */
export function isInherited({ extras }: Column): boolean {
  return extras?.['inherited'] === 'true';
}

/** The columns from which a column of a partition or heir comes; none for its own. */
export function sourceColumns(table: Table | undefined, column: Column, context: RenderContext): readonly Column[] {
  if (!isPartition(table) && !isInherited(column)) return [];
  return sources(table, context).flatMap(({ columns }) => columns.find(({ name }) => name === column.name) ?? []);
}

/** Whether a partition has a check by that of its table. */
export function hasCheckFromAbove(table: Table | undefined, { kind, name }: Constraint, context: RenderContext): boolean {
  return (
    kind === 'check' &&
    isPartition(table) &&
    sources(table, context).some(({ constraints }) => constraints.some((one) => one.kind === kind && one.name === name))
  );
}

/** The table that a partition must leave before it is dropped, because foreign keys lead to that one or to one above it. */
export function referencedParent(name: QualifiedName, context: RenderContext): QualifiedName | undefined {
  const ancestors: QualifiedName[] = [];
  for (let table = tableOf(context.before, name); isPartition(table); table = tableOf(context.before, ancestors.at(-1) ?? name)) {
    const place = partitionOf(table?.options['partitionOf'] ?? '');
    if (place === undefined) break;
    ancestors.push(plain(place.parent, context.server));
  }
  if (ancestors.length === 0) return undefined;
  const leads = (one: Constraint): boolean =>
    one.kind === 'foreignKey' && ancestors.some((ancestor) => sameName(plain(one.references.table, context.server), ancestor));
  return tablesOf(context.before).some(({ constraints }) => constraints.some(leads)) ? ancestors[0] : undefined;
}
