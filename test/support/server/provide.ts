import { type Keeper, openKeeper } from './keep.ts';
import { findMariadb, startMariadb } from './mariadb.ts';
import { findPostgres, startPostgres } from './postgres.ts';

/** A server's URL, or why there is none. */
export type Provided = { readonly url: string } | { readonly missing: string };

/** What a run of the tests or of the benchmark stands on. */
export interface Provision {
  /** A folder that goes when the run ends. */
  readonly folder: string;
  readonly postgres: Provided;
  readonly mariadb: Provided;
  close(): Promise<void>;
}

/**
 * Takes the servers that POSTGRES_URL and MYSQL_URL name, and starts one of its own for each that is not named.
 * Everything is installed before anything is started: an upgrade below a running server breaks it.
 */
export async function provideServers(say: (line: string) => void): Promise<Provision> {
  const keeper = openKeeper();
  try {
    const postgresUrl = process.env['POSTGRES_URL'];
    const mysqlUrl = process.env['MYSQL_URL'];
    const mariadbPrograms = mysqlUrl ? undefined : await findMariadb(say);
    const postgresPrograms = postgresUrl ? undefined : findPostgres(keeper);
    const [postgres, mariadb] = await Promise.all([
      postgresUrl ? { url: postgresUrl } : attempt(() => ownPostgres(keeper, postgresPrograms)),
      mysqlUrl ? { url: mysqlUrl } : attempt(() => ownMariadb(keeper, mariadbPrograms)),
    ]);
    return { folder: keeper.folder, postgres, mariadb, close: () => keeper.close() };
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

async function ownPostgres(keeper: Keeper, programs: string | undefined): Promise<Provided> {
  if (programs === undefined) return { missing: 'there is no PostgreSQL on this machine and none in node_modules; set POSTGRES_URL' };
  return { url: await startPostgres(keeper, programs) };
}

async function ownMariadb(keeper: Keeper, programs: Awaited<ReturnType<typeof findMariadb>> | undefined): Promise<Provided> {
  if (programs === undefined) throw new Error('MariaDB was not looked for');
  return typeof programs === 'string' ? { missing: programs } : { url: await startMariadb(keeper, programs) };
}

async function attempt(work: () => Promise<Provided>): Promise<Provided> {
  try {
    return await work();
  } catch (error) {
    return { missing: (error as Error).message };
  }
}
