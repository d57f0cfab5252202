import type { Books, Engine, RenderContext, Server, Statement } from '../contracts/index.ts';
import { type Change, type Column, formatName, type Name, type QualifiedName, type Table, tableOf } from '../schema/index.ts';

/** The tables of the books by their plain names. */
const bookTables = ['lockstep_reference', 'lockstep_kept'] as const;

/** The books of a database: tables of Lockstep beside the data that they tell of. */
export function booksOf(engine: Engine, { namespace }: Server): Books {
  const quoted = (name: string): string => engine.quote.name(namespace === undefined ? { name } : { schema: namespace, name });
  return { names: quoted(bookTables[0]), kept: quoted(bookTables[1]) };
}

/** A statement that only writes the books: it loses nothing of the user's, and is no effect of a migration. */
export function bookStatement(sql: string): Statement {
  return {
    sql,
    family: 'rows',
    transactional: true,
    lock: { blocks: 'nothing', name: '' },
    risks: [],
    effects: [],
    touches: [],
    afterCrash: 'ask',
    books: true,
  };
}

/** What a statement of a kept way back does, the books left out of it. */
export function withoutBooks(statement: Statement): Statement {
  const names: readonly string[] = bookTables;
  const uses = names.some((name) => statement.sql.includes(name));
  if (!uses) return statement;
  const { risks, effects } = statement;
  return {
    ...statement,
    risks: risks.filter((risk) => risk.kind !== 'loses' || !names.includes(risk.loss.table.name)),
    effects: effects.filter(({ text }) => !names.some((name) => text.includes(name))),
    books: true,
  };
}

/** A table of a data step with its primary key. */
export interface Keyed {
  readonly table: Table;
  readonly key: readonly Column[];
}

/** The table with its primary key, or why it has none to work with. */
export function keyedTable({ before }: RenderContext, name: QualifiedName): Keyed | { readonly lacking: string } {
  const table = tableOf(before, name);
  if (table === undefined) return { lacking: `the structure of table "${formatName(name)}" is not known` };
  const columns = table.constraints.find((constraint) => constraint.kind === 'primaryKey')?.columns ?? [];
  const key = columns.flatMap((column) => table.columns.filter(({ name: own }) => own === column));
  return key.length === 0 ? { lacking: `table "${formatName(name)}" has no primary key` } : { table, key };
}

/** How the books write the name of a table: without the namespace that is meant anyway. */
export function bookName({ schema, name }: QualifiedName, { namespace }: Server): string {
  return formatName(schema === undefined || schema === namespace ? { name } : { schema, name });
}

/** A column of a table by its name. */
export function columnOf(table: Table, name: Name): Column | undefined {
  return table.columns.find((column) => column.name === name);
}

/** What becomes of the names of rows when their table gets another name or goes. */
export function namesWith(change: Change, engine: Engine, server: Server): readonly Statement[] {
  const { names } = booksOf(engine, server);
  const literal = (table: QualifiedName): string => engine.quote.literal(bookName(table, server));
  switch (change.kind) {
    case 'renameTable':
      return [bookStatement(`UPDATE ${names} SET table_name = ${literal(change.to)} WHERE table_name = ${literal(change.from)}`)];
    case 'dropTable':
      return [bookStatement(`DELETE FROM ${names} WHERE table_name = ${literal(change.table)}`)];
    default:
      return [];
  }
}
