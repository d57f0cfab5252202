import type { Risk } from '../../contracts/index.ts';

/** A risk in words. */
export function formatRisk(risk: Risk): string {
  switch (risk.kind) {
    case 'loses':
      return `loses ${risk.loss.what} of ${risk.loss.table.name}`;
    case 'rewrites':
      return `rewrites table ${risk.table.name}`;
    case 'scans':
      return `reads all of table ${risk.table.name}`;
    case 'mayFail':
      return `may fail: ${risk.why}`;
  }
}
