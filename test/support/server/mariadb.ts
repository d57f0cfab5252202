import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { aptInstall } from './apt.ts';
import { findProgram, freePort, type Keeper, makeOwn, runUnprivileged } from './keep.ts';

/** The programs that a MariaDB of one's own needs. */
export interface MariadbPrograms {
  readonly server: string;
  readonly install: string;
}

/** The programs of this machine; where they are missing and root runs the tests, they are installed with apt-get first. */
export async function findMariadb(say: (line: string) => void): Promise<MariadbPrograms | string> {
  const found = installedMariadb();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) {
    return 'there is no mariadbd on this machine; install MariaDB or set MYSQL_URL';
  }
  say('installing MariaDB with apt-get');
  try {
    // These packages hold the programs alone: no service is set up or started.
    await aptInstall('mariadb-server-core', 'mariadb-client');
  } catch (error) {
    return `apt-get could not install MariaDB: ${((error as { stderr?: string }).stderr ?? String(error)).trim()}`;
  }
  return installedMariadb() ?? 'apt-get installed MariaDB, but there is no mariadbd';
}

function installedMariadb(): MariadbPrograms | undefined {
  const server = findProgram('mariadbd', '/usr/sbin', '/usr/local/sbin');
  const install = findProgram('mariadb-install-db');
  return server === undefined || install === undefined ? undefined : { server, install };
}

/** Starts a MariaDB of the run's own, durable against nothing unless told, and gives the URL of its root. */
export async function startMariadb(
  keeper: Keeper,
  programs: MariadbPrograms,
  options: {
    /** What it has answered for stays when its process is killed. */
    readonly survivesKill?: true;
    /** It writes down every statement that changes something. */
    readonly binaryLog?: true;
  } = {},
): Promise<string> {
  const name = 'mariadb';
  const folder = join(keeper.folder, name);
  makeOwn(folder);
  const data = join(folder, 'data');
  // A MariaDB that starts removes the temporary tables that it finds, also those of another server in a shared folder.
  const temporary = join(folder, 'temporary');
  makeOwn(temporary);
  const fresh = [
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${temporary}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
  ];
  await runUnprivileged(programs.install, fresh, folder);
  const port = await freePort();
  const url = `mysql://root@127.0.0.1:${port}/mysql`;
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${temporary}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'pid')}`,
    `--innodb-flush-log-at-trx-commit=${options.survivesKill ? 2 : 0}`,
    '--innodb-doublewrite=0',
    '--skip-name-resolve',
    ...(options.binaryLog ? ['--log-bin', '--server-id=1'] : []),
  ];
  await keeper.start({ name, command: programs.server, args, cwd: folder, stop: 'SIGKILL' }, async () => {
    const connection = await createConnection(url);
    await connection.end();
  });
  return url;
}
