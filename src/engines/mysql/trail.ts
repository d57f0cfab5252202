import type { GuardTexts, SeenStatement, Server } from '../../contracts/index.ts';
import { classify } from './classify.ts';
import { quote } from './quote.ts';

/**
 * The binary log, which holds every structural statement as it was sent. Reading it needs REPLICATION SLAVE, or BINLOG MONITOR in MariaDB.
 * https://mariadb.com/kb/en/show-binlog-events/
 */
export const trail: NonNullable<GuardTexts['trail']> = {
  *position() {
    const { rows } = yield { sql: 'SHOW MASTER STATUS' };
    const [row] = rows;
    return row === undefined ? undefined : `${String(row['File'])}:${String(row['Position'])}`;
  },
  *since(position, server) {
    const [, first = '', at = '4'] = /^(.*):(\d+)$/.exec(position) ?? [];
    const { rows: files } = yield { sql: 'SHOW BINARY LOGS' };
    const names = files.map((row) => String(row['Log_name']));
    const seen: SeenStatement[] = [];
    for (const name of names.slice(Math.max(0, names.indexOf(first)))) {
      const from = name === first ? ` FROM ${at}` : '';
      const { rows } = yield { sql: `SHOW BINLOG EVENTS IN ${quote.literal(name)}${from}` };
      for (const row of rows) {
        const found = row['Event_type'] === 'Query' ? structural(String(row['Info']), server) : undefined;
        if (found !== undefined) seen.push({ id: `${name}:${String(row['Pos'])}`, ...found });
      }
    }
    return seen;
  },
};

/** The statement of an event where it concerns the structure of this database, and none of our own tables. */
function structural(info: string, server: Server): Omit<SeenStatement, 'id'> | undefined {
  const [, database, sql = info] = /^use `((?:[^`]|``)*)`; (.*)$/s.exec(info) ?? [];
  if (database?.replaceAll('``', '`') !== server.database) return undefined;
  const text = sql.replace(/\/\*.*?\*\/\s*$/s, '').trim();
  const { family, effects } = classify(text, server);
  if (family !== 'structure' || effects.some((effect) => effect.text.includes('lockstep_'))) return undefined;
  return { kind: text.split(/\s+/).slice(0, 2).join(' ').toUpperCase(), text, objects: effects.map((effect) => effect.text) };
}
