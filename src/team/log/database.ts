import { canonicalJson } from '../../base/index.ts';
import type { Connection, Engine, ResultRow } from '../../contracts/index.ts';
import type { Recorded, TeamEvent } from '../protocol/index.ts';
import type { EventLog } from './log.ts';
import { logTable } from './tables.ts';

/** The log in the table that its migrations made, over a connection that nobody else uses. Lost connections are the caller's to replace. */
export function databaseLog(connection: Connection, { quote }: Engine): EventLog {
  const table = quote.identifier(logTable);
  const columns = ['seq', 'at', 'actor', 'kind', 'data', 'hash'].map(quote.identifier).join(', ');
  return {
    read: async (after, most) => {
      const { rows } = await connection.query(`SELECT ${columns} FROM ${table} WHERE seq > ${after} ORDER BY seq LIMIT ${most}`);
      return rows.map(toRecord);
    },
    append: async (records) => {
      const values = records.map(({ seq, at, actor, event, hash }) => {
        const { kind, ...data } = event;
        return `(${seq}, ${[at, actor, kind, canonicalJson(data), hash].map(quote.literal).join(', ')})`;
      });
      // One statement is one transaction, and the numbers are the key: of two who write at once, one is refused.
      await connection.query(`INSERT INTO ${table} (${columns}) VALUES ${values.join(', ')}`);
    },
  };
}

function toRecord(row: ResultRow): Recorded {
  const text = (name: string): string => String(row[name]);
  const data = JSON.parse(text('data')) as Omit<TeamEvent, 'kind'>;
  return {
    seq: Number(row['seq']),
    at: text('at'),
    actor: text('actor'),
    event: { kind: text('kind'), ...data } as TeamEvent,
    hash: text('hash'),
  };
}
