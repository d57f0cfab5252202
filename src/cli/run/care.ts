import { Failure, count as number } from '../../base/index.ts';
import { doctor, explain, explainable, type Mark, mark, protect, refresh, verify, verifyInstallers } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions, needed, wholeNumber } from '../options.ts';
import { forCommand } from '../show/failure.ts';
import { showInstallers } from '../show/installer.ts';
import { showRefresh } from '../show/refresh.ts';
import { columns } from '../terminal.ts';

const marks: readonly Mark[] = ['applied', 'pending', 'accept', 'forget'];

/** `lockstep mark (applied | pending | accept | forget) ID` */
export async function runMark({ parsed, terminal, ask, emit, stop }: Screen): Promise<Answer> {
  atMost(parsed, 2);
  const wanted = needed(parsed, 0, 'what to mark');
  const chosen = marks.find((one) => one === wanted);
  if (chosen === undefined) throw new Failure('usage.invalid-value', `mark takes ${marks.join(', ')}, not "${wanted}"`);
  const id = needed(parsed, 1, 'a migration');
  const reason = parsed.value('reason');
  if (reason === undefined || reason.trim() === '') {
    throw new Failure('usage.missing-argument', 'mark needs a reason, which is kept in the history: --reason WHY', {
      fix: [`lockstep mark ${chosen} ${id} --reason WHY`],
    });
  }
  const statement = parsed.value('statement');
  const report = await mark({
    ...commonOptions(parsed),
    emit,
    stop,
    ...(ask === undefined ? {} : { ask }),
    mark: chosen,
    id,
    reason,
    ...(statement === undefined ? {} : { statement: wholeNumber(statement, '--statement') }),
  });
  return {
    exitCode: 0,
    data: report,
    show: () => terminal.print(`${terminal.out.green(terminal.out.sign.ok)} ${report.id} on ${report.database}: ${report.now}.`),
  };
}

/** `lockstep refresh` */
export async function runRefresh({ parsed, terminal, ask, emit, stop }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const report = await refresh({
    ...commonOptions(parsed),
    emit,
    stop,
    ...(ask === undefined ? {} : { ask }),
    ...(parsed.has('restart') ? { restart: true } : {}),
    ...(parsed.has('keep-applied') ? { keepApplied: true } : {}),
  });
  return { exitCode: 0, data: report, show: () => showRefresh(report, terminal) };
}

/** `lockstep protect [NAME]` */
export async function runProtect({ parsed, terminal, ask, emit, stop }: Screen): Promise<Answer> {
  atMost(parsed, 1);
  const isOff = parsed.has('off');
  const name = isOff ? undefined : needed(parsed, 0, 'the name that must be given to change it');
  if (isOff && parsed.arguments.length > 0)
    throw new Failure('usage.invalid-value', '--off takes no name', { state: 'nothing was changed' });
  const reason = parsed.value('message')?.trim() ?? '';
  if (reason === '')
    throw new Failure('usage.missing-argument', 'protect needs a reason, which is kept in the history: -m WHY', {
      state: 'nothing was changed',
    });
  const report = await protect({
    ...commonOptions(parsed),
    emit,
    stop,
    ...(ask === undefined ? {} : { ask }),
    ...(name === undefined ? {} : { name }),
    reason,
  });
  const now =
    report.name === undefined
      ? 'has no mark of protection any more'
      : `is protected: whoever changes it must name it, --confirm ${report.name}`;
  const still = report.name === undefined && report.byConfiguration ? ' The configuration still protects it.' : '';
  return {
    exitCode: 0,
    data: report,
    show: () => terminal.print(`${terminal.out.green(terminal.out.sign.ok)} ${report.database} ${now}.${still}`),
  };
}

/** `lockstep verify` */
export async function runVerify({ parsed, terminal, stop, cancel }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  if (parsed.has('installer')) {
    const report = await verifyInstallers({ ...commonOptions(parsed), stop, cancel });
    const exitCode = report.problems.length > 0 ? 1 : 0;
    return { exitCode, data: report, problems: report.problems, show: () => showInstallers(report, terminal) };
  }
  const report = await verify(commonOptions(parsed));
  return {
    exitCode: report.problems.length > 0 ? 1 : 0,
    data: report,
    problems: report.problems,
    show: () => {
      const { out, err } = terminal;
      for (const problem of report.problems) {
        terminal.note(`${err.red(`${err.sign.fail} ${problem.code}`)}  ${problem.message}`);
        if (problem.fix[0] !== undefined) terminal.note(err.dim(`    fix: ${problem.fix.join('  |  ')}`));
      }
      const sign = report.problems.length > 0 ? out.red(out.sign.fail) : out.green(out.sign.ok);
      terminal.print(
        `${sign} ${report.compared} compared, ${report.checked} with checks of their own, ${number(report.problems.length, 'problem')}.`,
      );
    },
  };
}

/** `lockstep doctor` */
export async function runDoctor({ parsed, terminal, version }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const report = await doctor({ ...commonOptions(parsed), version });
  return {
    exitCode: report.healthy ? 0 : 1,
    data: report,
    show: () => {
      const { out } = terminal;
      const signs = { ok: out.green(out.sign.ok), warning: out.yellow(out.sign.warn), error: out.red(out.sign.fail) };
      for (const check of report.checks) {
        terminal.print(`  ${signs[check.outcome]} ${check.name}: ${check.message}`);
        for (const fix of check.fix) terminal.print(out.dim(`      fix: ${forCommand(fix, 'up')}`));
      }
      const count = (outcome: string): number => report.checks.filter((check) => check.outcome === outcome).length;
      terminal.print(`  ${number(count('error'), 'problem')}, ${number(count('warning'), 'warning')}.`);
    },
  };
}

/** `lockstep explain [CODE | WORD]` */
export function runExplain({ parsed, terminal }: Screen): Promise<Answer> {
  atMost(parsed, 1);
  const [wanted] = parsed.arguments;
  if (wanted === undefined) {
    const all = explainable().map((code) => ({ code, title: explain(code).title }));
    return Promise.resolve({
      exitCode: 0,
      data: all,
      show: () => {
        for (const line of columns(all.map(({ code, title }) => [code, title === code ? '' : title]))) terminal.print(line);
      },
    });
  }
  const explanation = explain(wanted);
  return Promise.resolve({
    exitCode: 0,
    data: explanation,
    show: () => {
      terminal.print(`${terminal.out.bold(explanation.code)}${explanation.exit === undefined ? '' : `  (exit code ${explanation.exit})`}`);
      if (explanation.title !== explanation.code) terminal.print(explanation.title);
      terminal.print('');
      terminal.print(wrapped(explanation.explain, Math.min(terminal.width, 90)));
      if (explanation.fix.length > 0) terminal.print(`\nWhat helps:\n${explanation.fix.map((fix) => `  ${fix}`).join('\n')}`);
    },
  });
}

function wrapped(text: string, width: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.join('\n');
}
