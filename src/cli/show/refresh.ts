import { count } from '../../base/index.ts';
import type { RefreshReport } from '../../commands/index.ts';
import { columns, type Terminal } from '../terminal.ts';

/** What is new, vanished and changed, with their files; what a restart took out of the history; one line of counts. */
export function showRefresh(report: RefreshReport, terminal: Terminal): void {
  const { out } = terminal;
  const rows = [
    ...report.new.map(({ id, file }) => [`  ${out.green('+')} ${id}`, file ?? '']),
    ...report.vanished.map(({ id, file }) => [
      `  ${out.red('-')} ${id}`,
      `applied, its file is gone${file === undefined ? '' : `: ${file}`}`,
    ]),
    ...report.changed.map(({ id, file }) => [`  ${out.yellow('~')} ${id}`, `changed since it was applied: ${file ?? ''}`]),
  ];
  for (const line of columns(rows)) terminal.print(line);
  const { restarted } = report;
  if (restarted !== undefined) {
    for (const line of columns(restarted.forgotten.map(({ id, state }) => [`  ${out.dim('·')} ${id}`, `forgotten; it was ${state}`])))
      terminal.print(line);
  }
  const counts = `${report.new.length} new, ${report.vanished.length} vanished, ${report.changed.length} changed`;
  const written =
    restarted === undefined
      ? 'Nothing was written.'
      : `${count(restarted.forgotten.length, 'row')} left the history, ${restarted.kept} ${restarted.kept === 1 ? 'stays' : 'stay'}.`;
  terminal.print(`${out.green(out.sign.ok)} ${report.database}: ${counts}. ${written}`);
}
