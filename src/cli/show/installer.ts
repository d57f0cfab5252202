import { count } from '../../base/index.ts';
import type { InstallersReport, ModuleDumpReport } from '../../commands/index.ts';
import type { Terminal } from '../terminal.ts';

/** What was written for a module, and what stands in its migrations and not in the file. */
export function showModuleDump(report: ModuleDumpReport, terminal: Terminal): void {
  const { out, err } = terminal;
  if (report.file === undefined) terminal.print(report.text.trimEnd());
  else {
    const covered = count(report.covered.length, 'migration');
    terminal.print(
      `${out.green('+')} ${report.file}   ${report.module} up to ${report.covers}: ${covered}, ${count(report.objects, 'object')}`,
    );
    terminal.print(`${out.green(out.sign.ok)} Proven: it makes what they make; tried on ${report.server}.`);
  }
  const warn = (text: string): void => terminal.note(`${err.yellow(err.sign.warn)} ${text}`);
  for (const line of report.foreign) warn(`it changes what another module made: ${line}`);
  for (const { table, wanted, found } of report.rows)
    warn(
      `${table} holds ${count(wanted, 'row')} by the migrations and ${found} by the installer: write them between lockstep:keep and lockstep:end-keep`,
    );
  for (const { migration, sql, place } of report.rows.length === 0 ? [] : report.fills) {
    const at = place === undefined ? migration : `${place.file}:${place.line}`;
    terminal.note(err.dim(`    ${at}  ${sql.replace(/\s+/g, ' ').slice(0, 100)}`));
  }
  for (const one of report.unread) warn(`${one}: not in the file`);
}

/** Which installers were held against their migrations, and in what they differ. */
export function showInstallers(report: InstallersReport, terminal: Terminal): void {
  const { out, err } = terminal;
  for (const { id, version, covers, differences } of report.installers) {
    const sign = differences.length === 0 ? out.green(out.sign.ok) : out.red(out.sign.fail);
    terminal.print(`${sign} ${id}   covers ${version}, ${count(covers, 'migration')}${differences.length === 0 ? ': the same' : ''}`);
    for (const line of differences) terminal.print(`    ${line}`);
  }
  for (const { code, message, fix } of report.problems) {
    terminal.note(`${err.red(`${err.sign.fail} ${code}`)}  ${message}`);
    if (fix[0] !== undefined) terminal.note(err.dim(`    fix: ${fix.join('  |  ')}`));
  }
  if (report.installers.length === 0) terminal.print(`${out.green(out.sign.ok)} There is no installer to compare.`);
  else if (report.whole === 'same')
    terminal.print(`${out.green(out.sign.ok)} Everything with installers is what everything without them is; tried on ${report.server}.`);
}
