import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chmodSync, chownSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a server is started with. */
export interface ServerProcess {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Its folder, which belongs to the user that it runs as. */
  readonly cwd: string;
  /** The signal at which it ends at once; nothing that it holds is wanted afterwards. */
  readonly stop: NodeJS.Signals;
}

/** A folder for one run and the processes in it, all of which are gone when the run is, however it ends. */
export interface Keeper {
  readonly folder: string;
  /** Starts a server; `answers` is tried until it succeeds. Refuses with the server's last words when it ends or stays silent. */
  start(server: ServerProcess, answers: () => Promise<void>): Promise<void>;
  /** Ends a server as a crash does, with no time to put anything in order. */
  kill(name: string): Promise<void>;
  /** Starts a server that has ended once more, as it was started before. */
  restart(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Makes the folder of a run, in memory where there is room, and the process that looks after it. */
export function openKeeper(): Keeper {
  const folder = mkdtempSync(join(roomiest(), 'lockstep-run-'));
  // Servers run as another user when the tests are run by root, and must reach what is theirs in here.
  chmodSync(folder, 0o755);
  const program = fileURLToPath(new URL('keeper.js', import.meta.url));
  const keeper = spawn(process.execPath, [program, folder], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  keeper.unref();
  const ended = new Map<string, unknown>();
  const started = new Map<string, () => Promise<void>>();
  createInterface({ input: keeper.stdout }).on('line', (line) => {
    const { name, code } = JSON.parse(line) as { name: string; code: unknown };
    ended.set(name, code);
  });
  const start = async (server: ServerProcess, answers: () => Promise<void>): Promise<void> => {
    const log = join(folder, `${server.name}.log`);
    ended.delete(server.name);
    keeper.stdin.write(`${JSON.stringify({ ...server, log, ...unprivileged() })}\n`);
    const deadline = Date.now() + 60_000;
    for (;;) {
      if (ended.has(server.name)) throw new Error(`it ended with ${String(ended.get(server.name))}: ${lastLines(log)}`);
      try {
        return await answers();
      } catch (error) {
        if (Date.now() > deadline) throw new Error(`it does not answer: ${lastLines(log)}`, { cause: error });
      }
      await pause(50);
    }
  };
  return {
    folder,
    start: (server, answers) => {
      started.set(server.name, () => start(server, answers));
      return start(server, answers);
    },
    kill: async (name) => {
      keeper.stdin.write(`${JSON.stringify({ kill: name })}\n`);
      while (!ended.has(name)) await pause(10);
    },
    restart: async (name) => {
      const again = started.get(name);
      if (again === undefined) throw new Error(`no server "${name}" was started`);
      await again();
    },
    close: async () => {
      if (keeper.exitCode !== null) return;
      // The last thing to wait for must not let Node think that nothing is left to do.
      keeper.ref();
      const gone = once(keeper, 'exit');
      keeper.stdin.end();
      await gone;
    },
  };
}

/** Runs a program to its end as the user that servers run as, and gives what it printed. */
export async function runUnprivileged(command: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await run(command, [...args], { cwd, ...unprivileged(), maxBuffer: 10_000_000 });
    return stdout;
  } catch (error) {
    const { message, stderr } = error as { message: string; stderr?: string };
    throw new Error(`${command} failed: ${(stderr ?? '').trim() || message}`, { cause: error });
  }
}

/** No database server runs as root: for root, the user that servers run as instead. */
function unprivileged(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['nobody', 'daemon', 'postgres', 'mysql']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('servers cannot be run by root, and there is no user "nobody"');
}

/** Makes a folder that belongs to the user that servers run as. */
export function makeOwn(folder: string): void {
  mkdirSync(folder);
  const { uid, gid } = unprivileged();
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
}

/** Where a program lies on the search path, or in one of further folders. */
export function findProgram(name: string, ...folders: readonly string[]): string | undefined {
  return [...(process.env['PATH'] ?? '').split(delimiter), ...folders].map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

/** Memory is used as a disk where it holds the servers and some hundred embedded databases; containers often give it 64 MB. */
function roomiest(): string {
  const memory = '/dev/shm';
  // The packaged PostgreSQL is run from here, which some containers forbid.
  if (!existsSync(memory) || /^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync('/proc/mounts', 'utf8'))) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 4_000_000_000 ? memory : tmpdir();
}

function lastLines(log: string): string {
  return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n') : 'it wrote nothing';
}
