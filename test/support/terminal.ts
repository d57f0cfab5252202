import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findProgram } from './server/keep.ts';

const program = fileURLToPath(new URL('../../bin/lockstep', import.meta.url));

/** What is typed once a text has appeared. */
export interface Typed {
  readonly behind: string;
  readonly keys: string;
}

/** Why nothing can be tried on a terminal here; nothing where it can. */
export const noTerminal =
  process.platform === 'linux' && findProgram('script') !== undefined ? undefined : 'there is no program "script" that makes a terminal';

/** Runs the real program on a terminal of its own, types, and gives what stood there without colours and movements. */
export function onTerminal(
  folder: string,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly typed?: readonly Typed[] },
): Promise<{ readonly code: number | null; readonly said: string }> {
  const command = [process.execPath, program, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const { PATH, TMPDIR } = process.env;
  const env = { PATH, TMPDIR, HOME: folder, LANG: 'C.UTF-8', TERM: 'xterm', USER: 'tester', ...options.env };
  const child = spawn('script', ['-qefc', command, '/dev/null'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = [...(options.typed ?? [])];
  let said = '';
  let seen = 0;
  const look = (): void => {
    const [next] = waiting;
    const at = next === undefined ? -1 : said.indexOf(next.behind, seen);
    if (next === undefined || at < 0) return;
    seen = at + next.behind.length;
    waiting.shift();
    child.stdin.write(next.keys);
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += plain(text);
      look();
    });
  }
  child.stdin.on('error', () => undefined);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`lockstep ${args.join(' ')} did not end on a terminal:\n${said}`));
    }, 30_000);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, said });
    });
  });
}

function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is steered by them
  return text.replace(/\u001b\[[0-9;?]*[a-zA-Z]|\r/g, '');
}
