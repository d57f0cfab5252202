import { type Render, type RenderContext, type Rendered, type Server, unsupported } from '../../../contracts/index.ts';
import type { Of, Table } from '../../../schema/index.ts';
import { quote } from '../quote.ts';
import { isText } from '../types.ts';
import { carriedText, columnText, createTableText } from './definition.ts';
import { tableOptions } from './options.ts';
import { allOf, alter, isRefused, known, type Piece, statement } from './parts.ts';

type TableKinds = 'createTable' | 'dropTable' | 'renameTable' | 'alterTable';

export const renderTable = {
  createTable: ({ table }, { server }) => {
    const text = createTableText(table, server);
    return typeof text === 'string' ? [statement(text, server)] : text;
  },

  dropTable: ({ table }, { server }) => [statement(`DROP TABLE ${quote.name(table)}`, server)],

  renameTable: ({ from, to }, { server }) => [statement(`RENAME TABLE ${quote.name(from)} TO ${quote.name(to)}`, server)],

  alterTable: (change, context) => {
    const { table, options } = change;
    const { server } = context;
    const { partitionBy, systemVersioning, period, ...plain } = options;
    if (period !== undefined) return unsupported('a period cannot be changed with other options', 'write the ALTER TABLE in SQL');
    const texts = allOf(Object.entries(splitCharset(plain)).map(([, group]) => tableOptions(group, server)));
    if (isRefused(texts)) return texts;
    const columns = 'collation' in options || 'charset' in options ? followingColumns(change, context) : [];
    if (isRefused(columns)) return columns;
    const clauses = [
      ...texts.filter((text) => text !== ''),
      ...columns,
      ...versioningClause(systemVersioning),
      ...(partitionBy === null ? ['REMOVE PARTITIONING'] : []),
    ];
    // Partitions stand behind everything else and without a comma.
    const partitions = typeof partitionBy === 'string' ? `PARTITION BY ${partitionBy}` : '';
    if (clauses.length === 0 && partitions === '') return [];
    return [statement([alter(table, clauses), partitions].filter((part) => part !== '').join(' '), server)];
  },
} satisfies Pick<Render, TableKinds>;

type Options = Of<'alterTable'>['options'];

/** Each option is a clause of its own, but character set and collation belong together. */
function splitCharset(options: Options): Readonly<Record<string, Options>> {
  const groups: Record<string, Record<string, Options[string]>> = {};
  for (const [name, value] of Object.entries(options)) {
    const group = name === 'charset' || name === 'collation' ? 'charset' : name;
    groups[group] = { ...groups[group], [name]: value };
  }
  return groups;
}

function versioningClause(value: Options[string] | undefined): readonly string[] {
  if (value === undefined) return [];
  return [value === true ? 'ADD SYSTEM VERSIONING' : 'DROP SYSTEM VERSIONING'];
}

/**
 * Columns without a collation of their own have that of the table, so they follow it. The server by itself would leave them as they
 * are, and CONVERT TO would also change those that have one of their own, and make TEXT into MEDIUMTEXT.
 */
function followingColumns(change: Of<'alterTable'>, context: RenderContext): readonly string[] | Exclude<Rendered, readonly unknown[]> {
  const table = known(change.table, context, 'columns follow the collation of their table');
  if ('deferred' in table) return table;
  if (table.options['collation'] !== undefined && change.options['collation'] === undefined) {
    return unsupported(
      `the table has the collation ${String(table.options['collation'])}`,
      'give `collation`: it brings its character set along',
    );
  }
  return allOf(followers(table, context.server));
}

function followers(table: Table, server: Server): readonly Piece[] {
  return table.columns
    .filter((column) => isText(column.type) && column.collation === undefined && column.extras?.['charset'] === undefined)
    .map((column) => carriedText(column, {}, server) ?? columnText(column, server))
    .map((text) => (typeof text === 'string' ? `MODIFY COLUMN ${text}` : text));
}
