import type { Server } from '../../src/contracts/index.ts';
import { classify } from '../../src/engines/mysql/classify.ts';
import { describeServer } from '../../src/engines/mysql/flavours.ts';

export const row = {
  db: 'shop',
  user: 'ada',
  session: 7,
  explicit_timestamps: '1',
  sql_mode: 'STRICT_TRANS_TABLES',
  lower_case: 0,
  read_only: 0,
};
export const mariadb: Server = {
  ...describeServer({ ...row, version: '10.11.18-MariaDB' }),
  unsafeTables: new Set(['table log', 'table audit.events']),
};
export const mysql8 = describeServer({ ...row, version: '8.0.36' });

/** What a statement comes down to, in one line each. */
export function story(sql: string, server = mariadb): Readonly<Record<string, unknown>> {
  const { family, transactional, lock, risks, effects, touches, afterCrash } = classify(sql, server);
  return {
    is: `${family}, ${transactional ? 'transactional' : 'commits'}, ${afterCrash}, blocks ${lock.blocks}`,
    risks: risks.map((risk) =>
      risk.kind === 'loses'
        ? `loses ${risk.loss.what} ${[risk.loss.table.schema, risk.loss.table.name, risk.loss.column].filter((part) => part !== undefined).join('.')}`
        : risk.kind,
    ),
    effects: effects.map((effect) => `${effect.sign} ${effect.text}`),
    touches,
  };
}

export interface Expected {
  readonly is: string;
  readonly risks?: readonly string[];
  readonly effects?: readonly string[];
  readonly touches?: readonly string[];
}

/** What was left out is nothing. */
export const normal = (expected: Expected): Readonly<Record<string, unknown>> => ({ risks: [], effects: [], touches: [], ...expected });
