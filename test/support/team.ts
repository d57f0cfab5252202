import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Flavour, freshDatabase, type TestDatabase } from './database.ts';
import { type Outcome, type Running, type Sandbox, sandbox } from './sandbox.ts';

const run = promisify(execFile);

/** A working copy of the team's repository, with a database of its own. */
export interface Copy {
  readonly name: string;
  readonly folder: string;
  readonly database: TestDatabase;
  /** What any other tool would do: a connection of its own, one statement, and gone. */
  query(sql: string): Promise<void>;
  lockstep(...args: readonly string[]): Promise<Outcome>;
  start(...args: readonly string[]): Running;
  git(...args: readonly string[]): Promise<string>;
}

/** A server of the program, as a process of its own. */
export interface TeamServer {
  readonly url: string;
  readonly running: Running;
  /** The folder that it runs in. */
  readonly home: string;
  stop(): Promise<Outcome>;
}

export interface TeamBench {
  readonly box: Sandbox;
  /** A clone of the bare repository with a database of the flavour. */
  copy(name: string): Promise<Copy>;
  /** Starts the server in a copy. */
  serve(copy: Copy, ...args: readonly string[]): Promise<TeamServer>;
  /** Adds a user by the admin's key and pairs a copy with the server as that user. */
  join(server: TeamServer, copy: Copy, user: string, role: string): Promise<string>;
  close(): Promise<void>;
}

/** A bare git repository with a first migration, and what works around it. */
export async function teamBench(flavour: Flavour, first: string): Promise<TeamBench> {
  const box = sandbox();
  const databases: TestDatabase[] = [];
  const servers: TeamServer[] = [];
  const gitIn = async (folder: string, args: readonly string[]): Promise<string> => {
    const env = { PATH: process.env['PATH'], HOME: box.folder, GIT_CONFIG_NOSYSTEM: '1' };
    const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=main'];
    return (await run('git', [...who, ...args], { cwd: folder, env })).stdout;
  };
  const bare = join(box.folder, 'team.git');
  mkdirSync(bare);
  await gitIn(bare, ['init', '--bare', '-q']);
  const seed = join(box.folder, 'seed');
  mkdirSync(join(seed, 'migrations'), { recursive: true });
  await gitIn(seed, ['init', '-q']);
  writeFileSync(join(seed, 'migrations/20260101T000000_first.sql'), first);
  writeFileSync(join(seed, 'lockstep.config.json'), '{}\n');
  writeFileSync(join(seed, '.gitignore'), '.lockstep/\n*.key\n*.db*\n');
  await gitIn(seed, ['add', '-A']);
  await gitIn(seed, ['commit', '-qm', 'first']);
  await gitIn(seed, ['push', '-q', bare, 'HEAD:main']);
  const keyFile = 'admin.key';
  return {
    box,
    copy: async (name) => {
      await gitIn(box.folder, ['clone', '-q', '-b', 'main', bare, name]);
      const folder = join(box.folder, name);
      const database = await freshDatabase(flavour);
      databases.push(database);
      const env = { DATABASE_URL: database.url };
      return {
        name,
        folder,
        database,
        query: async (sql) => {
          const connection = await database.connect();
          try {
            await connection.query(sql);
          } finally {
            await connection.close();
          }
        },
        lockstep: (...args) => box.run(args, { cwd: name, env }),
        start: (...args) => box.start(args, { cwd: name, env, timeout: 600_000 }),
        git: (...args) => gitIn(folder, args),
      };
    },
    serve: async (copy, ...args) => {
      const running = copy.start('serve', '--port', '0', '--admin-key-file', keyFile, ...args);
      await running.until('Deploy:');
      const url = /listens at (\S+)/.exec(running.said().stderr)?.[1] ?? '';
      const server: TeamServer = {
        url,
        running,
        home: copy.folder,
        stop: () => {
          running.kill('SIGTERM');
          return running.done;
        },
      };
      servers.push(server);
      return server;
    },
    join: async (server, copy, user, role) => {
      const out = join(box.folder, `${copy.name}-${user}.key`);
      const added = await copy.lockstep(
        'users',
        'add',
        user,
        '--role',
        role,
        '--server',
        server.url,
        '--key-file',
        join(server.home, keyFile),
        '--key-out',
        out,
      );
      if (added.code !== 0) throw new Error(added.stderr);
      const paired = await copy.lockstep('login', server.url, '--key-file', out);
      if (paired.code !== 0) throw new Error(paired.stderr);
      return readFileSync(out, 'utf8').trim();
    },
    close: async () => {
      for (const { running } of servers) running.kill('SIGKILL');
      await Promise.allSettled(servers.map(({ running }) => running.done));
      for (const database of databases) await database.drop();
    },
  };
}

/** The data of an answer in JSON. */
export function dataOf<T>({ stdout, stderr }: Outcome): T {
  try {
    return (JSON.parse(stdout) as { readonly data: T }).data;
  } catch {
    throw new Error(`no JSON: ${stdout}${stderr}`);
  }
}
