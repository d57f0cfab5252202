import type { ResultRow } from '../../contracts/index.ts';
import type { Name, TableOptions } from '../../schema/index.ts';
import type { Catalogue } from './catalogue.ts';
import { field, optional } from './rows.ts';

/** Options of a table that are not what the server and the database give by themselves. */
export function readOptions(table: ResultRow, defaults: Catalogue['defaults']): TableOptions {
  const options: Record<string, string | number | boolean> = {};
  const engine = field(table, 'engine');
  const collation = optional(table, 'collation');
  if (engine !== '' && engine.toLowerCase() !== defaults.engine.toLowerCase()) options['engine'] = engine;
  if (collation !== undefined && collation !== defaults.collations.get(field(table, 'db'))) options['collation'] = collation;
  for (const match of field(table, 'options').matchAll(/[`"]?(\w+)[`"]?=(?:'((?:[^']|'')*)'|"([^"]*)"|(\S+))/g)) {
    const [, name = '', single, double, bare] = match;
    const value = single?.replaceAll("''", "'") ?? double ?? bare ?? '';
    options[name.toLowerCase()] = /^\d{1,15}$/.test(value) ? Number(value) : value;
  }
  if (table['type'] === 'SYSTEM VERSIONED') options['systemVersioning'] = true;
  return options;
}

/** What only SHOW CREATE TABLE tells. */
export interface SpecialTable {
  readonly options: TableOptions;
  /** Names of periods, which also show as checks. */
  readonly periods: ReadonlySet<Name>;
  /** The period of each key that has one, and how many columns stand before it, by the name of the key. */
  readonly withoutOverlaps: ReadonlyMap<Name, { readonly period: Name; readonly columns: number }>;
}

/** Reads partitions and periods: https://mariadb.com/kb/en/temporal-tables/ */
export function readSpecial(row: ResultRow | undefined): SpecialTable {
  const text = row === undefined ? '' : field(row, 'sql');
  const periods = [...text.matchAll(/^ {2}PERIOD FOR (.+?),?$/gm)].map((match) => match[1] ?? '');
  const partitions = /\n(?: |\/\*!\d+ )PARTITION BY ([\s\S]+?)(?: \*\/)?$/.exec(text)?.[1];
  return {
    options: {
      ...(periods.length === 0 ? {} : { period: periods.join(', PERIOD FOR ') }),
      ...(partitions === undefined ? {} : { partitionBy: partitions }),
    },
    periods: new Set(periods.map((period) => /^`((?:[^`]|``)+)`/.exec(period)?.[1] ?? '')),
    withoutOverlaps: new Map(
      [...text.matchAll(/^ {2}(?:PRIMARY KEY|UNIQUE KEY `([^`]+)`) \((.*)`([^`]+)` WITHOUT OVERLAPS\)/gm)].map(
        ([, name = 'PRIMARY', before = '', period = '']) => [name, { period, columns: before.split('`,').length - 1 }],
      ),
    ),
  };
}
