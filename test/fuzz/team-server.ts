import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appliedMigrations } from '../../src/commands/team/applied.ts';
import { up } from '../../src/commands/up.ts';
import { type Running, startProgram } from '../support/program.ts';

/** A real server of the program over a project of its own, which can be killed and started again. */
export interface ServerBench {
  readonly url: () => string;
  readonly adminKey: string;
  /** Migrations that the server's folder does not have yet, with the checksums that they will have. */
  readonly files: readonly { readonly id: string; readonly checksum: string }[];
  /** Puts one of them into the server's folder. */
  bring(id: string): void;
  /** Ends the process at once, without a word, and starts another over the same state. */
  killAndStart(): Promise<void>;
  readonly pid: () => number;
  close(): Promise<void>;
}

const number = (n: number): string => String(n).padStart(5, '0');

/** Makes a project with so many migrations that are to come, and starts a server for it. `state` is the URL of its own database. */
export async function serverBench(
  folder: string,
  { files, state }: { readonly files: number; readonly state?: string },
): Promise<ServerBench> {
  const [project, whole] = [join(folder, 'project'), join(folder, 'whole')];
  for (const one of [project, whole]) {
    mkdirSync(join(one, 'migrations'), { recursive: true });
    writeFileSync(join(one, 'lockstep.config.json'), '{}\n');
    writeFileSync(join(one, 'migrations/00000_first.sql'), 'CREATE TABLE t00000 (id integer PRIMARY KEY);\n');
  }
  const ids = Array.from({ length: files }, (_, index) => `${number(index + 1)}_next`);
  for (const id of ids) writeFileSync(join(whole, `migrations/${id}.sql`), `CREATE TABLE t${id.slice(0, 5)} (id integer PRIMARY KEY);\n`);
  const all = { cwd: whole, url: 'sqlite:all.db', env: {} };
  await up(all);
  const checksums = new Map((await appliedMigrations(all)).map(({ migration, checksum }) => [migration, checksum]));
  await up({ cwd: project, url: 'sqlite:project.db', env: {} });

  const start = async (): Promise<{ readonly running: Running; readonly url: string }> => {
    const args = ['serve', '--port', '0', '--admin-key-file', 'admin.key', '--url', 'sqlite:project.db'];
    const running = startProgram(project, [...args, ...(state === undefined ? [] : ['--state', state])], { timeout: 24 * 3_600_000 });
    running.done.catch(() => undefined);
    await running.until('Deploy:');
    return { running, url: /listens at (\S+)/.exec(running.said().stderr)?.[1] ?? '' };
  };
  let now = await start();
  return {
    url: () => now.url,
    adminKey: readFileSync(join(project, 'admin.key'), 'utf8').trim(),
    files: ids.map((id) => ({ id, checksum: checksums.get(id) ?? '' })),
    bring: (id) => writeFileSync(join(project, `migrations/${id}.sql`), readFileSync(join(whole, `migrations/${id}.sql`))),
    killAndStart: async () => {
      now.running.kill('SIGKILL');
      await now.running.done;
      now = await start();
    },
    pid: () => now.running.pid,
    close: async () => {
      now.running.kill('SIGKILL');
      await now.running.done;
    },
  };
}

export interface Reply {
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly code: string | undefined;
  readonly message: string;
}

/** Asks once. Gives nothing where no answer was heard: the server was killed, or the asker did not wait for it. */
export async function askOnce(
  url: string,
  key: string,
  path: string,
  { body, patienceMs }: { readonly body?: object; readonly patienceMs?: number } = {},
): Promise<Reply | undefined> {
  try {
    const response = await fetch(`${url}/api/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(patienceMs === undefined ? {} : { signal: AbortSignal.timeout(patienceMs) }),
    });
    const answer = (await response.json()) as {
      readonly data: Reply['data'];
      readonly problems: readonly { readonly code: string; readonly message: string }[];
    };
    return { status: response.status, data: answer.data ?? {}, code: answer.problems[0]?.code, message: answer.problems[0]?.message ?? '' };
  } catch {
    return undefined;
  }
}

/** Adds users, and gives their keys. */
export async function addUsers(bench: ServerBench, names: readonly string[], role: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const name of names) {
    const made = await askOnce(bench.url(), bench.adminKey, 'users', { body: { user: name, role } });
    if (made?.status !== 200) throw new Error(`no user ${name}: ${made?.message}`);
    keys.push(String(made.data['key']));
  }
  return keys;
}
