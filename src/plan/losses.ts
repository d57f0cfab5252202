import type { Loss, Statement } from '../contracts/index.ts';
import { formatName, type Key, tableKey } from '../schema/index.ts';

/**
 * What a list of statements may destroy of what was there before the list began: losses of tables that an earlier statement made do
 * not count. Each loss once.
 */
export function possibleLosses(statements: readonly Statement[]): readonly Loss[] {
  const made = new Set<Key>();
  const losses = new Map<string, Loss>();
  for (const statement of statements) {
    for (const risk of statement.risks) {
      if (risk.kind !== 'loses' || made.has(tableKey(risk.loss.table))) continue;
      if (risk.loss.column !== undefined && made.has(columnKey(risk.loss))) continue;
      losses.set(formatLoss(risk.loss), risk.loss);
    }
    for (const effect of statement.effects) if (effect.sign === '+' && effect.key !== undefined) made.add(effect.key);
  }
  return [...losses.values()];
}

function columnKey(loss: Loss): Key {
  return `column ${formatName(loss.table)}.${loss.column ?? ''}`;
}

/** `table coupons`, `column users.legacy`, `rows of users`, `values of users.name`. */
export function formatLoss(loss: Loss): string {
  const table = formatName(loss.table);
  switch (loss.what) {
    case 'table':
      return `table ${table}`;
    case 'column':
      return `column ${table}.${loss.column ?? ''}`;
    case 'rows':
      return `rows of ${table}`;
    case 'values':
      return loss.column === undefined ? `values of ${table}` : `values of ${table}.${loss.column}`;
  }
}
