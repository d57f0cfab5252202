import { Failure, count as number } from '../../base/index.ts';
import { convert, embedded, type InitReport, init, newMigration, type TakenOver, type TestReport, test } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { untilEnd } from '../ask.ts';
import { atMost, commonOptions, needed } from '../options.ts';
import { columns, duration, type Terminal } from '../terminal.ts';

/** `lockstep init` */
export async function runInit({ parsed, terminal, ask }: Screen): Promise<Answer> {
  const fromDatabase = parsed.has('from-db');
  atMost(parsed, fromDatabase ? 1 : 0);
  const options = commonOptions(parsed);
  const [given] = parsed.arguments;
  if (given !== undefined && options.url !== undefined) {
    throw new Failure('usage.invalid-value', 'the database is named twice: by --url and behind --from-db', {
      state: 'nothing was written',
    });
  }
  const isAsked = terminal.interactive && options.yes !== true && options.url === undefined && !fromDatabase;
  const asked = isAsked ? await askForInit() : {};
  if (asked === undefined) return { exitCode: 3, data: null, show: () => terminal.print('Nothing was written.') };
  const report = await init({
    ...options,
    ...asked,
    ...(ask === undefined ? {} : { ask }),
    ...(given === undefined ? {} : { url: given }),
    ...(fromDatabase ? { fromDatabase } : {}),
    ...(parsed.has('no-example') ? { example: false } : {}),
  });
  return { exitCode: 0, data: report, show: () => showInit(report, terminal) };
}

function showInit(report: InitReport, terminal: Terminal): void {
  const { out } = terminal;
  const rows = report.files.map(({ path, what, note }) => {
    const sign = what === 'kept' ? '=' : what === 'changed' ? out.cyan('~') : out.green('+');
    return [`  ${sign} ${path}`, [what === 'kept' ? 'kept' : '', note ?? ''].filter((part) => part !== '').join(': ')];
  });
  for (const line of columns(rows)) terminal.print(line);
  if (report.taken !== undefined) {
    showTakenOver(report.taken, terminal);
    return;
  }
  const ready = report.url === undefined ? 'Ready, but no database is named yet' : `Ready for ${report.url}`;
  terminal.print(`${out.green(out.sign.ok)} ${ready}. Nothing was run on a database yet.`);
  terminal.print(`  Next:  ${report.example ? 'lockstep up   applies the example' : 'lockstep new NAME  ·  lockstep status'}`);
}

function showTakenOver({ database, id, file, objects, aside, unread }: TakenOver, terminal: Terminal): void {
  const { out, err } = terminal;
  terminal.print(`  ${out.green('+')} ${file}`);
  for (const { tool, table } of aside) terminal.print(`  ${out.dim('·')} ${table.name} is the history of ${tool} and stays out of it`);
  for (const what of unread) terminal.note(`${err.yellow(err.sign.warn)} ${what} cannot be read and is not in it`);
  terminal.print(
    `${out.green(out.sign.ok)} ${database} is taken over: ${number(objects, 'object')}, made anew on a scratch database and compared. Only the history was added to it.`,
  );
  terminal.print(`  Next:  lockstep status  ·  lockstep drift  ·  lockstep mark applied ${id} --reason WHY   where it is already, too`);
}

interface InitAnswers {
  readonly url?: string;
  readonly dir?: string;
  readonly example?: boolean;
}

async function askForInit(): Promise<InitAnswers | undefined> {
  const { confirm, isCancel, select, text } = await import('@clack/prompts');
  return untilEnd(async (signal) => {
    const common = { output: process.stderr, signal };
    const engine = await select({
      ...common,
      message: 'Engine',
      options: [
        { value: embedded.sqlite, label: 'SQLite file', hint: './.lockstep/dev.db' },
        { value: embedded.pglite, label: 'PGlite', hint: 'PostgreSQL in this process, ./.lockstep/pg' },
        { value: '', label: 'I have a URL', hint: 'postgres, mysql, mariadb, sqlite' },
      ],
    });
    if (isCancel(engine)) return undefined;
    const url = engine === '' ? await text({ ...common, message: 'URL', placeholder: 'postgres://localhost/shop' }) : engine;
    if (isCancel(url)) return undefined;
    const dir = await text({ ...common, message: 'Where do migrations live', initialValue: 'migrations' });
    if (isCancel(dir)) return undefined;
    const example = await confirm({ ...common, message: 'Example migration' });
    return isCancel(example) ? undefined : { url, dir, example };
  });
}

