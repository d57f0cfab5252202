import type { Name } from '../names.ts';

/** Names with their kind in front: `idx_users_email`, and a hash of every part where that is longer than `max` characters. */
export interface NamingPolicy {
  readonly style: 'prefixed';
  readonly max: number;
  /** How long names of tables and columns may be; as long as `max` by default. */
  readonly identifiers?: number;
}

/** What a name is made of. */
export interface NameParts {
  readonly prefix: string;
  readonly table: Name;
  readonly columns: readonly Name[];
}

/**
 * `idx_test_table_created`, in small letters, where it fits; else the prefix and the CRC-32 of the table and of each column in hexadecimal
 * digits without leading zeros, cut and in capitals: `IDX_433D8D3A45B4F955B23DB7B8`. Names that are in use come to others by a number,
 * which stands in the place of the last characters where there is no room behind them.
 */
export function prefixedName({ prefix, table, columns }: NameParts, max: number, taken: ReadonlySet<Name>): Name {
  const joined = columns.join('_');
  const fits = prefix.length + table.length + joined.length + 2 <= max;
  const name = fits
    ? [prefix, table, ...(joined === '' ? [] : [joined])].join('_').toLowerCase()
    : `${prefix}_${[table, ...columns].map((part) => crc32(part).toString(16)).join('')}`.slice(0, max).toUpperCase();
  for (let n = 0; ; n++) {
    const free = n === 0 ? name : `${name.slice(0, max - String(n).length)}${n}`;
    if (!taken.has(free)) return free;
  }
}

/** CRC-32 of a text in UTF-8, as in ISO 3309: https://www.w3.org/TR/png/#D-CRCAppendix */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
