import { byText } from '../../base/index.ts';
import type { Inquiry, ResultRow, Server } from '../../contracts/index.ts';
import { readCatalogue, readParameters } from './catalogue.ts';

/**
 * The whole structure in the catalogue's own words, one line for each column, index part, key, routine and so on, in an order that
 * does not depend on how it came about. Where a column stands among the others, and how far counters have counted, is left out.
 */
export function* fingerprint(server: Server): Inquiry<string> {
  const { defaults, ...found } = yield* readCatalogue(server);
  const catalogue = { ...found, parameters: yield* readParameters(server) };
  const lines = [`collation ${defaults.collations.get(server.database) ?? ''}`];
  for (const [kind, rows] of Object.entries(catalogue)) {
    const withoutPlace = kind === 'columns';
    for (const row of rows) lines.push(`${kind} ${lineOf(withoutPlace ? { ...row, at: null } : row)}`);
  }
  return lines.sort(byText).join('\n');
}

function lineOf(row: ResultRow): string {
  return JSON.stringify(Object.entries(row).map(([column, value]) => [column, value === null ? null : tidy(column, String(value))]));
}

/** SHOW CREATE TABLE tells columns in their order, and the next number. Only what the other rows do not tell is taken from it. */
function tidy(column: string, value: string): string {
  if (column !== 'sql') return value;
  return value
    .split('\n')
    .filter((line) => /PERIOD FOR|WITHOUT OVERLAPS|PARTITION|SYSTEM VERSIONING/.test(line))
    .map((line) => line.replace(/ AUTO_INCREMENT=\d+/, ''))
    .join('\n');
}
