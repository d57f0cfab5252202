import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../src/base/index.ts';
import { sqlite } from '../../src/engines/sqlite/index.ts';
import { type Column, emptySchema, schemaOf, type Table, unknownSchema } from '../../src/schema/index.ts';
import { change } from '../support/arbitrary-change.ts';
import { table } from '../support/arbitrary-table.ts';
import { name, text } from '../support/arbitrary-value.ts';
import { rounds } from '../support/effort.ts';
import { memory, renderOn, statementsOf } from './sqlite-support.ts';

test('any change at all gives statements, a reason, or what is missing, whatever its names and texts are', async () => {
  const { server } = await memory();
  fc.assert(
    fc.property(change, table, fc.nat(2), (any, known, which) => {
      if (any.kind === 'sql') return;
      const before = [emptySchema, unknownSchema, schemaOf([known])][which] ?? emptySchema;
      const subject = which === 2 && 'table' in any && any.kind !== 'createTable' ? { ...any, table: known.name } : any;
      try {
        const result = renderOn(server, before, subject as typeof any);
        if ('unsupported' in result) expect(result.instead).not.toBe('');
        else if (!('deferred' in result)) for (const statement of result) expect(statement.afterCrash).toMatch(/^(repeat|probe|ask)$/);
      } catch (error) {
        // What no database can hold: NUL, half a character, NaN.
        if (!(error instanceof Failure)) throw error;
      }
    }),
    { numRuns: rounds(1500, 30_000) },
  );
});

const possible = (one: string): boolean => !/\0|[\ud800-\udfff]/.test(one) && !/^sqlite_/i.test(one);
const safe = name.filter(possible);

test('names and texts of every kind are written and read back as they are', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(safe, { minLength: 2, maxLength: 4, selector: (one) => one.toLowerCase() }),
      fc.array(
        text.filter((one) => !/\0|[\ud800-\udfff]/.test(one)),
        { minLength: 2, maxLength: 4 },
      ),
      fc.uniqueArray(safe, { minLength: 4, maxLength: 4, selector: (one) => one.toLowerCase() }),
      async (columns, values, [own = 'a', unique = 'b', check = 'c', index = 'd']) => {
        const [first = '', second = ''] = columns;
        const one: Table = {
          kind: 'table',
          name: { name: own },
          columns: [
            ...columns.map(
              (column, i): Column => ({ name: column, type: { kind: 'text' }, nullable: true, default: { value: values[i] ?? null } }),
            ),
            { name: `${columns.join('')} `, type: { kind: 'enum', values: [...new Set(values)] }, nullable: true },
          ],
          constraints: [
            { kind: 'unique', name: unique, columns: [second, first] },
            { kind: 'check', name: check, sql: `1 <> ${sqlite.quote.literal(values[0] ?? '')}` },
            { kind: 'foreignKey', columns: [first], references: { table: { name: own }, columns: [second] } },
          ],
          indexes: [{ name: index, parts: [{ column: first }], where: `1 = ${sqlite.quote.literal(values[1] ?? '')}` }],
          options: {},
        };
        const database = await memory();
        for (const { sql } of statementsOf(renderOn(database.server, emptySchema, { kind: 'createTable', table: one }))) {
          await database.connection.query(sql);
        }
        expect([...(await database.schema()).objects.values()]).toEqual([one]);
        await database.connection.close();
      },
    ),
    { numRuns: rounds(300, 5000) },
  );
});
