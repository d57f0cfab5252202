import {
  type Render,
  type RenderContext,
  type Rendered,
  type Server,
  type Statement,
  type Unsupported,
  unsupported,
} from '../../../contracts/index.ts';
import { type Index, type IndexPart, type QualifiedName, tableOf } from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import { collation, columnList, quote } from '../quote.ts';
import { isPartition } from './heirs.ts';
import { besideTable, commentStatement, every, inParentheses, isUnsupported, statement } from './statement.ts';

/** CREATE INDEX: https://www.postgresql.org/docs/current/sql-createindex.html */
export function indexSql(
  table: QualifiedName,
  index: Index,
  { server, concurrently }: { readonly server: Server; readonly concurrently?: boolean },
): string | Unsupported {
  if (index.nullsNotDistinct === true && !has(server, 'nullsNotDistinct')) {
    return unsupported(`${server.title} has no NULLS NOT DISTINCT, which came with version 15`, 'index coalesce(…) instead');
  }
  const parts = every(index.parts.map(partSql));
  if (isUnsupported(parts)) return parts;
  const { extras = {} } = index;
  return [
    `CREATE ${index.unique === true ? 'UNIQUE ' : ''}INDEX ${concurrently === true ? 'CONCURRENTLY ' : ''}${quote.identifier(index.name)}`,
    // One that a build or its partitions left invalid: of a partitioned table alone.
    ` ON ${extras['invalid'] === 'true' ? 'ONLY ' : ''}${quote.name(table)}${index.method === undefined ? '' : ` USING ${index.method}`} (${parts.join(', ')})`,
    index.include === undefined ? '' : ` INCLUDE (${columnList(index.include)})`,
    index.nullsNotDistinct === true ? ' NULLS NOT DISTINCT' : '',
    extras['with'] === undefined ? '' : ` WITH (${extras['with']})`,
    extras['tablespace'] === undefined ? '' : ` TABLESPACE ${quote.identifier(extras['tablespace'])}`,
    index.where === undefined ? '' : ` WHERE ${inParentheses(index.where)}`,
  ].join('');
}

function partSql(part: IndexPart): string | Unsupported {
  if (part.length !== undefined)
    return unsupported('PostgreSQL has no indexes on the beginning of a column', 'index an expression: left(column, length)');
  const what = part.column === undefined ? inParentheses(part.sql ?? '') : quote.identifier(part.column);
  return [
    what,
    part.collation === undefined ? '' : ` COLLATE ${collation(part.collation)}`,
    part.operatorClass === undefined ? '' : ` ${part.operatorClass}`,
    part.order === 'desc' ? ' DESC' : '',
    part.nulls === undefined ? '' : ` NULLS ${part.nulls.toUpperCase()}`,
  ].join('');
}

/** What is said of an index after it was made: that it orders the table, and its comment. */
export function afterIndex(table: QualifiedName, index: Index, context: RenderContext): readonly Statement[] {
  const statements: Statement[] = [];
  if (index.extras?.['clustered'] === 'true') {
    statements.push(statement(`ALTER TABLE ${quote.name(table)} CLUSTER ON ${quote.identifier(index.name)}`, context));
  }
  if (index.comment !== undefined) {
    statements.push(commentStatement(`INDEX ${besideTable(table, index.name)}`, index.comment, context));
  }
  return statements;
}

export function createIndexes(table: QualifiedName, indexes: readonly Index[], context: RenderContext): Rendered {
  const texts = every(indexes.map((index) => indexSql(table, index, context)));
  if (isUnsupported(texts)) return texts;
  return indexes.flatMap((index, at) => [statement(texts[at] ?? '', context), ...afterIndex(table, index, context)]);
}

export const indexes = {
  createIndex: ({ table, index, concurrently }, context) => {
    const sql = indexSql(table, index, { server: context.server, concurrently: concurrently === true });
    return isUnsupported(sql) ? sql : [statement(sql, context), ...afterIndex(table, index, context)];
  },

  dropIndex: ({ table, name, concurrently }, context) => {
    // A partition's may have gone with that of its table.
    const ifThere = isPartition(tableOf(context.before, table)) ? 'IF EXISTS ' : '';
    const sql = `DROP INDEX ${concurrently === true ? 'CONCURRENTLY ' : ''}${ifThere}${besideTable(table, name)}`;
    return [statement(sql, context)];
  },

  renameIndex: ({ table, from, to }, context) => [
    statement(`ALTER INDEX ${besideTable(table, from)} RENAME TO ${quote.identifier(to)}`, context),
  ],
} satisfies Pick<Render, 'createIndex' | 'dropIndex' | 'renameIndex'>;
