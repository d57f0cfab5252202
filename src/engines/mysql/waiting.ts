import type { Query } from '../../contracts/index.ts';
import type { Key } from '../../schema/index.ts';
import { keyParts } from './keys.ts';
import { nameLiteral } from './quote.ts';

/*
 * These texts must fit every server without asking it first. Code between `/*M!` and its end is read by MariaDB alone, code between
 * `/*!80001` and its end by MySQL 8 alone: https://mariadb.com/kb/en/comment-syntax/
 */

/** How a session is told of, with the moment its transaction began. */
const told = `p.ID AS session, p.USER AS user, p.HOST AS host, CONCAT_WS(', ', p.COMMAND, NULLIF(p.STATE, '')) AS state,
  DATE_FORMAT(UTC_TIMESTAMP() - INTERVAL TIMESTAMPDIFF(SECOND, t.trx_started, NOW()) SECOND, '%Y-%m-%dT%H:%i:%sZ') AS since, p.INFO AS query`;

/** Sessions with an open transaction that waits for nobody. Needs the right PROCESS. */
const open = `information_schema.INNODB_TRX t JOIN information_schema.PROCESSLIST p ON p.ID = t.trx_mysql_thread_id`;

/**
 * Who stands in the way of a session: for a wait on rows those whose rows it wants, for a wait on metadata everybody whose transaction
 * is open, the oldest first, because no catalogue tells more.
 */
export function blockers(session: string): Query {
  const own = String(Number(session));
  const waits = `(SELECT COUNT(*) FROM information_schema.PROCESSLIST w WHERE w.ID = ${own} AND w.STATE LIKE 'Waiting for%lock%') > 0`;
  return {
    sql: `SELECT ${told} FROM ${open} WHERE p.ID <> ${own} AND ((t.trx_state <> 'LOCK WAIT' AND ${waits})
      /*M! OR t.trx_id IN (SELECT w.blocking_trx_id FROM information_schema.INNODB_LOCK_WAITS w
        JOIN information_schema.INNODB_TRX r ON r.trx_id = w.requesting_trx_id WHERE r.trx_mysql_thread_id = ${own}) */
      /*!80001 OR t.trx_id IN (SELECT w.BLOCKING_ENGINE_TRANSACTION_ID FROM performance_schema.data_lock_waits w
        JOIN information_schema.INNODB_TRX r ON r.trx_id = w.REQUESTING_ENGINE_TRANSACTION_ID WHERE r.trx_mysql_thread_id = ${own}) */
      ) ORDER BY t.trx_started`,
  };
}

/** Sessions of these objects' databases whose transactions are open now: one of them was in the way of a statement that has given up. */
export function holders(touches: readonly Key[]): Query {
  const named = touches.map((key) => keyParts(key).schema).filter((schema) => schema !== undefined);
  const databases = ['DATABASE()', ...new Set(named.map(nameLiteral))].join(', ');
  return {
    sql: `SELECT ${told}, 'open transaction' AS \`lock\` FROM ${open}
      WHERE p.ID <> CONNECTION_ID() AND t.trx_state <> 'LOCK WAIT' AND COALESCE(p.DB, DATABASE()) IN (${databases}) ORDER BY t.trx_started`,
  };
}

/** How far a long statement is. MariaDB counts stages with a share of each, MySQL units of work where a stage has them. */
export function progress(session: string): Query {
  const own = String(Number(session));
  return {
    sql: `SELECT /*M! (STAGE - 1) * 100 + PROGRESS AS done, MAX_STAGE * 100 AS total, STATE AS phase FROM information_schema.PROCESSLIST
        WHERE ID = ${own} AND MAX_STAGE > 0 */
      /*!50700 e.WORK_COMPLETED AS done, e.WORK_ESTIMATED AS total, SUBSTRING_INDEX(e.EVENT_NAME, '/', -1) AS phase
        FROM performance_schema.events_stages_current e JOIN performance_schema.threads s ON s.THREAD_ID = e.THREAD_ID
        WHERE s.PROCESSLIST_ID = ${own} AND e.WORK_ESTIMATED > 0 */`,
  };
}
