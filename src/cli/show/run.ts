import { count } from '../../base/index.ts';
import type { RunReport } from '../../commands/index.ts';
import { duration, type Style, type Terminal } from '../terminal.ts';
import { showFailure } from './failure.ts';

/** The end of a run: what failed and why, then one line that counts everything and says where the database is now. */
export function showRun(report: RunReport, terminal: Terminal, folder: string): void {
  for (const failure of report.failures) for (const line of showFailure(failure, terminal.err, { folder })) terminal.note(line);
  for (const { message } of report.warnings) {
    // A run has said so when it began.
    if (report.nothing !== undefined) terminal.note(`${terminal.err.yellow(terminal.err.sign.warn)} ${message}`);
  }
  terminal.print(resultLine(report, terminal.out));
  const next = nextLine(report);
  if (next !== undefined && !terminal.quiet) terminal.print(`  Next:  ${next}`);
}

function resultLine(report: RunReport, style: Style): string {
  const { done, failed, untouched, direction, nothing, ms } = report;
  if (nothing !== undefined) return `${style.green(style.sign.ok)} Nothing to do: ${nothing}.  ${where(report)}`;
  if (report.rehearsed && failed.length === 0) {
    return `${style.green(style.sign.ok)} ${count(done.length, 'migration')} rehearsed in ${duration(ms)} and rolled back. Nothing was changed.`;
  }
  const verb = direction === 'up' ? 'applied' : 'taken back';
  if (failed.length === 0 && !report.interrupted) {
    const ups = done.filter((item) => item.direction === 'up').length;
    const parts = [ups > 0 ? `${ups} applied` : '', done.length > ups ? `${done.length - ups} taken back` : ''].filter(
      (part) => part !== '',
    );
    return `${style.green(style.sign.ok)} ${parts.join(', ') || `0 ${verb}`} in ${duration(ms)}.  ${where(report)}`;
  }
  const halted = report.interrupted ? 'interrupted: ' : '';
  return `${style.red(style.sign.fail)} ${halted}${done.length} done, ${failed.length} failed, ${untouched.length} untouched.  ${where(report)}`;
}

/** Of how many modules the closing line tells where they are; `status` tells of all. */
const most = 8;

function where(report: RunReport): string {
  if (report.at === undefined) return 'The state is not known; `lockstep status` tells.';
  const at = Object.values(report.at);
  if (at.length === 0) return `${report.database} has no migrations applied.`;
  const shown = at.length > most ? [...at.slice(0, most), `${at.length - most} more`] : at;
  return `${report.database} is at ${shown.join(', ')}.`;
}

function nextLine(report: RunReport): string | undefined {
  const { done, failed, nothing } = report;
  if (nothing !== undefined || report.rehearsed) return undefined;
  const partial = failed.find((item) => item.partial === true);
  if (partial !== undefined) return 'lockstep up   continue      lockstep down --partial   undo the finished part';
  if (failed.length > 0) return 'lockstep status';
  const ups = done.filter((item) => item.direction === 'up');
  if (ups.length === 0) return 'lockstep status';
  const stuck = ups.filter((item) => item.back === 'none');
  if (stuck.length > 0)
    return `no way back for ${stuck
      .map((item) => item.id)
      .slice(0, 3)
      .join(', ')}${stuck.length > 3 ? ', …' : ''}: restore a backup`;
  const one = ups.length === 1;
  const command = `lockstep down${one ? '' : ` ${ups.length}`}`;
  if (ups.some((item) => item.back === 'structure only')) return `${command}   takes the structure back, not the data`;
  return `${command}   takes ${one ? 'it' : 'them'} back`;
}
