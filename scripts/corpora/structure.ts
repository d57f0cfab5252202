import { builtInEngines } from '../../src/engines/index.ts';
import { ask } from '../../src/runner/index.ts';
import type { Schema } from '../../src/schema/index.ts';
import type { TestDatabase } from '../../test/support/server/database.ts';

/** The structure of a database, as its engine reads it. */
export async function structureOf({ driver, connect }: TestDatabase): Promise<Schema> {
  const engine = await builtInEngines.find(({ name }) => name === driver.engine)?.load();
  if (engine === undefined) throw new Error(`no engine "${driver.engine}"`);
  const connection = await connect();
  try {
    for (const sql of engine.session.start) await connection.query(sql);
    return await ask(connection, engine.inspect(await ask(connection, engine.identify())));
  } finally {
    await connection.close();
  }
}
