import { Failure } from '../base/index.ts';
import type { Beyond, Connection, Statement } from '../contracts/index.ts';
import type { Session } from '../runner/index.ts';
import { isServed } from '../scratch/index.ts';

/** What a statement would do for good although it is only tried; what a server has in common is an embedded database's own. */
export function beyondScratch(sql: string, { engine, server, driver, target }: Session): Beyond | undefined {
  const found = engine.beyond(sql, server);
  return found?.where === 'server' && !isServed(driver, target) ? undefined : found;
}

/** A session on a scratch database whose connection refuses every statement that reaches beyond it, whoever sends it. */
export function confined(session: Session): Session {
  const { connection, engine } = session;
  const check = (sql: string): void => {
    const found = beyondScratch(sql, session);
    if (found !== undefined && found.where !== 'later') throw beyondFailure(`a statement ${found.what}`, sql);
  };
  const { copy, stream, each, cancel } = connection;
  const guarded: Connection = {
    query: async (sql, parameters) => {
      check(sql);
      return connection.query(sql, parameters);
    },
    script: async (sql) => {
      for (const statement of engine.split(sql).statements) check(statement.sql);
      return connection.script(sql);
    },
    ...(copy === undefined ? {} : { copy: copy.bind(connection) }),
    ...(stream === undefined ? {} : { stream: stream.bind(connection) }),
    ...(each === undefined ? {} : { each: each.bind(connection) }),
    ...(cancel === undefined ? {} : { cancel: cancel.bind(connection) }),
    close: () => connection.close(),
  };
  return { ...session, connection: guarded, reopen: async () => confined(await session.reopen()) };
}

/** Why a statement is not tried on a scratch database. */
export function beyondFailure(what: string, sql: string, at?: Statement['at']): Failure {
  return new Failure('scratch.beyond', `${what}, which is beyond the scratch database on which it is tried`, {
    ...(at === undefined ? {} : { place: at }),
    state: 'it was not run',
    data: { statement: sql },
  });
}
