import type { Server } from '../../src/contracts/index.ts';
import { classify } from '../../src/engines/postgres/classify.ts';
import { formatName } from '../../src/schema/index.ts';

/** A server that has nothing but a namespace. */
export const server = { namespace: 'public', features: {} } as unknown as Server;

/** The traits in one line: family, lock, effects with their keys, risks, touches, and what to do after a crash. */
export function tell(sql: string): string {
  const { family, transactional, lock, effects, risks, touches, afterCrash } = classify(sql, server);
  const shownRisks = risks.map((risk) => {
    if (risk.kind === 'mayFail') return 'may fail';
    if (risk.kind !== 'loses') return `${risk.kind} ${formatName(risk.table)}`;
    const { what, table, column, cascade } = risk.loss;
    return `loses ${what} ${formatName(table)}${column === undefined ? '' : `.${column}`}${cascade === true ? ' and on' : ''}`;
  });
  const shownEffects = effects.map(({ sign, text, key }) => `${sign} ${text}${key === undefined ? '' : ` [${key}]`}`);
  return [
    `${family}${transactional ? '' : ' alone'}`,
    lock.name,
    shownEffects.join(', '),
    shownRisks.join(', '),
    touches.join(', '),
    afterCrash,
  ].join(' | ');
}

/** Statements of a table, each with its traits on the line below. */
export function pairsOf(table: string): readonly (readonly [sql: string, traits: string])[] {
  return [...table.matchAll(/^(\S.*)\n {2}(.*)$/gm)].map((match) => [match[1] ?? '', match[2] ?? ''] as const);
}
