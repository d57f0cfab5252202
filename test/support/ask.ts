import type { Connection, Inquiry } from '../../src/contracts/index.ts';

/** Runs an inquiry of an engine on a connection: every query that it yields, until it has its answer. */
export async function ask<T>(connection: Connection, inquiry: Inquiry<T>): Promise<T> {
  let step = inquiry.next();
  while (!step.done) {
    const { sql, parameters } = step.value;
    step = inquiry.next(await connection.query(sql, parameters));
  }
  return step.value;
}
