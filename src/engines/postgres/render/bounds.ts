import type { RenderContext, Statement } from '../../../contracts/index.ts';
import type { QualifiedName } from '../../../schema/index.ts';
import { quote, text } from '../quote.ts';
import type { Span } from '../serial.ts';
import { statement } from './statement.ts';

/**
 * Both bounds in numbers, also where they are the usual ones: NO MAXVALUE behind AS gives the largest number of the type to a sequence
 * that counts down and had it before (`init_params` in the server's sources); NO MINVALUE likewise.
 */
export function boundsOf({ minimum, maximum }: Span): string {
  return `MINVALUE ${minimum} MAXVALUE ${maximum}`;
}

const types = { 16: 'smallint', 32: 'integer', 64: 'bigint' } as const;

/**
 * Brings a counter to where it may stand once the bounds of its sequence are others; the server refuses bounds that leave it out. One that
 * has not begun goes to the new start, and one that the bounds are still ahead of goes on there. One that has passed them is left for the
 * server to refuse, because to go back would give numbers twice. The bounds are both the old and the new ones until the counter stands right,
 * so that it can be moved, and stays where it was when the transaction is rolled back.
 */
export function intoBounds(
  name: QualifiedName,
  { from, to }: { readonly from: Span; readonly to: Span },
  context: RenderContext,
): readonly Statement[] {
  const [ahead, past] = to.up
    ? [`last_value < ${to.minimum}`, `last_value > ${to.maximum}`]
    : [`last_value > ${to.maximum}`, `last_value < ${to.minimum}`];
  const sameWay = from.up === to.up;
  const outside = from.first < to.minimum || from.first > to.maximum;
  const later = sameWay && (to.up ? to.minimum > from.minimum : to.maximum < from.maximum);
  if (!outside && !later) return [];
  const bounds = [from.minimum, from.maximum, to.minimum, to.maximum].sort((a, b) => (a < b ? -1 : 1));
  const sequence = quote.name(name);
  const wider = to.bits > from.bits ? ` AS ${types[to.bits]}` : '';
  const moved = sameWay ? `${ahead} OR (NOT is_called AND ${past})` : `NOT is_called AND (${ahead} OR ${past})`;
  return [
    statement(`ALTER SEQUENCE ${sequence}${wider} MINVALUE ${bounds[0]} MAXVALUE ${bounds[3]}`, context),
    statement(`SELECT setval(${text(sequence)}, ${to.first}, is_called) FROM ${sequence} WHERE ${moved}`, context),
  ];
}
