import { count, Failure, grouped, joined, type Problem } from '../../base/index.ts';
import {
  type CheckedModule,
  checkModules,
  type InstalledReport,
  installModule,
  type ListedModule,
  listModules,
  type UninstallReport,
  uninstallModule,
} from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions, needed } from '../options.ts';
import { columns, type Style, type Terminal } from '../terminal.ts';
import { answerOf, runOptions } from './runs.ts';

const actions = ['list', 'install', 'update', 'uninstall', 'check'] as const;

/** `lockstep module (list | install | update | uninstall | check) [NAME]` */
export async function runModule(screen: Screen): Promise<Answer> {
  const { parsed } = screen;
  atMost(parsed, 2);
  const wanted = parsed.arguments[0] ?? 'list';
  const action = actions.find((one) => one === wanted);
  switch (action) {
    case 'list':
      return list(screen);
    case 'check':
      return check(screen);
    case 'install':
    case 'update':
      return install(screen, action);
    case 'uninstall':
      return uninstall(screen);
    case undefined:
      throw new Failure('usage.invalid-value', `module takes ${joined(actions, 'or')}, not "${wanted}"`);
  }
}

async function list({ parsed, terminal }: Screen): Promise<Answer> {
  const report = await listModules(commonOptions(parsed));
  return {
    exitCode: 0,
    data: report,
    show: () => {
      for (const line of columns(report.modules.map((one) => row(one, terminal.out)))) terminal.print(line);
      if (report.modules.length === 0) terminal.print('There are no modules: each folder in modules/ is one.');
    },
  };
}

async function install(screen: Screen, action: 'install' | 'update'): Promise<Answer> {
  const { parsed, terminal } = screen;
  const as = parsed.value('as');
  const name = needed(parsed, 1, 'a module');
  const report = await installModule({ ...runOptions(screen), name, ...(as === undefined ? {} : { as }) });
  const answer = answerOf(screen, report);
  const isIdle = report.nothing !== undefined && as === undefined;
  return {
    ...answer,
    exitCode: isIdle && parsed.has('strict') ? 1 : answer.exitCode,
    show: () => (isIdle && report.warnings.length === 0 ? showIdle(report, action, terminal) : showInstalled(report, answer, terminal)),
  };
}

function showIdle({ module, version }: InstalledReport, action: 'install' | 'update', { print, out }: Terminal): void {
  const what =
    version === undefined
      ? `${module} has no migrations`
      : `${module} ${version} is ${action === 'install' ? 'already installed' : 'current'}`;
  print(`${out.green(out.sign.ok)} ${what}.`);
}

function showInstalled({ module, version, done, failed, files }: InstalledReport, answer: Answer, terminal: Terminal): void {
  const { out } = terminal;
  const rows = done.map(({ id, statements }) => [`  ${out.green('+')} ${id}`, files[id] ?? '', count(statements, 'statement')]);
  for (const line of columns(rows)) terminal.print(line);
  answer.show();
  const now = version === undefined ? `${module} is not installed.` : `${module} is at ${version}.`;
  if (done.length > 0 || failed.length > 0) terminal.print(`  ${now}`);
}

async function uninstall(screen: Screen): Promise<Answer> {
  const { parsed, terminal } = screen;
  const report = await uninstallModule({
    ...runOptions(screen),
    name: needed(parsed, 1, 'a module'),
    ...(parsed.has('through-installer') ? { throughInstaller: true } : {}),
  });
  const answer = answerOf(screen, report);
  return { ...answer, show: () => showUninstalled(report, answer, terminal) };
}

function showUninstalled({ module, version, destroyed, done, failed, nothing }: UninstallReport, answer: Answer, terminal: Terminal): void {
  const { out } = terminal;
  if (nothing === undefined && failed.length === 0) {
    for (const loss of destroyed) terminal.print(`  ${out.red('-')} ${loss}`);
    terminal.print(
      `${out.green(out.sign.ok)} ${module}${version === undefined ? '' : ` ${version}`} is uninstalled: ${count(
        done.reduce((sum, { statements }) => sum + statements, 0),
        'statement',
      )}.`,
    );
    // What went wrong on the way is told like any failure.
    if (answer.exitCode === 0) return;
  }
  answer.show();
}

async function check({ parsed, terminal }: Screen): Promise<Answer> {
  const name = parsed.arguments[1];
  const report = await checkModules({ ...commonOptions(parsed), ...(name === undefined ? {} : { name }) });
  return {
    exitCode: report.found > 0 ? 1 : 0,
    data: report,
    show: () => {
      for (const module of report.modules) showChecked(module, terminal);
      if (report.modules.length === 0) terminal.print('There are no modules: each folder in modules/ is one.');
    },
  };
}

function showChecked({ name, version, problems }: CheckedModule, { print, out }: Terminal): void {
  const sign = problems.length === 0 ? out.green(out.sign.ok) : out.red(out.sign.fail);
  print(
    `${sign} ${name}${version === undefined ? '' : ` ${version}`}${problems.length === 0 ? '' : `  ${count(problems.length, 'problem')}`}`,
  );
  for (const problem of problems) print(`    ${shownPlace(problem)}${problem.message}`);
}

function shownPlace({ file, line, column }: Problem): string {
  if (file === undefined) return '';
  return line === undefined ? `${file}  ` : `${file}:${line}${column === undefined ? '' : `:${column}`}  `;
}

function row({ name, version, newest, pending, requires }: ListedModule, style: Style): readonly string[] {
  const sign = pending > 0 ? style.yellow(style.sign.open) : style.green(style.sign.ok);
  const way =
    version === undefined ? 'not installed' : version === newest ? version : `${version} ${style.sign.arrow} ${newest ?? 'no files'}`;
  return [
    `  ${sign} ${name}`,
    way,
    pending > 0 ? `${grouped(pending)} pending` : '',
    requires.length > 0 ? `requires ${joined(requires)}` : '',
  ];
}
