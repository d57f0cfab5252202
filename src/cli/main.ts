import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, type Problem, problemOf, secretsOf } from '../base/index.ts';
import type { Emit } from '../contracts/index.ts';
import type { Answer, Screen } from './answer.ts';
import { type Parsed, parseCommandLine } from './argv.ts';
import { commands } from './commands.ts';
import { showCommand, showOverview } from './help.ts';
import { atMost, folderOf, needed } from './options.ts';
import { forCommand, showFailure } from './show/failure.ts';
import type { Command } from './spec.ts';
import { openTerminal, type Terminal } from './terminal.ts';

type Run = (screen: Screen) => Promise<Answer>;

/** What each command runs; loaded when it is called, so that help and completion stay quick. */
const runs: Readonly<Record<string, () => Promise<Run>>> = {
  init: async () => (await import('./run/author.ts')).runInit,
  new: async () => (await import('./run/author.ts')).runNew,
  test: async () => (await import('./run/author.ts')).runTest,
  diff: async () => (await import('./run/compare.ts')).runDiff,
  convert: async () => (await import('./run/author.ts')).runConvert,
  dump: async () => (await import('./run/compare.ts')).runDump,
  replicate: async () => (await import('./run/replicate.ts')).runReplicate,
  status: async () => (await import('./run/status.ts')).runStatus,
  plan: async () => (await import('./run/plan.ts')).runPlan,
  up: async () => (await import('./run/runs.ts')).runUp,
  install: async () => (await import('./run/runs.ts')).runInstall,
  down: async () => (await import('./run/runs.ts')).runDown,
  to: async () => (await import('./run/runs.ts')).runTo,
  redo: async () => (await import('./run/runs.ts')).runRedo,
  fixtures: async () => (await import('./run/fixtures.ts')).runFixtures,
  module: async () => (await import('./run/module.ts')).runModule,
  checkout: async () => (await import('./run/team.ts')).runCheckout,
  checkin: async () => (await import('./run/team.ts')).runCheckin,
  release: async () => (await import('./run/team.ts')).runRelease,
  locks: async () => (await import('./run/team.ts')).runLocks,
  team: async () => (await import('./run/team.ts')).runTeam,
  login: async () => (await import('./run/people.ts')).runLogin,
  users: async () => (await import('./run/people.ts')).runUsers,
  keys: async () => (await import('./run/people.ts')).runKeys,
  audit: async () => (await import('./run/people.ts')).runAudit,
  guard: async () => (await import('./run/guard.ts')).runGuard,
  recorded: async () => (await import('./run/guard.ts')).runRecorded,
  sql: async () => (await import('./run/sql.ts')).runSql,
  protect: async () => (await import('./run/care.ts')).runProtect,
  serve: async () => (await import('./run/serve.ts')).runServe,
  history: async () => (await import('./run/history.ts')).runHistory,
  drift: async () => (await import('./run/drift.ts')).runDrift,
  mark: async () => (await import('./run/care.ts')).runMark,
  tag: async () => (await import('./run/tag.ts')).runTag,
  refresh: async () => (await import('./run/care.ts')).runRefresh,
  verify: async () => (await import('./run/care.ts')).runVerify,
  doctor: async () => (await import('./run/care.ts')).runDoctor,
  explain: async () => (await import('./run/care.ts')).runExplain,
  completion: async () => runCompletion,
};

/** Runs one command line and gives the exit code. The only place that prints and decides how the process ends. */
export async function main(argv: readonly string[]): Promise<number> {
  // Whoever reads us may stop reading; what they did not want to read is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
  });
  if (argv[0] === '__complete') {
    const { completions } = await import('./completion.ts');
    process.stdout.write(`${(await completions(argv.slice(1), process.cwd())).join('\n')}\n`);
    return 0;
  }
  let parsed: Parsed;
  try {
    parsed = parseCommandLine(argv);
  } catch (error) {
    return report(error, fallback(argv), argv.includes('--debug'));
  }
  const terminal = openTerminal(parsed, redactor(parsed));
  if (parsed.has('version') && parsed.command?.flags.some(({ name }) => name === 'version') !== true) {
    terminal.print(ownVersion());
    return 0;
  }
  if (parsed.command === undefined && parsed.has('json') && !parsed.has('help')) {
    const failure = new Failure('usage.missing-argument', 'a command must be named', { fix: ['lockstep --help'] });
    return report(failure, { parsed, terminal }, false);
  }
  if (parsed.command === undefined || parsed.has('help')) {
    for (const line of parsed.command === undefined ? showOverview(terminal.out) : showCommand(parsed.command, terminal.out))
      terminal.print(line);
    return parsed.command === undefined && !parsed.has('help') && argv.length > 0 ? 64 : 0;
  }
  return runCommand(parsed, terminal);
}

