import { Failure } from '../base/index.ts';
import { type Connection, DatabaseError } from '../contracts/index.ts';
import type { LockAttempt, LockOptions } from './lock-types.ts';
import type { Session } from './session.ts';

/** How long a lease holds without a heartbeat, and how often it beats, in seconds. */
const life = 30;
const beat = 8;

/**
 * A lock in a table: a row with an expiry that a heartbeat on a second connection moves on, and a token that grows with every holder.
 * A run whose lease was taken over fails at its next write, because its token is no longer that of the row.
 */
export async function acquireLease(session: Session, options: LockOptions): Promise<LockAttempt> {
  const { connection, engine, server } = session;
  const lease = engine.lease;
  if (lease === undefined) {
    throw new Failure('config.invalid', `"lock: 'lease'" does not fit ${server.title}, which keeps its run lock in a file`);
  }
  const schema = server.namespace;
  const table = engine.quote.name(schema === undefined ? { name: 'lockstep_lock' } : { schema, name: 'lockstep_lock' });
  const name = engine.quote.literal('run');
  const holder = engine.quote.literal(options.holder);
  const tolerated = (sql: string): Promise<boolean> =>
    connection.query(sql).then(
      (result) => result.affected !== 0,
      (error: unknown) => {
        if (error instanceof DatabaseError && engine.errorKind(error) === 'exists') return false;
        throw error;
      },
    );
  await tolerated(
    `CREATE TABLE IF NOT EXISTS ${table} (name varchar(40) NOT NULL PRIMARY KEY, holder varchar(255) NOT NULL, token bigint NOT NULL, expires double precision NOT NULL)`,
  );
  const taken =
    (await tolerated(
      `UPDATE ${table} SET holder = ${holder}, token = token + 1, expires = ${lease.epoch} + ${life} WHERE name = ${name} AND expires < ${lease.epoch}`,
    )) || (await tolerated(`INSERT INTO ${table} (name, holder, token, expires) VALUES (${name}, ${holder}, 1, ${lease.epoch} + ${life})`));
  const [row] = (await connection.query(`SELECT holder, token FROM ${table} WHERE name = ${name}`)).rows;
  if (!taken) return { holder: row === undefined ? 'a run that has just ended' : String(row['holder']) };
  const token = String(row?.['token']);
  const mine = `name = ${name} AND token = ${token}`;
  const stop = await startHeartbeat(session, `UPDATE ${table} SET expires = ${lease.epoch} + ${life} WHERE ${mine}`);
  return {
    lock: {
      assert: { sql: lease.assert(table, name, token), lostCode: lease.lostCode },
      lease: true,
      release: async () => {
        await stop();
        await connection.query(`UPDATE ${table} SET expires = 0 WHERE ${mine}`).catch((error: unknown) => {
          if (!(error instanceof DatabaseError)) throw error;
        });
      },
    },
  };
}

async function startHeartbeat(session: Session, sql: string): Promise<() => Promise<void>> {
  const second: Connection | undefined = await session.another?.();
  if (second === undefined) return () => Promise.resolve();
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    // A missed beat is no error yet: the lease holds for several, and the assertion before each write decides.
    running = second.query(sql).catch(() => undefined);
  }, beat * 1000);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
    await second.close().catch(() => undefined);
  };
}
