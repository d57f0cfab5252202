import { type Deferred, type RenderContext, type Statement, type Traits, type Unsupported, unsupported } from '../../../contracts/index.ts';
import { apply, type Change, formatName, isAbsent, type QualifiedName, type Table, tableKey, tableOf } from '../../../schema/index.ts';
import { classify } from '../classify.ts';
import { local } from '../quote.ts';

/** A statement with the traits that its text shows, and what is known better because it was rendered. */
export function statement(sql: string, context: RenderContext, better: Partial<Traits> = {}): Statement {
  return { ...classify(sql, context.server), ...better, sql };
}

/** Whether something is no table but the reason why there is none to work with. */
export function isReason(result: Table | Deferred | Unsupported): result is Deferred | Unsupported {
  return 'deferred' in result || 'unsupported' in result;
}

/** The table that a change meets; when it is not known yet the change waits for its turn. */
export function knownTable(context: RenderContext, name: QualifiedName): Table | Deferred | Unsupported {
  const table = tableOf(context.before, local(name));
  if (table !== undefined) return table;
  return isAbsent(context.before, tableKey(local(name)))
    ? unsupported(`there is no table "${formatName(name)}"`, 'create it first')
    : { deferred: `the structure of table "${formatName(name)}"` };
}

/** How the table looks after a change, as the model says. */
export function tableAfter(context: RenderContext, change: Change, name: QualifiedName): Table | Deferred | Unsupported {
  const after = apply(context.before, change);
  if ('refused' in after) return unsupported(after.refused, 'correct the change');
  return tableOf(after, local(name)) ?? { deferred: `the structure of table "${formatName(name)}"` };
}
