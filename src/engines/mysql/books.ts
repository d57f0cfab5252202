import { type BookTexts, keptColumns } from '../../contracts/index.ts';
import type { Column } from '../../schema/index.ts';
import { condition } from './render/rows.ts';

/** Names of rows and kept rows. Values are kept as bytes: those of their text in UTF-8, or their own. */
export const books: BookTexts = {
  create: ({ names, kept }) => [
    `CREATE TABLE IF NOT EXISTS ${names} (
  table_name VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  name VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  part INT NOT NULL,
  key_value LONGBLOB NOT NULL,
  migration VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  PRIMARY KEY (table_name, name, part)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
    `CREATE TABLE IF NOT EXISTS ${kept} (
  migration VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  change_number INT NOT NULL,
  image VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  ${Array.from({ length: keptColumns }, (_, i) => `c${i + 1} LONGBLOB`).join(', ')},
  INDEX lockstep_kept_change (migration, change_number, image)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC`,
  ],
  exists: () => "SELECT 1 AS present FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'lockstep_reference'",
  store: (expression, column) => {
    switch (formOf(column)) {
      case 'bytes':
        return expression;
      case 'bits':
        return `CAST(${expression} + 0 AS CHAR)`;
      case 'moment':
        // The time of the session would be ambiguous in autumn; 0 is no moment, but the date of zeros.
        return `CAST(UNIX_TIMESTAMP(${expression}) AS CHAR)`;
      case 'float':
        // The text of a FLOAT has six digits; the same number as a DOUBLE has all.
        return `CAST(${expression} + 0E0 AS CHAR)`;
      default:
        return `CONVERT(${expression} USING utf8mb4)`;
    }
  },
  load: (expression, column) => {
    const text = `CONVERT(${expression} USING utf8mb4)`;
    switch (formOf(column)) {
      case 'bytes':
        return expression;
      case 'bits':
        return `CAST(${text} AS UNSIGNED)`;
      case 'moment':
        return `IF(${text} = 0, '0000-00-00 00:00:00', FROM_UNIXTIME(CAST(${text} AS DECIMAL(20, 6))))`;
      case 'signed':
        return `CAST(${text} AS SIGNED)`;
      case 'unsigned':
        return `CAST(${text} AS UNSIGNED)`;
      case 'text':
        return `${text} COLLATE utf8mb4_bin`;
      default:
        return text;
    }
  },
  same: (expression, stored, column) => {
    const form = formOf(column);
    return form === 'bytes' ? `${expression} <=> ${stored}` : `CAST(${books.store(expression, column)} AS BINARY) <=> ${stored}`;
  },
  // A number out of range is an error that shows the expression.
  fail: (text) => `EXP(1000 + LENGTH(${text}))`,
  concat: (...expressions) => `CONCAT(${expressions.join(', ')})`,
  condition,
  inserted: ({ insert, key }, into) => {
    const [only, ...others] = key;
    if (only?.identity === undefined || others.length > 0) return undefined;
    return [insert, into(['LAST_INSERT_ID()'], 'DUAL')];
  },
  hold: ' FOR UPDATE',
  seesNewRows: false,
  updateFrom: (table, from, on, set) =>
    `UPDATE ${table} AS t JOIN ${from} AS b ON ${on} SET ${Object.entries(set)
      .map(([column, value]) => `t.${column} = ${value}`)
      .join(', ')}`,
  overriding: '',
  exactly: (columns) => {
    // A key of 0 would be numbered anew, and an hour of autumn be the other of its two.
    const settings = [
      ...(columns.some(({ identity }) => identity !== undefined) ? [['sql_mode', "CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')"]] : []),
      ...(columns.some((column) => formOf(column) === 'moment') ? [['time_zone', "'+00:00'"]] : []),
    ];
    if (settings.length === 0) return undefined;
    return [
      `SET ${settings.map(([name, value]) => `@lockstep_${name} = @@${name}, ${name} = ${value}`).join(', ')}`,
      `SET ${settings.map(([name]) => `${name} = @lockstep_${name}`).join(', ')}`,
    ];
  },
};

type Form = 'moment' | 'bytes' | 'bits' | 'signed' | 'unsigned' | 'float' | 'text' | 'other';

function formOf(column: Column | undefined): Form {
  const type = column?.type;
  switch (type?.kind) {
    case 'binary':
      return 'bytes';
    case 'integer':
      return type.unsigned === true ? 'unsigned' : 'signed';
    case 'float':
      return 'float';
    case 'timestamp':
      return type.zone ? 'moment' : 'other';
    case 'string':
    case 'text':
    case 'char':
      return 'text';
    case 'native':
      if (/^bit\b/i.test(type.text)) return 'bits';
      return /blob|binary|geometry|point|linestring|polygon/i.test(type.text) ? 'bytes' : 'other';
    default:
      return 'other';
  }
}
