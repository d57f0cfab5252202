import type { HistoryTexts, Inquiry, LeaseTexts, LockTexts, Server, SessionTexts } from '../../contracts/index.ts';
import { has } from './flavours.ts';
import { quote } from './quote.ts';

const text = 'LONGTEXT NULL';
const short = 'VARCHAR(255) NULL';
const moment = 'VARCHAR(40) NULL';
const tail = 'ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** The present moment; SYSDATE, which no SET timestamp can move, is in local time. */
const present = "CONCAT(LEFT(DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')";
const started = '@lockstep_started';

/**
 * The tables of the history. An update that gives only some columns is written as an insert too, and a strict sql_mode asks for every
 * column without a default before it looks whether the row is there: so each has one.
 */
export const history: HistoryTexts = {
  create: ({ history: table, log }) => [
    `CREATE TABLE IF NOT EXISTS ${log} (
      seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, at VARCHAR(40) NOT NULL, event VARCHAR(40) NOT NULL, migration ${short},
      run ${short}, by_user ${short}, host ${short}, detail ${text}
    ) ${tail}`,
    `CREATE TABLE IF NOT EXISTS ${table} (
      id VARCHAR(255) NOT NULL PRIMARY KEY,
      module VARCHAR(255) NOT NULL DEFAULT '', version VARCHAR(255) NOT NULL DEFAULT '', name VARCHAR(255) NOT NULL DEFAULT '',
      state VARCHAR(20) NOT NULL DEFAULT '', checksum ${short}, down_checksum ${short}, text_hash ${short}, file VARCHAR(1024) NULL, format ${short},
      started_at ${moment}, finished_at ${moment}, milliseconds BIGINT NULL, run ${short}, by_user ${short}, host ${short},
      error ${text}, reason ${text}, done INT NOT NULL DEFAULT 0, total INT NOT NULL DEFAULT 0, finished ${short}, intent ${text}, probe ${text},
      direction VARCHAR(10) NULL, text ${text}, back ${text}, rendered ${text}, kind ${short}, fixture_set ${short}
    ) ${tail}`,
  ],
  columns: (table) =>
    `SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ${quote.literal(table.schema)} AND TABLE_NAME = ${quote.literal(table.name)}`,
  shortText: short,
  now: present,
  elapsed: () => `GREATEST(0, COALESCE(TIMESTAMPDIFF(MICROSECOND, ${started}, UTC_TIMESTAMP(6)) DIV 1000, 0))`,
  startClock: ({ agoMs }) => `SET ${started} = UTC_TIMESTAMP(6) - INTERVAL ${Math.round(agoMs * 1000)} MICROSECOND`,
  upsert: (table, id, columns) => {
    const names = Object.keys(columns);
    const set = names.map((column) => `${column} = VALUES(${column})`).join(', ');
    return `INSERT INTO ${table} (${['id', ...names].join(', ')}) VALUES (${[id, ...Object.values(columns)].join(', ')}) ON DUPLICATE KEY UPDATE ${set}`;
  },
};

/** What the client library and the server have agreed on, and the role that the session begins with, where there are roles. */
const remembered = [
  '@lockstep_client = @@character_set_client',
  '@lockstep_connection = @@collation_connection',
  '@lockstep_results = @@character_set_results',
  '@lockstep_mode = @@session.sql_mode',
  '@lockstep_role = NULL',
].join(', ');
const rememberedRole = '/*M! , @lockstep_role = CURRENT_ROLE() */ /*!80000 , @lockstep_role = CURRENT_ROLE() */';

/** Variables that a script may set and that the next must not see. None of them needs a right. */
const resettable: readonly string[] = [
  'foreign_key_checks',
  'unique_checks',
  'time_zone',
  'lc_time_names',
  'group_concat_max_len',
  'sql_notes',
  'sql_warnings',
  'sql_auto_is_null',
  'sql_safe_updates',
  'sql_select_limit',
  'sql_big_selects',
  'max_join_size',
  'default_storage_engine',
  'innodb_lock_wait_timeout',
  'lock_wait_timeout',
  'max_error_count',
  'old_alter_table',
  'div_precision_increment',
];

export const session: SessionTexts = {
  begin: 'START TRANSACTION',
  snapshot: undefined,
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  // The character sets and the sql_mode are those that the client library has agreed on with the server; a script's are taken back to them.
  start: [`SET autocommit = 1, ${remembered} ${rememberedRole}`],
  // Whole seconds, at least one. The first is for metadata, the second for rows.
  lockTimeout: (milliseconds) => {
    const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
    return `SET SESSION lock_wait_timeout = ${seconds}, innodb_lock_wait_timeout = ${seconds}`;
  },
  remember,
  reset,
};

/** The settings of the session as they are, each as a text, so that no library rounds it. */
function* remember(server: Server): Inquiry<readonly string[]> {
  const names = [
    'autocommit',
    ...variablesOf(server),
    'sql_mode',
    'character_set_client',
    'character_set_connection',
    'collation_connection',
    'character_set_results',
  ];
  const columns = names.map((name) => `CAST(@@SESSION.${name} AS CHAR) AS ${name}`);
  const withRoles = has(server, 'mariadb') || has(server, 'roles');
  const { rows } = yield { sql: `SELECT ${[...columns, 'DATABASE() AS db', ...(withRoles ? ['CURRENT_ROLE() AS role'] : [])].join(', ')}` };
  const [row = {}] = rows;
  const literal = (value: unknown): string => {
    if (value === null || value === undefined) return 'NULL';
    return /^\d+(\.\d+)?$/.test(String(value)) ? String(value) : quote.literal(String(value));
  };
  const { db, role } = row;
  const roleText = typeof role !== 'string' ? 'NONE' : has(server, 'mariadb') ? quote.identifier(role) : role;
  return [
    'UNLOCK TABLES',
    `SET ${names.map((name) => `SESSION ${name} = ${literal(row[name])}`).join(', ')}`,
    ...(withRoles ? [`SET ROLE ${roleText}`] : []),
    ...(typeof db === 'string' ? [`USE ${quote.identifier(db)}`] : []),
  ];
}

