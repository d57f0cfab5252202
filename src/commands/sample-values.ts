import { type Column, type ColumnType, keyOf, type RowValue, type Schema } from '../schema/index.ts';

/** The value of a column in the row so many behind the first: the same for equal types, so that keys lead to rows. Nothing where none can be made up. */
export function sampleValue({ type }: Pick<Column, 'type'>, row: number, schema: Schema): RowValue | undefined {
  const digit = row + 1;
  switch (type.kind) {
    case 'integer':
      return digit;
    case 'float':
      return digit;
    case 'decimal':
      // 0.1 where no digit may stand before the point.
      return type.precision !== undefined && type.precision === type.scale ? digit / 10 ** type.scale : digit;
    case 'boolean':
      return row % 2 === 0;
    case 'string':
    case 'text':
      return String(digit);
    case 'char':
      return String(digit).padEnd(type.length, 'x');
    case 'binary':
      return new Uint8Array(type.length === undefined ? 1 : Math.min(type.length, 16)).fill(digit);
    case 'enum':
      return type.values[row % Math.max(type.values.length, 1)];
    case 'array':
      return undefined;
    case 'named':
      return valueOfNamed(type, row, schema);
    case 'json':
      return { json: { row: digit } };
    default:
      return timeOrText(type, digit);
  }
}

function timeOrText(type: ColumnType, digit: number): RowValue | undefined {
  switch (type.kind) {
    case 'date':
      return `2001-02-0${digit}`;
    case 'time':
      return `01:02:0${digit}`;
    case 'timestamp':
      return `2001-02-03 04:05:0${digit}`;
    case 'interval':
      return `0${digit}:00:00`;
    case 'uuid':
      return `00000000-0000-4000-8000-00000000000${digit}`;
    default:
      return undefined;
  }
}

function valueOfNamed({ type }: Extract<ColumnType, { readonly kind: 'named' }>, row: number, schema: Schema): RowValue | undefined {
  const found = schema.objects.get(keyOf({ kind: 'enum', name: type })) ?? schema.objects.get(keyOf({ kind: 'domain', name: type }));
  if (found?.kind === 'enum') return found.values[row % Math.max(found.values.length, 1)];
  return found?.kind === 'domain' ? sampleValue(found, row, schema) : undefined;
}
