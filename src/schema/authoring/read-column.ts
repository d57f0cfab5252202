import type { ColumnChange } from '../change.ts';
import type { Column, Generated, Identity } from '../model.ts';
import type { ColumnType, Default } from '../types.ts';
import { type ConstraintDraft, readReference } from './read-constraint.ts';
import { partsWithoutType, readType } from './read-type.ts';
import { number, readScalar } from './read-value.ts';
import type { ColumnSetSpec, ColumnSpec, DefaultSpec, GeneratedSpec, IdentitySpec, TypeParts } from './spec.ts';
import { below, flag, given, nothingElse, plainName, type Spot, text, wrong } from './spot.ts';

/** A column and what its author wrote at it that is an object of its own. */
export interface ColumnRead {
  readonly column: Column;
  /** Besides the primary key, which may have several columns. */
  readonly constraints: readonly ConstraintDraft[];
  readonly primaryKey: boolean;
}

/** Reads a column. `inKey`: the table's primary key has it. */
export function readColumn(spec: ColumnSpec, inKey: boolean, spot: Spot): ColumnRead {
  const { type: _, length, precision, scale, unsigned, values, of, declared, ...own } = spec;
  const { name, nullable, default: value, identity, generated, collation, comment, extras, ...constraints } = own;
  const { primaryKey, unique, references, check, ...rest } = constraints;
  nothingElse(rest, spot);
  const key = flag(primaryKey, below(spot, 'primaryKey')) === true;
  const type = readType(spec, spot);
  const counting = readIdentity(identity, below(spot, 'identity'));
  flag(nullable, below(spot, 'nullable'));
  const column: Column = {
    name: plainName(name, below(spot, 'name')),
    type,
    nullable: nullable ?? !(inKey || key || counting !== undefined),
    ...given({
      default: value === undefined ? undefined : readDefault(value, type, below(spot, 'default')),
      identity: counting,
      generated: generated === undefined ? undefined : readGenerated(generated, below(spot, 'generated')),
      collation,
      comment,
      extras,
    }),
  };
  return { column, primaryKey: key, constraints: readConstraints(column.name, { unique, references, check }, spot) };
}

function readConstraints(
  column: string,
  { unique, references, check }: { readonly [K in 'unique' | 'references' | 'check']: ColumnSpec[K] | undefined },
  spot: Spot,
): readonly ConstraintDraft[] {
  const drafts: ConstraintDraft[] = [];
  if (unique !== undefined && unique !== false) {
    const name = unique === true ? undefined : plainName(unique, below(spot, 'unique'));
    drafts.push({ name, constraint: { kind: 'unique', columns: [column] } });
  }
  if (references !== undefined) drafts.push(readReference(column, references, below(spot, 'references')));
  if (check !== undefined) drafts.push({ name: undefined, constraint: { kind: 'check', sql: text(check, below(spot, 'check')) } });
  return drafts;
}

/** Reads what of a column is to be different. */
export function readColumnSet(spec: ColumnSetSpec, spot: Spot): ColumnChange {
  const { type, length, precision, scale, unsigned, values, of, declared, ...own } = spec;
  const { nullable, default: value, identity, generated, collation, comment, extras, ...rest } = own;
  nothingElse(rest, spot);
  if (partsWithoutType(spec)) wrong(spot, 'the parts of a type need the `type` beside them');
  if (Object.keys(spec).length === 0) wrong(spot, 'nothing is to be different');
  flag(nullable, below(spot, 'nullable'));
  const newType = type === undefined ? undefined : readType(spec as TypeParts, spot);
  const counting = identity === null || identity === false ? null : readIdentity(identity, below(spot, 'identity'));
  return given({
    type: newType,
    nullable,
    default: value === undefined || value === null ? value : readDefault(value, newType, below(spot, 'default')),
    identity: counting,
    generated: generated === undefined || generated === null ? generated : readGenerated(generated, below(spot, 'generated')),
    collation,
    comment,
    extras,
  });
}

/** Reads a default. Text that can only be meant as SQL is refused: as a literal it would be frozen or fail later. */
export function readDefault(spec: DefaultSpec, type: ColumnType | undefined, spot: Spot): Default {
  if (typeof spec === 'object' && spec !== null) {
    if ('sql' in spec) {
      const { sql, ...rest } = spec;
      nothingElse(rest, spot);
      return { sql: text(sql, below(spot, 'sql')) };
    }
    const { value, ...rest } = spec;
    nothingElse(rest, spot);
    return { value: readScalar(value, below(spot, 'value')) };
  }
  if (looksLikeSql(spec, type)) {
    const words = JSON.stringify(spec);
    wrong(spot, `${words} looks like SQL; write { sql: ${words} }, or { value: ${words} } if the text itself is meant`);
  }
  return { value: readScalar(spec, spot) };
}

/** Whether a plain default would be taken for a slip: `now()` or `CURRENT_TIMESTAMP` where the type is not one of texts. */
export function looksLikeSql(value: DefaultSpec, type: ColumnType | undefined): boolean {
  if (typeof value !== 'string' || !/^(?:[\w.]+\s*\(.*\)|current_\w+|local_?time\w*)$/i.test(value)) return false;
  return !['string', 'text', 'char', 'enum', 'json'].includes(type?.kind ?? '');
}

function readIdentity(spec: boolean | IdentitySpec | undefined, spot: Spot): Identity | undefined {
  if (spec === undefined || spec === false) return undefined;
  if (spec === true) return {};
  const { always, start, increment, reuse, ...rest } = spec;
  nothingElse(rest, spot);
  return given({
    always: flag(always, below(spot, 'always')),
    start: start === undefined ? undefined : number(start, below(spot, 'start')),
    increment,
    reuse: flag(reuse, below(spot, 'reuse')),
  });
}

function readGenerated(spec: string | GeneratedSpec, spot: Spot): Generated {
  if (typeof spec === 'string') return { sql: spec, stored: true };
  const { sql, stored = true, ...rest } = spec;
  nothingElse(rest, spot);
  flag(stored, below(spot, 'stored'));
  return { sql: text(sql, below(spot, 'sql')), stored };
}
