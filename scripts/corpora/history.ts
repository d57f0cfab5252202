import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Flavour, makeDatabase, type TestDatabase } from '../../test/support/server/database.ts';
import { ownPrograms } from './engine.ts';

const run = promisify(execFile);
const program = fileURLToPath(new URL('../../bin/lockstep', import.meta.url));

/** A real migration history as `histories.json` describes it. */
export interface History {
  readonly id: string;
  readonly engine: keyof typeof ownPrograms;
  readonly dir: string;
  readonly up: number;
  readonly down: number;
  readonly no_transaction: readonly string[];
}

/** What is asked of a history, in this order; each builds on those before it. */
export const steps = ['own', 'up', 'status', 'dump', 'down', 'again'] as const;
export type Step = (typeof steps)[number];

/** How far a history came. Seconds are of Lockstep's `up` and of the engine's own program. */
export interface Outcome {
  readonly history: History;
  readonly done: readonly Step[];
  readonly failed?: { readonly step: Step; readonly why: string };
  readonly seconds: { readonly lockstep: number; readonly own: number };
}

/** Where databases are made. */
export interface Place {
  readonly corpora: string;
  readonly folder: string;
  admin(flavour: Flavour): string;
}

/** What runs the scripts of an engine. */
export const flavourOf = { postgres: 'postgres', mysql: 'mariadb', sqlite: 'sqlite' } as const satisfies Record<History['engine'], Flavour>;

/** Runs one history with the engine's own program and with Lockstep on empty databases, and compares what stands afterwards. */
export async function runHistory(history: History, place: Place): Promise<Outcome> {
  const flavour = flavourOf[history.engine];
  const fresh = (): Promise<TestDatabase> => makeDatabase(flavour, mkdtempSync(join(place.folder, 'corpus-')), place.admin(flavour));
  const [reference, ours] = [await fresh(), await fresh()];
  const seconds = { lockstep: 0, own: 0 };
  const done: Step[] = [];
  const work = workOf(history, place, reference, ours, seconds);
  try {
    for (const step of steps) {
      if ((step === 'down' || step === 'again') && history.down === 0) continue;
      try {
        await work[step]();
      } catch (error) {
        return { history, done, failed: { step, why: whyOf(error) }, seconds };
      }
      done.push(step);
    }
    return { history, done, seconds };
  } finally {
    await reference.drop();
    await ours.drop();
  }
}

function workOf(
  history: History,
  place: Place,
  reference: TestDatabase,
  ours: TestDatabase,
  seconds: { lockstep: number; own: number },
): Record<Step, () => Promise<void>> {
  const source = join(place.corpora, history.dir);
  const own = ownPrograms[history.engine];
  const project = join(ours.folder, 'project');
  const expectEqual = async (): Promise<void> => {
    const [wanted, found] = [await own.dump(reference.url), await own.dump(ours.url)];
    if (wanted !== found) throw new Error(`the dumps differ: ${firstDifference(wanted, found)}`);
  };
  const lockstep = (...args: readonly string[]): Promise<string> => call([...args, '--url', ours.url, '-C', project]);
  const timed = async (who: 'lockstep' | 'own', action: () => Promise<unknown>): Promise<void> => {
    const started = performance.now();
    await action();
    seconds[who] += (performance.now() - started) / 1000;
  };
  return {
    own: () =>
      timed('own', async () => {
        for (const name of upFiles(source)) await own.run(reference.url, join(source, name));
      }),
    up: async () => {
      copyProject(history, source, project);
      await timed('lockstep', () => lockstep('up', '--yes', '--allow', 'destructive'));
    },
    status: async () => {
      const { data } = JSON.parse(await lockstep('status', '--json')) as { data: { upToDate: boolean; counts: { applied: number } } };
      if (!data.upToDate || data.counts.applied !== history.up) throw new Error(`after up, status says ${JSON.stringify(data.counts)}`);
    },
    dump: expectEqual,
    down: async () => {
      await lockstep('down', 'all', '--yes', '--allow', 'destructive');
    },
    again: async () => {
      await lockstep('up', '--yes', '--allow', 'destructive');
      await expectEqual();
    },
  };
}

function upFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.up.sql'))
    .sort();
}

function copyProject(history: History, source: string, project: string): void {
  const migrations = join(project, 'migrations');
  mkdirSync(migrations, { recursive: true });
  for (const name of readdirSync(source)) {
    const text = readFileSync(join(source, name), 'utf8');
    const outside = history.no_transaction.includes(name.replace(/\.down\.sql$/, '.up.sql'));
    writeFileSync(join(migrations, name), outside ? `-- lockstep:no-transaction\n${text}` : text);
  }
}

async function call(args: readonly string[]): Promise<string> {
  const { DATABASE_URL: _, ...env } = process.env;
  const { stdout } = await run(process.execPath, [program, ...args], { env, maxBuffer: 200_000_000 });
  return stdout;
}

function whyOf(error: unknown): string {
  const { message, stderr, stdout } = error as { message: string; stderr?: string; stdout?: string };
  const said = `${stderr ?? ''}${stderr ? '' : (stdout ?? '')}`.trim();
  return said === '' ? message : said.split('\n').slice(0, 12).join('\n');
}

function firstDifference(wanted: string, found: string): string {
  const [a, b] = [wanted.split('\n'), found.split('\n')];
  const at = a.findIndex((line, i) => line !== b[i]);
  const line = at === -1 ? a.length : at;
  return `line ${line + 1} is ${JSON.stringify(b[line] ?? 'missing')}, the engine's own program gives ${JSON.stringify(a[line] ?? 'nothing')}`;
}
