import type { Index, IndexPart } from '../model.ts';
import type { Name } from '../names.ts';
import type { Nameable } from './naming.ts';
import type { IndexPartSpec, IndexSpec } from './spec.ts';
import { below, each, flag, given, nothingElse, plainName, plainNames, type Spot, wrong } from './spot.ts';

/** An index before it has its name. */
export interface IndexDraft {
  readonly name: Name | undefined;
  readonly index: Omit<Index, 'name'>;
}

/** Reads an index, wherever it is written. */
export function readIndex(spec: IndexSpec, spot: Spot): IndexDraft {
  const { name, columns, unique, method, include, where, nullsNotDistinct, comment, extras, ...rest } = spec;
  nothingElse(rest, spot);
  if (columns?.length === 0) wrong(below(spot, 'columns'), 'an index needs at least one column');
  return {
    name: name === undefined ? undefined : plainName(name, below(spot, 'name')),
    index: {
      parts: each(columns, below(spot, 'columns'), readPart),
      ...given({
        unique: flag(unique, below(spot, 'unique')),
        method,
        include: include && plainNames(include, below(spot, 'include')),
        where,
        nullsNotDistinct: flag(nullsNotDistinct, below(spot, 'nullsNotDistinct')),
        comment,
        extras,
      }),
    },
  };
}

/** An index as the naming policy sees it. */
export function nameable(index: Omit<Index, 'name'>): Nameable {
  return { kind: 'index', ...index };
}

function readPart(spec: string | IndexPartSpec, spot: Spot): IndexPart {
  if (typeof spec === 'string') return { column: plainName(spec, spot) };
  const { column, sql, order, nulls, collation, operatorClass, length, ...rest } = spec;
  nothingElse(rest, spot);
  if ((column === undefined) === (sql === undefined)) wrong(spot, 'one of `column` and `sql` must be given, and only one');
  return given({
    column: column === undefined ? undefined : plainName(column, below(spot, 'column')),
    sql,
    order: order === 'desc' ? order : undefined,
    nulls,
    collation,
    operatorClass,
    length,
  });
}
