import { type Server, type Unsupported, unsupported } from '../../contracts/index.ts';
import type { Column, ColumnType, Default } from '../../schema/index.ts';
import { has } from './flavours.ts';
import { definitionText, fitsDefinition } from './quote.ts';
import { parenthesised, unquote, withoutDatabase, withoutParentheses } from './text.ts';
import { isLarge } from './types.ts';

const present = /^(?:current_timestamp|now|localtime|localtimestamp)(?:\(\s*(\d*)\s*\))?$/i;
const number = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
const plain = /^(?:-?\d+(?:\.\d+)?|[bxn]?'(?:[^'\\]|'')*'|null|true|false)$/i;

/** What COLUMN_DEFAULT says, in the model's words. `generated`: MySQL marks a default that is an expression. */
export function readDefault(raw: string | undefined, type: ColumnType, server: Server, generated: boolean): Default | undefined {
  if (raw === undefined) return undefined;
  const moment = present.exec(raw);
  if (moment !== null && (has(server, 'quotedDefaults') || type.kind === 'timestamp')) {
    const own = type.kind === 'timestamp' && moment[1] === String(type.precision);
    return { sql: momentText(own ? undefined : moment[1]) };
  }
  if (has(server, 'quotedDefaults')) return readQuoted(withoutDatabase(raw, server.database), type);
  if (generated) return { sql: withoutParentheses(readExpression(raw, server)) };
  if (/^b'[01]*'$/.test(raw) || (type.kind === 'binary' && raw.startsWith('0x'))) return { sql: raw };
  return { value: readValue(raw, type) };
}

function readQuoted(raw: string, type: ColumnType): Default | undefined {
  if (raw === 'NULL') return undefined;
  // The dictionary writes backslashes twice under any sql_mode.
  const body = /^'((?:[^'\\]|''|\\.)*)'$/s.exec(raw)?.[1];
  if (body !== undefined) return { value: unquote(body, true) };
  return number.test(raw) ? { value: readValue(raw, type) } : { sql: withoutParentheses(raw) };
}

/** A number stays exact: what a double would round is kept as a bigint or a text. */
function readValue(raw: string, type: ColumnType): boolean | number | bigint | string {
  const numeric =
    type.kind === 'integer' || type.kind === 'decimal' || type.kind === 'float' || type.kind === 'boolean' || isNumericNative(type);
  if (!numeric || !number.test(raw)) return raw;
  if (type.kind === 'boolean' && (raw === '0' || raw === '1')) return raw === '1';
  if (raw.replace(/\D/g, '').length <= 15) return Number(raw);
  return /^-?\d+$/.test(raw) ? BigInt(raw) : raw;
}

function isNumericNative(type: ColumnType): boolean {
  return type.kind === 'native' && /^(mediumint|decimal|float|double|tinyint|bit|year)\b/.test(type.text);
}

/** MySQL puts a backslash before the quotes of an expression in information_schema, as if it stood inside a string. */
export function readExpression(sql: string, server: Server): string {
  return has(server, 'escapedExpressions') ? sql.replace(/\\(['\\])/g, '$1') : sql;
}

function momentText(precision: string | undefined): string {
  return precision === undefined || precision === '' || precision === '0' ? 'CURRENT_TIMESTAMP' : `CURRENT_TIMESTAMP(${precision})`;
}

/** The text behind DEFAULT. */
export function defaultText({ default: value, type }: Pick<Column, 'default' | 'type'>, server: Server): string | Unsupported {
  if (value === undefined) return 'NULL';
  if ('sql' in value) return expressionText(value.sql.trim(), type, server);
  if (value.value === null) return 'NULL';
  const text = typeof value.value === 'string' ? value.value : String(typeof value.value === 'boolean' ? Number(value.value) : value.value);
  if (!fitsDefinition(text)) {
    return unsupported(
      `MySQL shows "${text}" as "?" in a definition, so the default could not be read back`,
      'set the value where rows are inserted',
    );
  }
  const written = typeof value.value === 'string' ? definitionText(text, server) : text;
  if (!isLarge(type) || has(server, 'plainTextDefaults')) return written;
  if (has(server, 'expressionDefaults')) return `(${written})`;
  return unsupported(`${server.title} takes no default for a column of type "${type.kind}"`, 'a column of type string, or no default');
}

function expressionText(sql: string, type: ColumnType, server: Server): string | Unsupported {
  const moment = present.exec(sql);
  // The number of digits must be that of the column, or MySQL refuses the default.
  if (moment !== null && type.kind === 'timestamp') return momentText(moment[1] || String(type.precision ?? 0));
  if (plain.test(sql) && !(isLarge(type) && !has(server, 'plainTextDefaults'))) return sql;
  if (has(server, 'expressionDefaults')) return parenthesised(sql);
  return unsupported(`${server.title} takes no expression as a default`, 'a plain value, or a trigger');
}
