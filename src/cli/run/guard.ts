import { count, Failure } from '../../base/index.ts';
import { dropRecorded, type EvidenceReport, type GuardReport, guard, recorded } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions, needed, wholeNumber } from '../options.ts';
import { clock } from '../show/team.ts';
import type { Terminal } from '../terminal.ts';

/** `lockstep guard on|off|status` */
export async function runGuard({ parsed, terminal, ask }: Screen): Promise<Answer> {
  atMost(parsed, 1);
  const wanted = parsed.arguments[0] ?? 'status';
  if (wanted !== 'on' && wanted !== 'off' && wanted !== 'status') {
    throw new Failure('usage.invalid-value', `lockstep guard takes on, off or status, not "${wanted}"`);
  }
  const report = await guard({ ...commonOptions(parsed), ...(ask === undefined ? {} : { ask }), guard: wanted });
  const damaged = report.state?.damaged ?? [];
  return { exitCode: damaged.length > 0 ? 1 : 0, data: report, show: () => showGuard(report, terminal) };
}

function showGuard(report: GuardReport, terminal: Terminal): void {
  const { out } = terminal;
  const { state } = report;
  if (!report.canRefuse) {
    terminal.print(`${out.sign.open} ${report.database}: ${report.server} refuses nothing by itself.`);
    terminal.print(`  ${report.gaps}`);
    return;
  }
  if (state === undefined) {
    terminal.print(
      `${out.sign.open} ${report.database}: structural statements of anybody pass.${report.changed ? ' The guard is gone, and left nothing behind.' : ''}`,
    );
    if (!report.changed) terminal.print('  Next:  lockstep guard on');
    return;
  }
  terminal.print(
    `${out.green(out.sign.ok)} ${report.database}: structural statements outside a check-out are refused (since ${clock(state.since)}, by ${state.by}).`,
  );
  for (const what of state.damaged) terminal.print(`  ${out.red(out.sign.fail)} ${what}`);
  if (state.damaged.length > 0) terminal.print('  fix: lockstep guard off, then: lockstep guard on');
  for (const { holder, until, byToken } of state.open) {
    terminal.print(
      `  ${out.yellow(out.sign.warn)} open for ${byToken ? `sessions with the token of ${holder}` : `every tool: checked out by ${holder}`}, until ${clock(until)}`,
    );
  }
  terminal.print(out.dim(`  not refused: ${report.gaps}`));
}

/** `lockstep recorded [drop N]` */
export async function runRecorded({ parsed, terminal }: Screen): Promise<Answer> {
  atMost(parsed, 2);
  const [action] = parsed.arguments;
  if (action !== undefined && action !== 'drop')
    throw new Failure('usage.invalid-value', `lockstep recorded takes drop N, not "${action}"`);
  const options = commonOptions(parsed);
  const report =
    action === undefined
      ? await recorded(options)
      : await dropRecorded({
          ...options,
          number: wholeNumber(needed(parsed, 1, 'the number of a statement'), 'the number of a statement'),
        });
  return { exitCode: 0, data: report, show: () => showRecorded(report, terminal) };
}

function showRecorded({ checkout, statements, watched }: EvidenceReport, terminal: Terminal): void {
  const { out } = terminal;
  for (const [i, { at, by, program, text, seenBy }] of statements.entries()) {
    const who = [at === undefined ? undefined : clock(at), by, program === '' ? undefined : program].filter((word) => word !== undefined);
    terminal.print(`${String(i + 1).padStart(3)}  ${text.replaceAll(/\s+/g, ' ')}`);
    terminal.print(
      out.dim(
        `     ${[...who, seenBy === 'server' ? "from the server's log" : seenBy === 'guard' ? 'seen by the guard' : 'through Lockstep'].join(' · ')}`,
      ),
    );
  }
  terminal.print(
    `${count(statements.length, 'structural statement')} seen under check-out ${checkout}. What is recorded is what differs at the check-in.`,
  );
  if (watched.length === 1)
    terminal.print(out.dim('  Other tools are not watched here: only `lockstep sql` is. See: lockstep guard status'));
}
