import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/lockstep', import.meta.url));

/** How one call of the program ended and what it said. */
export interface Outcome {
  /** The exit code, or nothing when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CallOptions {
  /** Added to the environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What stands on its standard input, which is closed after it. */
  readonly stdin?: string;
  /** The folder it is called in, relative to the project. */
  readonly cwd?: string;
  /** Milliseconds after which it is killed and the call refused; a minute unless told. */
  readonly timeout?: number;
  /** Files may not grow beyond so many KiB, as on a disk that is full. */
  readonly largestFile?: number;
}

/** A call that is not waited for. */
export interface Running {
  readonly pid: number;
  /** What it has said so far. */
  said(): { readonly stdout: string; readonly stderr: string };
  /** Waits until its output, of both kinds, contains a text. Refuses when it ends without having said it. */
  until(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  readonly done: Promise<Outcome>;
}

/** Starts the real program in a folder, as a process of its own. */
export function startProgram(folder: string, args: readonly string[], options: CallOptions): Running {
  const [command, ...before] =
    options.largestFile === undefined
      ? [process.execPath]
      : ['bash', '-c', `ulimit -f ${options.largestFile}; exec "$0" "$@"`, process.execPath];
  const child = spawn(command, [...before, program, ...args], {
    cwd: join(folder, options.cwd ?? '.'),
    env: { ...plainEnvironment(folder), ...options.env },
  });
  // A program that ends without reading its input is no error of the test.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const said = collect(child);
  const call = `lockstep ${args.join(' ')}`;
  const { pid } = child;
  if (pid === undefined) throw new Error(`${call} could not be started`);
  return {
    pid,
    said,
    until: (text) => until(child, () => `${said().stdout}${said().stderr}`, text),
    kill: (signal) => {
      child.kill(signal);
    },
    done: ended(child, call, said, options.timeout ?? 60_000),
  };
}

/** Nothing of the caller's own may steer the program: no database, no colours, no settings of the test runner. */
function plainEnvironment(folder: string): NodeJS.ProcessEnv {
  const { PATH, TMPDIR } = process.env;
  return { PATH, TMPDIR, HOME: folder, LANG: 'C.UTF-8', USER: 'tester' };
}

function collect(child: ChildProcessWithoutNullStreams): Running['said'] {
  const parts = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      parts[stream] += text;
    });
  }
  return () => ({ ...parts });
}

function until(child: ChildProcessWithoutNullStreams, said: () => string, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (said().includes(text)) resolve();
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('close', () => reject(new Error(`it ended without saying "${text}":\n${said()}`)));
    look();
  });
}

function ended(child: ChildProcessWithoutNullStreams, call: string, said: Running['said'], timeout: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${call} did not end within ${timeout} ms:\n${said().stdout}${said().stderr}`));
    }, timeout);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...said() });
    });
  });
}
