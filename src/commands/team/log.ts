import type { Connection } from '../../contracts/index.ts';
import { databaseLog, type EventLog } from '../../team/index.ts';
import type { Database } from '../project.ts';

/** The log over a connection that is made anew when it was lost. What was being written then is looked up by whoever wrote it. */
export function lastingLog({ driver, engine, target }: Database): EventLog & { close(): Promise<void> } {
  let open: Promise<Connection> | undefined;
  const connection = (): Promise<Connection> => {
    open ??= driver.connect(target, { label: 'lockstep serve' }).catch((error: unknown) => {
      open = undefined;
      throw error;
    });
    return open;
  };
  const drop = async (): Promise<void> => {
    const dropped = open;
    open = undefined;
    await dropped?.then((one) => one.close()).catch(() => undefined);
  };
  const on = async <T>(work: (log: EventLog) => Promise<T>): Promise<T> => {
    try {
      return await work(databaseLog(await connection(), engine));
    } catch (error) {
      // Whatever it was, the next call begins afresh; an open transaction or a dead socket is never carried on.
      await drop();
      throw error;
    }
  };
  return { read: (after, most) => on((log) => log.read(after, most)), append: (records) => on((log) => log.append(records)), close: drop };
}
