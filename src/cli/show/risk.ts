import type { Risk } from '../../contracts/index.ts';

/** A risk in words. */
export function formatRisk(risk: Risk): string {
  switch (risk.kind) {
    case 'loses': {
      const { what, table, column } = risk.loss;
      const where = column === undefined ? table.name : `${table.name}.${column}`;
      return what === 'table' || what === 'column' ? `LOSES ${what} ${where} with what it holds` : `LOSES ${what} of ${where}`;
    }
    case 'rewrites':
      return `rewrites table ${risk.table.name}`;
    case 'rewritesHistory':
      return `changes what table ${risk.table.name} keeps of its past, too`;
    case 'scans':
      return `reads all of table ${risk.table.name}`;
    case 'mayFail':
      return `may fail: ${risk.why}`;
  }
}
