import { formatName } from '../names.ts';
import type { ColumnType } from '../types.ts';
import type { TypeParts, TypeSpec } from './spec.ts';
import { typeText } from './types-text.ts';

/** A type as properties that lie flat in a column, a domain or an attribute. */
export function writeTypeParts(type: ColumnType): TypeParts {
  const { declared, ...bare } = type;
  const spec = writeType(bare as ColumnType);
  const parts = typeof spec === 'object' && 'type' in spec ? spec : { type: spec };
  return declared === undefined ? parts : { ...parts, declared };
}

function writeType(type: ColumnType): TypeSpec {
  const text = typeText(type);
  if (text !== undefined) return text;
  switch (type.kind) {
    case 'enum':
      return { type: 'enum', values: type.values };
    case 'array':
      return { type: 'array', of: writeType(type.of) };
    case 'named':
      return { named: formatName(type.type) };
    case 'native':
      return { native: { [type.engine]: type.text } };
    default:
      return type.kind;
  }
}
