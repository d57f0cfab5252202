import { type Server, unsupported } from '../../../contracts/index.ts';
import { has } from '../flavours.ts';
import { definitionText } from '../quote.ts';
import { allOf, isRefused, type Piece } from './parts.ts';

type Value = string | number | boolean | null;

/** How the value of an option is written: a bare word or number, a text in quotes, or yes and no in the option's own way. */
const options: Readonly<Record<string, { readonly words: string; readonly quoted?: true; readonly absent: string }>> = {
  engine: { words: 'ENGINE', absent: 'InnoDB' },
  charset: { words: 'DEFAULT CHARACTER SET', absent: 'DEFAULT' },
  collation: { words: 'DEFAULT COLLATE', absent: 'DEFAULT' },
  row_format: { words: 'ROW_FORMAT', absent: 'DEFAULT' },
  key_block_size: { words: 'KEY_BLOCK_SIZE', absent: '0' },
  auto_increment: { words: 'AUTO_INCREMENT', absent: '1' },
  avg_row_length: { words: 'AVG_ROW_LENGTH', absent: '0' },
  checksum: { words: 'CHECKSUM', absent: '0' },
  compression: { words: 'COMPRESSION', quoted: true, absent: "'NONE'" },
  connection: { words: 'CONNECTION', quoted: true, absent: "''" },
  delay_key_write: { words: 'DELAY_KEY_WRITE', absent: '0' },
  encryption: { words: 'ENCRYPTION', quoted: true, absent: "'N'" },
  encrypted: { words: 'ENCRYPTED', absent: 'DEFAULT' },
  encryption_key_id: { words: 'ENCRYPTION_KEY_ID', absent: 'DEFAULT' },
  insert_method: { words: 'INSERT_METHOD', absent: 'NO' },
  max_rows: { words: 'MAX_ROWS', absent: '0' },
  min_rows: { words: 'MIN_ROWS', absent: '0' },
  pack_keys: { words: 'PACK_KEYS', absent: 'DEFAULT' },
  page_checksum: { words: 'PAGE_CHECKSUM', absent: '0' },
  page_compressed: { words: 'PAGE_COMPRESSED', absent: '0' },
  page_compression_level: { words: 'PAGE_COMPRESSION_LEVEL', absent: 'DEFAULT' },
  stats_auto_recalc: { words: 'STATS_AUTO_RECALC', absent: 'DEFAULT' },
  stats_persistent: { words: 'STATS_PERSISTENT', absent: 'DEFAULT' },
  stats_sample_pages: { words: 'STATS_SAMPLE_PAGES', absent: 'DEFAULT' },
  tablespace: { words: 'TABLESPACE', absent: '`innodb_file_per_table`' },
  transactional: { words: 'TRANSACTIONAL', absent: '0' },
};
/** Written elsewhere in the statement. */
const elsewhere: ReadonlySet<string> = new Set(['partitionBy', 'period']);

/** The options of a table in the words of CREATE TABLE and ALTER TABLE; null takes one back to what the server does by itself. */
export function tableOptions(given: Readonly<Record<string, Value>>, server: Server): Piece {
  const texts = allOf(Object.entries(oneCharset(given)).map(([name, value]) => optionText(name, value, server)));
  return isRefused(texts) ? texts : texts.filter((text) => text !== '').join(' ');
}

/** A collation brings its character set along; without one the database's own is taken, which only the word for the set can say. */
function oneCharset(given: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const { collation, charset, ...rest } = given;
  if (collation === undefined && charset === undefined) return given;
  if (typeof collation === 'string') return { ...rest, ...(typeof charset === 'string' ? { charset } : {}), collation };
  return { ...rest, charset: charset ?? null };
}

function optionText(name: string, value: Value, server: Server): Piece {
  if (elsewhere.has(name)) return '';
  if (name === 'systemVersioning') {
    if (!has(server, 'mariadb')) return unsupported('only MariaDB keeps the history of rows', 'a table of its own, filled by triggers');
    return value === true ? 'WITH SYSTEM VERSIONING' : '';
  }
  const option = options[name];
  if (option === undefined) return unsupported(`MySQL has no table option "${name}"`, `one of ${Object.keys(options).join(', ')}`);
  if (value === null) return `${option.words} = ${option.absent}`;
  if (option.quoted) return `${option.words} = ${definitionText(String(value), server)}`;
  const word = typeof value === 'boolean' ? String(Number(value)) : String(value);
  return /^[\w-]+$/.test(word)
    ? `${option.words} = ${word}`
    : unsupported(`"${word}" is no value for the option "${name}"`, 'one word or number');
}
