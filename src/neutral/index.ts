/** Floor 2: what every engine can say, and how a structure and its values get from one engine's words to another's. Pure; engines import it. */
import type { Schema, Table } from '../schema/index.ts';
import type { Dialect } from './dialect.ts';
import { fromNeutral } from './in.ts';
import type { LossyMapping } from './losses.ts';
import { toNeutral } from './out.ts';

export type { Abilities, Dialect, Mapped, TypeUse } from './dialect.ts';
export type { Speech } from './expression.ts';
export { isUnbounded } from './in.ts';
export { type LossName, type LossyMapping, losses } from './losses.ts';
export { canonicalJsonText, decimalText, floatText, momentText, timeText } from './value.ts';

/** A structure for another engine. */
export interface Mapping {
  readonly schema: Schema;
  readonly losses: readonly LossyMapping[];
  /** Each table of the structure with the one that its rows come from, and the neutral one between them. */
  readonly tables: readonly { readonly from: Table; readonly neutral: Table; readonly to: Table }[];
}

/** Says the structure of one engine in the words of another. Every loss is named; what is no loss stands in docs/replicate.md. */
export function mapSchema(schema: Schema, from: Dialect, to: Dialect): Mapping {
  const neutral = toNeutral(schema, from);
  const own = fromNeutral(neutral.schema, to);
  const tables = [...neutral.schema.objects].flatMap(([key, table]) => {
    const target = own.schema.objects.get(key);
    const origin = table.kind === 'table' ? neutral.origins.get(key.slice('table '.length)) : undefined;
    return table.kind === 'table' && target?.kind === 'table' && origin !== undefined ? [{ from: origin, neutral: table, to: target }] : [];
  });
  return { schema: own.schema, losses: [...neutral.losses, ...own.losses], tables };
}