function variablesOf(server: Server): readonly string[] {
  const isolation = has(server, 'transactionIsolationVariable') ? 'transaction_isolation' : 'tx_isolation';
  return [...resettable, isolation, ...(has(server, 'mariadb') ? ['check_constraint_checks'] : [])];
}

/**
 * Takes the session's settings back to those of the server; lockTimeout must be sent again behind it. Temporary tables, prepared
 * statements and variables of the user stay: there is no list of them. What needs a right is touched only where it was changed.
 */
function reset(server: Server): readonly string[] {
  return [
    'UNLOCK TABLES',
    `SET ${[
      'autocommit = 1',
      ...variablesOf(server).map((name) => `SESSION ${name} = DEFAULT`),
      'SESSION sql_mode = COALESCE(@lockstep_mode, @@global.sql_mode)',
      'character_set_client = COALESCE(@lockstep_client, @@character_set_client)',
      'collation_connection = COALESCE(@lockstep_connection, @@collation_connection)',
      'character_set_results = @lockstep_results',
    ].join(', ')}`,
    ...restricted(server),
    ...(server.database === '' ? [] : [`USE ${quote.identifier(server.database)}`]),
  ];
}

const logging = '@@session.sql_log_bin = 0';
const moved = 'ABS(@@timestamp - UNIX_TIMESTAMP(SYSDATE())) > 2';

/** What may be set with a right only is set back where it was changed, and left alone elsewhere. */
function restricted(server: Server): readonly string[] {
  if (has(server, 'mariadb')) {
    const role = "COALESCE(CONCAT('`', REPLACE(@lockstep_role, '`', '``'), '`'), 'NONE')";
    return [
      `BEGIN NOT ATOMIC
        IF ${logging} THEN EXECUTE IMMEDIATE 'SET SESSION sql_log_bin = 1'; END IF;
        IF ${moved} THEN EXECUTE IMMEDIATE 'SET SESSION timestamp = DEFAULT'; END IF;
        IF NOT (CURRENT_ROLE() <=> @lockstep_role) THEN EXECUTE IMMEDIATE CONCAT('SET ROLE ', ${role}); END IF;
      END`,
    ];
  }
  const settings = `CONCAT('SET @lockstep_reset = NULL', IF(${logging}, ', SESSION sql_log_bin = 1', ''), IF(${moved}, ', SESSION timestamp = DEFAULT', ''))`;
  const role = "IF(CURRENT_ROLE() <=> @lockstep_role, 'DO 0', CONCAT('SET ROLE ', @lockstep_role))";
  return [...prepared(settings), ...(has(server, 'roles') ? prepared(role) : [])];
}

/** Runs the statement that an expression gives. */
function prepared(expression: string): readonly string[] {
  return [
    `SET @lockstep_reset = ${expression}`,
    'PREPARE lockstep_reset FROM @lockstep_reset',
    'EXECUTE lockstep_reset',
    'DEALLOCATE PREPARE lockstep_reset',
  ];
}

/** What a number that is too large ends in: how an assertion fails. */
const lostCode = 'ER_DATA_OUT_OF_RANGE';

/** The number of the session that holds a lock, or nothing. */
function heldBy(name: string): string {
  return `IS_USED_LOCK(${quote.literal(name)})`;
}

/** GET_LOCK, which the end of the connection lets go: https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html */
export const lock: LockTexts = {
  acquire: (name) => ({ sql: `SELECT GET_LOCK(${quote.literal(name)}, 0) AS locked` }),
  release: (name) => ({ sql: `SELECT RELEASE_LOCK(${quote.literal(name)}) AS released` }),
  // Since when it is at its present statement: the lock is held at least that long. Without the right PROCESS only the number is told.
  holder: (name) => ({
    sql: `SELECT l.id AS session, p.USER AS user, p.HOST AS host, NULL AS program,
      DATE_FORMAT(UTC_TIMESTAMP() - INTERVAL p.TIME SECOND, '%Y-%m-%dT%H:%i:%sZ') AS since
      FROM (SELECT ${heldBy(name)} AS id) l LEFT JOIN information_schema.PROCESSLIST p ON p.ID = l.id WHERE l.id IS NOT NULL`,
  }),
  assert: (name) => failsUnless(`${heldBy(name)} <=> CONNECTION_ID()`),
  lostCode,
};

/** For proxies and clusters, where a connection or a lock function does not mean one server. */
export const lease: LeaseTexts = {
  epoch: 'UNIX_TIMESTAMP(SYSDATE(6))',
  assert: (table, name, token) => failsUnless(`EXISTS (SELECT 1 FROM ${table} WHERE name = ${name} AND token = ${token} FOR UPDATE)`),
  lostCode,
};

/**
 * Fails unless the condition holds, in every sql_mode: https://dev.mysql.com/doc/refman/8.4/en/out-of-range-and-overflow.html
 * An expression without a subquery of its own, because making that costs more than all the rest. DO would swallow the error.
 */
function failsUnless(condition: string): string {
  return `SET @lockstep_assert = EXP(1000 * (NOT (${condition})))`;
}