/** From the package.json that stands beside the folder of the bundle. */
function ownVersion(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

async function runCommand(parsed: Parsed, terminal: Terminal): Promise<number> {
  const name = parsed.command?.name ?? '';
  const json = parsed.value('json');
  const signals = listenForSignals(terminal, parsed.command);
  const guard = refuseEarlyEnd(name, terminal);
  try {
    const load = runs[name];
    if (load === undefined) throw new Error(`no command ${name}`);
    const run = await load();
    const answer = await run({
      parsed,
      version: ownVersion(),
      terminal,
      emit: await eventsFor(parsed, terminal),
      stop: signals.stop,
      cancel: signals.cancel,
      ask: terminal.interactive ? (question) => import('./ask.ts').then(({ askPerson }) => askPerson(question, terminal)) : undefined,
    });
    if (json === undefined) {
      answer.show();
      await noteCheckout(parsed, terminal);
    } else terminal.print(envelope(parsed, { ...answer, problems: answer.problems ?? [] }));
    return answer.exitCode;
  } catch (error) {
    return report(error, { parsed, terminal }, parsed.has('debug'));
  } finally {
    signals.end();
    process.off('exit', guard);
  }
}

/** Code of a project that ends the process, or awaits what never comes, must not look like a command that has done its work. */
function refuseEarlyEnd(command: string, terminal: Terminal): () => void {
  const guard = (): void => {
    if (process.stdout.errored !== null) return;
    process.exitCode = 70;
    terminal.note(`✖ \`${command}\` was ended before it was done: code of the project calls process.exit, or awaits what never comes`);
    terminal.note('  Next:  lockstep status');
  };
  process.on('exit', guard);
  return guard;
}

const warnMs = 15 * 60_000;

/** Says that the time of this working copy's check-out is nearly over, or over, where somebody reads along. */
async function noteCheckout(parsed: Parsed, terminal: Terminal): Promise<void> {
  const folder = folderOf(parsed);
  if (!existsSync(join(folder, '.lockstep/team.json'))) return;
  const { ownCheckout } = await import('../commands/index.ts');
  const own = ownCheckout(folder);
  const left = own === undefined ? Number.POSITIVE_INFINITY : Date.parse(own.until) - Date.now();
  if (own === undefined || !(left < warnMs)) return;
  const when = left > 0 ? `ends in ${Math.ceil(left / 60_000)} min` : 'has run out: whoever comes first may take it';
  terminal.note(
    `${terminal.err.yellow(terminal.err.sign.warn)} check-out ${own.checkout} ${when}   lockstep checkout -m WHY   prolongs it`,
  );
}

async function eventsFor(parsed: Parsed, terminal: Terminal): Promise<Emit> {
  if (parsed.value('json') === 'stream') {
    return (event) => {
      const { ev, ...rest } = event;
      terminal.print(JSON.stringify({ t: new Date().toISOString(), ev, ...rest }));
    };
  }
  if (parsed.has('json')) return () => undefined;
  const { eventPrinter } = await import('./show/events.ts');
  return eventPrinter(terminal, { showSql: parsed.has('show-sql') });
}

/** Ctrl-C stops behind the statement that is running; a second one, or SIGTERM, aborts it; what comes then ends the process. */
function listenForSignals(
  terminal: Terminal,
  command: Command | undefined,
): { readonly stop: AbortSignal; readonly cancel: AbortSignal; end(): void } {
  const stop = new AbortController();
  const cancel = new AbortController();
  const end = (): void => {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', terminate);
  };
  const terminate = (): void => {
    end();
    stop.abort();
    cancel.abort();
  };
  const interrupt = (): void => {
    if (stop.signal.aborted) {
      terminate();
      return;
    }
    terminal.note(`\n${command?.stopping ?? 'interrupted: stopping behind the statement that is running; once more aborts it'}`);
    stop.abort();
  };
  if (command?.stops === true) {
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', terminate);
  }
  return { stop: stop.signal, cancel: cancel.signal, end };
}

interface Where {
  readonly parsed: Parsed | undefined;
  readonly terminal: Terminal;
}

/** When the command line itself is wrong, the flags that matter for answering are read by their looks. */
function fallback(argv: readonly string[]): Where {
  const json = argv.find((argument) => /^--json(=|$)/.test(argument));
  const flag = (name: string): boolean => argv.includes(`--${name}`) || (name === 'json' && json !== undefined);
  const parsed: Parsed = {
    command: commands.find(({ name, aliases }) => [name, ...(aliases ?? [])].includes(argv.find((word) => !word.startsWith('-')) ?? '')),
    arguments: [],
    has: flag,
    value: (name) => (name === 'json' && json !== undefined ? (json.split('=')[1] ?? 'object') : undefined),
    values: () => [],
  };
  return { parsed, terminal: openTerminal(parsed, (text) => text) };
}

function report(error: unknown, { parsed, terminal }: Where, debug: boolean): number {
  const failure = error instanceof Failure ? error : bug(error);
  const problems = failure.details.problems ?? [failure];
  if (parsed?.has('json')) {
    terminal.print(
      envelope(parsed, {
        exitCode: failure.exitCode,
        data: failure.details.data ?? null,
        problems: problems.map((one) => ({ ...stateOf(failure), ...problemOf(one) })),
      }),
    );
  } else {
    const command = parsed?.command?.name;
    const where = { folder: parsed === undefined ? '.' : folderOf(parsed), ...(command === undefined ? {} : { command }) };
    for (const line of showFailure(failure, terminal.err, where)) terminal.note(line);
  }
  if (debug || failure.code === 'internal.bug') {
    const stack = (error instanceof Error && (error.cause instanceof Error ? error.cause.stack : error.stack)) || '';
    if (debug) terminal.note(stack);
  }
  return failure.exitCode;
}

/** What remains is said once for several problems. */
function stateOf({ details: { state } }: Failure): { readonly state?: string } {
  return state === undefined ? {} : { state };
}

function bug(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  return new Failure('internal.bug', `this is a fault of Lockstep: ${message}`, { fix: ['add --debug, and report what it prints'] }, error);
}

/** The one shape of every JSON answer. */
function envelope(parsed: Parsed, answer: Pick<Answer, 'exitCode' | 'data'> & { readonly problems: readonly Problem[] }): string {
  const { exitCode, data } = answer;
  const command = parsed.command?.name;
  const problems = answer.problems.map((problem) => ({ ...problem, fix: problem.fix.map((fix) => forCommand(fix, command)) }));
  const body = {
    v: 1,
    command: command ?? null,
    ok: exitCode === 0,
    exitCode,
    env: parsed.value('env') ?? null,
    data,
    problems,
  };
  const stream = parsed.value('json') === 'stream' ? { t: new Date().toISOString(), ev: 'result' } : {};
  return JSON.stringify({ ...stream, ...body }, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

/** Passwords never reach a stream, whatever text they are in. */
function redactor(parsed: Parsed): (text: string) => string {
  const urls = [parsed.value('url'), process.env['DATABASE_URL']].filter((url) => url !== undefined);
  const secrets = urls.flatMap(secretsOf).filter((secret) => secret.length > 2);
  return (text) =>
    secrets
      .reduce((all, secret) => all.replaceAll(secret, '***'), text)
      .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:@/"']*):[^\s@/"']+@/gi, '$1:***@');
}

async function runCompletion({ parsed, terminal }: Screen): Promise<Answer> {
  const { completionScript } = await import('./completion.ts');
  atMost(parsed, 1);
  const script = completionScript(needed(parsed, 0, 'a shell'));
  return { exitCode: 0, data: { script }, show: () => terminal.print(script) };
}