/** `lockstep new NAME` */
export async function runNew({ parsed, terminal, ask }: Screen): Promise<Answer> {
  const name = [needed(parsed, 0, 'a name'), ...parsed.arguments.slice(1)].join(' ');
  const format = parsed.value('format');
  const change = parsed.value('change');
  const version = parsed.value('version');
  const report = await newMigration({
    ...commonOptions(parsed),
    name,
    ...(ask === undefined ? {} : { ask }),
    ...(version === undefined ? {} : { version }),
    ...(format === undefined ? {} : { format }),
    ...(change === undefined ? {} : { change }),
  });
  return {
    exitCode: 0,
    data: report,
    show: () => {
      for (const file of report.files ?? [report.file]) terminal.print(`${terminal.out.green('+')} ${file}`);
      if (report.manifest !== undefined) terminal.print(`${terminal.out.cyan('~')} ${report.manifest}`);
      terminal.print('  Next:  edit it, then  lockstep plan · lockstep up');
    },
  };
}

/** `lockstep convert FILE` */
export async function runConvert({ parsed, terminal }: Screen): Promise<Answer> {
  atMost(parsed, 1);
  const file = needed(parsed, 0, 'a file');
  const format = parsed.value('format');
  if (format === undefined) {
    throw new Failure('usage.missing-argument', 'the format wanted must be said', { fix: [`lockstep convert ${file} --format yaml`] });
  }
  const output = parsed.value('output');
  const report = await convert({ ...commonOptions(parsed), file, format, ...(output === undefined ? {} : { output }) });
  return {
    exitCode: 0,
    data: report,
    show: () => {
      if (report.file === undefined) terminal.print(report.text.trimEnd());
      else terminal.print(`${terminal.out.green('+')} ${report.file}`);
      for (const one of report.left) terminal.note(`${terminal.err.yellow('!')} not taken over: ${one}`);
    },
  };
}

/** `lockstep test` */
export async function runTest({ parsed, terminal, stop }: Screen): Promise<Answer> {
  atMost(parsed, 1);
  const [only] = parsed.arguments;
  const engines = parsed.value('engines');
  const report = await test({
    ...commonOptions(parsed),
    stop,
    ...(only === undefined ? {} : { only }),
    ...(engines === undefined ? {} : { on: engines.split(',').map((one) => one.trim()) }),
  });
  return {
    exitCode: report.passed ? 0 : 1,
    data: report,
    problems: report.engines.flatMap((engine) => engine.problems),
    show: () => showTest(report, terminal),
  };
}

function showTest(report: TestReport, terminal: Terminal): void {
  const { out, err } = terminal;
  for (const engine of report.engines) {
    const passed = engine.problems.length === 0;
    const sign = passed ? out.green(out.sign.ok) : out.red(out.sign.fail);
    terminal.print(
      `${sign} ${engine.server}  up ${out.sign.arrow} down ${out.sign.arrow} up: ${engine.reversible} of ${engine.migrations} come back to the same structure  ${out.dim(duration(engine.ms))}`,
    );
    for (const { sign, kind, name } of engine.tried?.differences ?? []) terminal.print(`  ${sign} ${kind} ${name}`);
    for (const { id, why } of engine.irreversible) terminal.print(`  ${out.yellow('!')} ${id}  no way back: ${why}`);
    for (const problem of engine.problems) {
      terminal.note(`  ${err.red(problem.code)}  ${problem.message}`);
      if (problem.state !== undefined) for (const line of problem.state.split('\n')) terminal.note(`      ${line}`);
    }
  }
}
