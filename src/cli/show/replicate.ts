import { count, grouped } from '../../base/index.ts';
import type { ReplicateReport } from '../../commands/index.ts';
import { columns, type Terminal } from '../terminal.ts';

/** What went over, or would: losses by their names, tables with their rows and checksums. */
export function showReplica(report: ReplicateReport, terminal: Terminal): void {
  const { out } = terminal;
  const names = [...new Set(report.losses.map(({ name }) => name))].sort();
  for (const name of names) {
    const of = report.losses.filter((loss) => loss.name === name);
    terminal.print(`  ${out.yellow('!')} ${out.bold(name)}  ${of[0]?.becomes ?? ''} (${of.length})`);
    const shown = terminal.verbose > 0 ? of : of.slice(0, 5);
    for (const { object } of shown) terminal.print(`      ${object}`);
    if (shown.length < of.length) terminal.print(`      … and ${of.length - shown.length} more   (-v shows all)`);
  }
  if (report.dryRun) {
    if (terminal.verbose > 0) for (const sql of report.statements) terminal.print(`${sql};`);
    terminal.print(`${count(report.objects, 'object')} of ${report.from} would be made on ${report.to}. Nothing was changed.`);
    if (names.length > 0) terminal.print(`  Next:  --allow-lossy ${names.join(',')}`);
    return;
  }
  for (const line of columns(
    report.tables.map(({ table, rows, checksum }) => [`  ${out.green(out.sign.ok)} ${table}`, grouped(rows), checksum]),
  ))
    terminal.print(line);
  const rows = report.tables.reduce((sum, table) => sum + table.rows, 0);
  const both = report.tables.length === 0 || report.file !== undefined ? '' : ', the same on both sides';
  const what = report.tables.length === 0 ? '' : ` and ${count(rows, 'row')}${both}`;
  terminal.print(`${out.green(out.sign.ok)} ${count(report.objects, 'object')}${what} from ${report.from} to ${report.to}.`);
}
