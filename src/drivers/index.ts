/** Floor 6: one file a client library, each turning it into a `Driver`. Libraries load only when a connection is opened. */
import type { Driver } from '../contracts/index.ts';
import { libsql } from './libsql.ts';
import { mysql2 } from './mysql2.ts';
import { hasNodeSqlite, nodeSqlite } from './node-sqlite.ts';
import { pg } from './pg.ts';
import { pglite } from './pglite.ts';

export { libsql, mysql2, nodeSqlite, pg, pglite };

/** SQLite through Node's own module where it has one, else through the library that comes with the package. */
export function sqliteDriver(): Driver {
  return hasNodeSqlite() ? nodeSqlite() : libsql();
}

/** The drivers that come with the package; the first whose scheme fits is taken. */
export function builtInDrivers(): readonly Driver[] {
  return [sqliteDriver(), pglite(), pg(), mysql2()];
}
