import type { Loss, Risk, Statement } from '../contracts/index.ts';
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

/**
 * The risks of a statement beside losses, without those for tables that `made` holds, which had no rows before the list began. The
 * tables that the statement makes are added to it.
 */
export function risksBefore({ risks, effects }: Statement, made: Set<Key>): readonly Risk[] {
  const read = risks.flatMap((risk) => (risk.kind === 'scans' || risk.kind === 'rewrites' ? [risk.table] : []));
  const fresh = read.length > 0 && read.every((table) => made.has(tableKey(table)));
  for (const effect of effects) if (effect.sign === '+' && effect.key !== undefined) made.add(effect.key);
  return fresh ? risks.filter((risk) => risk.kind === 'loses') : risks;
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
