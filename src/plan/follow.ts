import type { Deferred, Engine } from '../contracts/index.ts';
import {
  apply,
  type Change,
  type Constraint,
  followingName,
  formatName,
  type Index,
  type MadeNames,
  type Name,
  type Naming,
  nameable,
  type Of,
  type QualifiedName,
  type Schema,
  type Table,
  tableOf,
  tablesOf,
} from '../schema/index.ts';

type Rename = Of<'renameTable' | 'renameColumn'>;

/**
 * What a change stands for: itself, or, where names that were made from the old one follow a new name, what the engine itself named
 * after it, the new name, and the constraints and indexes whose names were made from it, as far as the engine renames them without
 * making them anew. An index follows on every engine.
 */
export function withFollowers(change: Change, engine: Engine, before: Schema): readonly Change[] | Deferred {
  if ((change.kind !== 'renameTable' && change.kind !== 'renameColumn') || change.names === undefined) return [change];
  const { names, ...rename } = change;
  const [was, after] = [tableOf(before, ownerOf(rename)), apply(before, rename)];
  if ('refused' in after) return [rename];
  const is = tableOf(after, rename.kind === 'renameTable' ? rename.to : rename.table);
  if (was === undefined || is === undefined) {
    const table = formatName(ownerOf(rename));
    return { deferred: `which names follow is known when the structure of "${table}" is; \`names: keep\` leaves them as they are` };
  }
  return [...(engine.named?.(rename, before) ?? []), rename, ...renamedParts({ was, is, names }, engine, after)];
}

function ownerOf(rename: Rename): QualifiedName {
  return rename.kind === 'renameTable' ? rename.from : rename.table;
}

interface Renamed {
  readonly was: Table;
  readonly is: Table;
  readonly names: MadeNames;
}

function renamedParts({ was, is, names }: Renamed, engine: Engine, after: Schema): readonly Change[] {
  const taken = takenNames(after);
  const naming = (table: Table): Naming => ({
    table: table.name,
    columns: table.columns.map(({ name }) => name),
    taken,
    ...policyOf(names),
  });
  const [old, now] = [naming(was), naming(is)];
  const constraints = was.constraints.flatMap((constraint, i): readonly Change[] => {
    const same = is.constraints[i] as Constraint;
    if (engine.diff.renames?.inPlace({ kind: 'constraint', owner: was, constraint }) !== true) return [];
    const to = followingName({ naming: old, item: constraint }, now, same);
    return to === undefined ? [] : [{ kind: 'renameConstraint', table: is.name, from: constraint.name ?? '', to }];
  });
  const indexes = was.indexes.flatMap((index, i): readonly Change[] => {
    const to = followingName({ naming: old, item: { ...nameable(index), name: index.name } }, now, nameable(is.indexes[i] as Index));
    return to === undefined ? [] : [{ kind: 'renameIndex', table: is.name, from: index.name, to }];
  });
  return [...constraints, ...indexes];
}

function takenNames(schema: Schema): Set<Name> {
  const names = tablesOf(schema).flatMap(({ constraints, indexes }) => [...constraints, ...indexes].flatMap(({ name }) => name ?? []));
  return new Set([...names, ...[...schema.objects.values()].map(({ name }) => name.name)]);
}

function policyOf(names: MadeNames): Pick<Naming, 'policy'> {
  return names === 'plain' ? {} : { policy: { style: 'prefixed', max: Number(names.slice('prefixed:'.length)) } };
}
