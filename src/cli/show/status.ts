import { grouped } from '../../base/index.ts';
import type { Listed, StatusReport } from '../../commands/index.ts';
import { ago, columns, duration, type Style, type Terminal } from '../terminal.ts';

const newest = 5;

/** Pending first, then what does not fit, then the newest applied; one line of counts and what to do next at the end. */
export function showStatus(
  report: StatusReport,
  terminal: Terminal,
  options: { readonly all: boolean; readonly pendingOnly: boolean },
): void {
  const { out } = terminal;
  const now = new Date();
  terminal.print(`${out.bold(report.database)} · ${report.server} · ${report.target}`);
  const open = report.migrations.filter((one) => one.state === 'pending' || one.state === 'reverted' || one.state === 'failed');
  const present = report.migrations.filter((one) => !open.includes(one));
  if (open.length > 0) {
    terminal.print('');
    terminal.print(`PENDING (${grouped(open.filter(({ coveredBy }) => coveredBy === undefined).length)})`);
    for (const line of columns(open.map((one) => openRow(one, out)))) terminal.print(line);
  }
  if (!options.pendingOnly && present.length > 0) {
    const odd = present.filter((one) => one.flags.length > 0);
    const shown = options.all
      ? present
      : [...new Set([...odd, ...present.slice(-newest)])].sort((a, b) => present.indexOf(a) - present.indexOf(b));
    const note = shown.length < present.length ? `${shown.length} of ${grouped(present.length)}; --all` : grouped(present.length);
    terminal.print('');
    terminal.print(`APPLIED (${note})`);
    for (const line of columns(shown.map((one) => presentRow(one, out, { now, verbose: terminal.verbose > 0 })))) terminal.print(line);
  }
  terminal.print('');
  terminal.print(summary(report, out));
  for (const problem of report.problems) {
    const place = problem.file === undefined ? '' : ` (${problem.file})`;
    terminal.note(
      `${terminal.err.yellow(terminal.err.sign.warn)} ${problem.code}  ${problem.message}${problem.message.includes(problem.file ?? '\0') ? '' : place}`,
    );
    if (problem.fix[0] !== undefined) terminal.note(terminal.err.dim(`    fix: ${problem.fix.join('  |  ')}`));
  }
}

/** Code has steps beside statements, so that all of its statements so far may be finished. */
function howFar({ done = 0, total = 0 }: Listed): string {
  if (done >= total) return 'failed half way, what was finished stays';
  return `failed at statement ${done + 1} of ${total}${done > 0 ? ', the others before it stay' : ''}`;
}

function openRow(one: Listed, style: Style): readonly string[] {
  if (one.state === 'failed') {
    const how = one.partial ? howFar(one) : 'failed, nothing of it remains';
    return [`  ${style.red(style.sign.fail)} ${one.id}`, `${how}${one.error === undefined ? '' : `: ${firstLine(one.error)}`}`];
  }
  if (one.coveredBy !== undefined) return [`  ${style.dim('·')} ${style.dim(one.id)}`, style.dim(`covered by ${one.coveredBy}`)];
  const notes = [one.state === 'reverted' ? 'was taken back' : '', ...one.flags].filter((note) => note !== '');
  return [`  ${style.yellow(style.sign.open)} ${one.id}`, notes.join(', ')];
}

function presentRow(one: Listed, style: Style, options: { readonly now: Date; readonly verbose: boolean }): readonly string[] {
  const sign = one.flags.length > 0 ? style.yellow(style.sign.warn) : style.green(style.sign.ok);
  const flags = one.flags.map((flag) => (flag === 'edited' ? 'EDITED since applied' : flag === 'file-missing' ? 'FILE MISSING' : flag));
  const state = one.state === 'applied' ? '' : one.state;
  const at = one.appliedAt === undefined ? '' : options.verbose ? one.appliedAt : ago(one.appliedAt, options.now);
  return [
    `  ${sign} ${one.id}`,
    at,
    one.ms === undefined ? '' : duration(one.ms),
    one.by ?? '',
    [state, ...flags].filter((part) => part !== '').join(', '),
  ];
}

function summary(report: StatusReport, style: Style): string {
  const { pending, applied, failed, edited, missing, late } = report.counts;
  const parts = [
    `${grouped(pending)} pending`,
    `${grouped(applied)} applied`,
    failed > 0 ? `${failed} failed` : '',
    edited > 0 ? `${edited} edited` : '',
    missing > 0 ? `${missing} without a file` : '',
    late > 0 ? `${late} late` : '',
  ].filter((part) => part !== '');
  const sign = report.upToDate ? style.green(style.sign.ok) : style.yellow(style.sign.warn);
  const next = pending > 0 && edited + missing === 0 ? '   Next:  lockstep plan  ·  lockstep up' : '';
  return `${sign} ${parts.join(' · ')}${next}`;
}

function firstLine(text: string): string {
  const line = text.split('\n')[0] ?? '';
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
