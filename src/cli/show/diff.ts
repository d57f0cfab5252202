import { count } from '../../base/index.ts';
import type { DiffReport } from '../../commands/index.ts';
import type { Terminal } from '../terminal.ts';
import { statementLines } from './plan.ts';
import { formatRisk } from './risk.ts';

/** What leads from one structure to the other, and what was done to prove it; the SQL itself on request. */
export function showDiff(report: DiffReport, terminal: Terminal, options: { readonly sql: boolean }): void {
  const { out } = terminal;
  if (options.sql) {
    for (const { sql } of report.statements) terminal.print(`${sql};`);
    return;
  }
  showStatements(report, terminal);
  showBesides(report, terminal);
  for (const line of report.stale) terminal.note(`${terminal.err.yellow(terminal.err.sign.warn)} ${line}; take the line out`);
  if (report.answersKept > 0) terminal.print(`  ${count(report.answersKept, 'answer')} kept in lockstep.renames`);
  if (report.changes.length === 0) {
    terminal.print(`${out.green(out.sign.ok)} No difference between ${report.from} and ${report.to}.`);
    return;
  }
  terminal.print(
    `${count(report.changes.length, 'change')} · ${count(report.statements.length, 'statement')} from ${report.from} to ${report.to}.`,
  );
  if (report.proven === true)
    terminal.print(`${out.green(out.sign.ok)} Proven: arrives, and leads back; tried on ${report.triedOn ?? report.server}.`);
  else terminal.print(`${out.yellow(out.sign.warn)} Unproven: ${report.proven.why}`);
  showRows(report, terminal);
  if (report.file !== undefined) terminal.print(`+ ${report.file}\n  Next:  lockstep plan  ·  lockstep up`);
  else terminal.print('  Next:  lockstep diff … --sql   the statements  ·  --write NAME   a migration');
}

/** What is no change and is still to be known. */
function showBesides({ reordered, ignored, unread }: DiffReport, { out, print }: Terminal): void {
  for (const { table, columns } of reordered)
    print(`  ${out.dim('·')} ${table}: only the order of its columns differs (${columns.join(', ')}); it is left as it is`);
  for (const one of unread) print(`  ${out.dim('·')} ${one}: not compared`);
  for (const file of ignored) print(`  ${out.yellow(out.sign.warn)} ${file} says nothing of a structure and was passed over`);
}

/** What became of the rows that were made up, and of which tables nothing can be said. */
function showRows({ rows }: DiffReport, { out, print }: Terminal): void {
  if (rows === undefined) return;
  if (rows.rows > 0)
    print(`  ${count(rows.rows, 'sample row')} in ${count(rows.tables, 'table')}: nothing is lost but what is named above.`);
  for (const { table, why } of rows.without) print(`  ${out.dim('·')} ${table} was tried without rows: ${why}`);
  for (const { table, why } of rows.noWayBack) print(`  ${out.yellow(out.sign.warn)} the way back fails while ${table} holds rows: ${why}`);
}

function showStatements({ statements }: DiffReport, terminal: Terminal): void {
  const { out } = terminal;
  for (const statement of statements) {
    const lines = statementLines(statement, out, terminal.verbose > 0);
    // What only serves another statement is of interest to those who want to see all of them.
    const own = statement.effects.length === 0 && terminal.verbose === 0 ? lines.slice(1) : lines;
    for (const line of own) terminal.print(line);
    for (const risk of statement.risks)
      if (risk.kind === 'loses' || risk.kind === 'rewritesHistory') terminal.print(`    ${out.red('!')} ${formatRisk(risk)}`);
  }
}
