import { byText } from '../../base/index.ts';
import { formatName, parseName, type QualifiedName, type Schema, type Table, tableKey, writeTypeParts } from '../../schema/index.ts';
import type { SchemaReader, SeenColumn, SeenTable } from './migration.ts';

/** The tables that must be known, or all of them, and what is made of them; the answer fits into JSON. */
export type Look = <T>(tables: readonly QualifiedName[] | 'all', answer: (schema: Schema) => T) => Promise<T>;

/** The questions that a migration may ask of the structure. */
export function schemaReader(look: Look): SchemaReader {
  const ofTable = <T>(table: string, answer: (found: Table | undefined) => T): Promise<T> => {
    const name = parseName(table);
    return look([name], (schema) => answer(tableIn(schema, name)));
  };
  return {
    hasTable: (table) => ofTable(table, (found) => found !== undefined),
    hasColumn: (table, column) => ofTable(table, (found) => found?.columns.some(({ name }) => name === column) === true),
    hasIndex: (table, index) => ofTable(table, (found) => found?.indexes.some(({ name }) => name === index) === true),
    table: async (table) => (await ofTable(table, (found) => (found === undefined ? null : seen(found)))) ?? undefined,
    tables: () =>
      look('all', ({ objects }) =>
        [...objects.values()].flatMap((object) => (object.kind === 'table' ? [formatName(object.name)] : [])).sort(byText),
      ),
  };
}

function tableIn({ objects }: Schema, name: QualifiedName): Table | undefined {
  const found = objects.get(tableKey(name));
  return found?.kind === 'table' ? found : undefined;
}

function seen({ name, columns, constraints, indexes }: Table): SeenTable {
  const key = constraints.find((constraint) => constraint.kind === 'primaryKey');
  return {
    name: formatName(name),
    columns: columns.map((column) => ({ name: column.name, nullable: column.nullable, ...writeTypeParts(column.type) }) as SeenColumn),
    primaryKey: key === undefined ? [] : key.columns,
    indexes: indexes.map((index) => index.name),
    constraints: constraints.flatMap((constraint) => (constraint.name === undefined ? [] : [constraint.name])),
  };
}
