import type { ConcurrentIndex } from '../contracts/index.ts';
import type { Run } from './run-types.ts';
import type { Session } from './session.ts';

/** Drops the invalid index that an earlier, failed build of the same name left behind. */
export async function dropInvalidIndexes(run: Run, index: ConcurrentIndex): Promise<void> {
  if (!(await isInvalid(run.session, index))) return;
  run.emit({
    ev: 'warning',
    code: 'index.invalid',
    message: `index ${index.index?.name ?? `on ${index.table.name}`} is left over from a build that failed; it is dropped and built again`,
  });
  await run.session.connection.query(index.drop);
}

/** Whether the catalogue says that the index exists and cannot be used. */
export async function isInvalid(session: Session, index: ConcurrentIndex): Promise<boolean> {
  const { connection, engine, server } = session;
  const wanted = index.index;
  if (engine.invalidIndexes === undefined || wanted === undefined) return false;
  const { sql, parameters } = engine.invalidIndexes();
  const { rows } = await connection.query(sql, parameters);
  const schema = wanted.schema ?? index.table.schema ?? server.namespace;
  return rows.some((row) => row['index'] === wanted.name && (schema === undefined || row['schema'] === schema));
}
