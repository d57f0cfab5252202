import { canonicalJson } from '../../../base/index.ts';
import { type RenderContext, type Server, type Statement, type Unsupported, unsupported } from '../../../contracts/index.ts';
import type { Column, QualifiedName, Table } from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import { collation, quote } from '../quote.ts';
import { serialOf } from '../serial.ts';
import { typeSql } from '../types.ts';
import { sourceColumns } from './heirs.ts';
import { countingClauses, nextValue } from './sequence.ts';
import { commentStatement, defaultSql, inParentheses, isUnsupported, onNew } from './statement.ts';

/** A column as it stands in CREATE TABLE and behind ADD COLUMN. */
export function columnSql(column: Column, server: Server): string | Unsupported {
  const type = typeSql(column.type);
  if (isUnsupported(type)) return type;
  const generated = column.generated === undefined ? '' : generatedSql(column.generated, server);
  if (isUnsupported(generated)) return generated;
  const serial = serialOf(column);
  if (column.identity !== undefined && serial === undefined && column.nullable) {
    return unsupported(`the identity column "${column.name}" cannot be empty in PostgreSQL`, 'give it `nullable: false`');
  }
  return [
    `${quote.identifier(column.name)} ${type}`,
    column.collation === undefined ? '' : ` COLLATE ${collation(column.collation)}`,
    generated === '' ? '' : ` ${generated}`,
    serial === undefined ? '' : ` DEFAULT ${nextValue(serial)}`,
    column.default === undefined ? '' : ` DEFAULT ${defaultSql(column.default)}`,
    column.identity === undefined || serial !== undefined ? '' : ` ${identitySql(column)}`,
    column.nullable ? '' : ' NOT NULL',
  ].join('');
}

export function generatedSql(generated: NonNullable<Column['generated']>, server: Server): string | Unsupported {
  if (!generated.stored && !has(server, 'virtualColumns')) {
    return unsupported(`${server.title} keeps computed columns only as stored ones`, 'give `stored: true`');
  }
  return `GENERATED ALWAYS AS ${inParentheses(generated.sql)} ${generated.stored ? 'STORED' : 'VIRTUAL'}`;
}

export function identitySql(column: Column): string {
  const clauses = countingClauses(column);
  return `GENERATED ${column.identity?.always === true ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY${clauses === '' ? '' : ` (${clauses})`}`;
}

/** The actions of ALTER TABLE that give a column what has no place in its definition. */
export function extraActions(column: Pick<Column, 'name' | 'extras'>, server: Server): readonly string[] | Unsupported {
  const { extras = {} } = column;
  const name = quote.identifier(column.name);
  const unknown = Object.keys(extras).find((extra) => !knownExtras.has(extra));
  if (unknown !== undefined)
    return unsupported(`PostgreSQL has no column property "${unknown}"`, 'leave it out, or write SQL for each engine');
  if (extras['compression'] !== undefined && !has(server, 'compression')) {
    return unsupported(`${server.title} has no compression methods for columns`, 'leave out `compression`');
  }
  return [
    ...(extras['storage'] === undefined ? [] : [`ALTER COLUMN ${name} SET STORAGE ${extras['storage'].toUpperCase()}`]),
    ...(extras['compression'] === undefined ? [] : [`ALTER COLUMN ${name} SET COMPRESSION ${extras['compression']}`]),
    ...(extras['statistics'] === undefined ? [] : [`ALTER COLUMN ${name} SET STATISTICS ${extras['statistics']}`]),
    ...(extras['options'] === undefined ? [] : [`ALTER COLUMN ${name} SET (${extras['options']})`]),
  ];
}

/** Extras that settle what the column's sequence does. */
export const sequenceExtras: ReadonlySet<string> = new Set([
  'serial',
  'serialComment',
  'sequence',
  'sequenceType',
  'minimum',
  'maximum',
  'cache',
  'cycle',
]);
const knownExtras: ReadonlySet<string> = new Set([...sequenceExtras, 'storage', 'compression', 'statistics', 'options', 'inherited']);

/** What is said of a column after it was made. */
export function afterColumn(table: QualifiedName, column: Column, context: RenderContext): readonly Statement[] | Unsupported {
  const actions = extraActions(column, context.server);
  if (isUnsupported(actions)) return actions;
  return [
    ...(actions.length === 0 ? [] : [onNew(`ALTER TABLE ${quote.name(table)} ${actions.join(', ')}`, context)]),
    ...(column.comment === undefined ? [] : [commentStatement(columnTarget(table, column.name), column.comment, context)]),
  ];
}

/** What a column of a partition or heir is otherwise than what it is given from above, as far as they are known. */
export function afterInheriting(table: Table, column: Column, context: RenderContext): readonly Statement[] {
  const given = sourceColumns(table, column, context).filter(({ identity }) => identity === undefined);
  const isGiven = (property: 'default' | 'nullable'): boolean =>
    given.length > 0 && given.every((found) => canonicalJson(found[property] ?? null) === canonicalJson(column[property] ?? null));
  const value = column.default === undefined ? 'DROP DEFAULT' : `SET DEFAULT ${defaultSql(column.default)}`;
  const actions = [
    ...(column.generated === undefined && !isGiven('default') ? [value] : []),
    ...(column.nullable || isGiven('nullable') ? [] : ['SET NOT NULL']),
  ];
  const alter = actions.map((action) => `ALTER COLUMN ${quote.identifier(column.name)} ${action}`).join(', ');
  return actions.length === 0 ? [] : [onNew(`ALTER TABLE ${quote.name(table.name)} ${alter}`, context)];
}

export function columnTarget(table: QualifiedName, name: string): string {
  return `COLUMN ${quote.name(table)}.${quote.identifier(name)}`;
}
