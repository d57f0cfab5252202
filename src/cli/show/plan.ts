import { count, grouped } from '../../base/index.ts';
import type { PlannedStatement, PlannedStep, PlanReport } from '../../commands/index.ts';
import type { Risk } from '../../contracts/index.ts';
import { formatRisk } from './risk.ts';
import type { Style, Terminal } from '../terminal.ts';

/** What would run: for each migration what appears, differs and goes, with risks and locks; the SQL itself on request. */
export function showPlan(report: PlanReport, terminal: Terminal, options: { readonly sql: boolean; readonly showSql: boolean }): void {
  for (const { message } of report.warnings) terminal.note(`${terminal.err.yellow(terminal.err.sign.warn)} ${message}`);
  if (options.sql) return showSql(report, terminal);
  const { out } = terminal;
  for (const step of report.steps) {
    terminal.print(`${out.bold(step.id)}   ${step.direction} · ${transactionText(step)}${step.flags.includes('late') ? ' · late' : ''}`);
    if (step.resumeAfter !== undefined) terminal.print(`  goes on behind statement ${step.resumeAfter}`);
    for (const statement of step.statements) for (const line of statementLines(statement, out, options.showSql)) terminal.print(line);
    for (const lock of locksOf(step)) terminal.print(`  ${out.yellow('!')} ${lock}`);
    if (step.boundary !== undefined) terminal.print(`  ${out.yellow('…')} decided at run time, from ${step.boundary} on`);
    if (step.direction === 'up') terminal.print(out.dim(`  way back: ${backText(step)}`));
  }
  for (const { text, rows } of report.losses) {
    terminal.print(`${out.red('!')} LOSES ${text}: ${rows > 100_000 ? 'over 100 000' : grouped(rows)} ${rows === 1 ? 'row or value' : 'rows or values'}`);
  }
  if (report.steps.length === 0) return terminal.print(`${out.green(out.sign.ok)} Nothing to do: 0 pending.`);
  const { add, change, destroy } = report.summary;
  terminal.print(
    `Plan: ${add} to add, ${change} to change, ${destroy} to destroy.   ${count(report.steps.length, 'migration')} · ${count(report.statements, 'statement')} · ${report.losses.length} need approval${report.exact ? '' : ' · not exact'}`,
  );
  if (report.saved !== undefined) terminal.print(`Saved to ${report.saved}.  lockstep up --plan ${report.saved}   runs exactly this`);
}

function showSql(report: PlanReport, terminal: Terminal): void {
  for (const step of report.steps) {
    terminal.print(`-- ${step.id} (${step.direction})`);
    for (const statement of step.statements) terminal.print(`${statement.sql};`);
    if (step.boundary !== undefined) terminal.print(`-- decided at run time, from ${step.boundary} on`);
    terminal.print('');
  }
}

function transactionText(step: PlannedStep): string {
  if (step.transaction === 'one') return 'in one transaction';
  return step.transaction === 'none' ? 'outside transactions, journalled' : 'in several transactions, journalled';
}

function statementLines(statement: PlannedStatement, style: Style, showSql: boolean): readonly string[] {
  const lines = statement.effects.map((effect) => {
    const paint = effect.sign === '+' ? style.green : effect.sign === '-' ? style.red : style.cyan;
    return `  ${paint(effect.sign)} ${effect.text}`;
  });
  if (lines.length === 0) lines.push(`  ${style.dim('·')} ${oneLine(statement.sql)}`);
  const risks = statement.risks.filter((risk: Risk) => risk.kind !== 'loses').map(formatRisk);
  for (const note of risks) lines.push(`    ${style.yellow('!')} ${note}`);
  if (showSql) lines.push(...statement.sql.split('\n').map((line) => style.dim(`      ${line}`)));
  return lines;
}

/** The locks that others would notice, each once. */
function locksOf(step: PlannedStep): readonly string[] {
  const noticed = step.statements.filter((statement) => statement.blocks === 'everything' || statement.blocks === 'writes');
  return [...new Set(noticed.map((statement) => `takes ${statement.lock}, which blocks ${statement.blocks === 'everything' ? 'reads and writes' : 'writes'} of others`))];
}

function backText(step: PlannedStep): string {
  switch (step.back) {
    case 'statements':
      return 'yes';
    case 'structure only':
      return 'structure only';
    case 'file':
      return 'yes, by its file';
    case 'none':
      return `none, ${step.whyNoBack ?? ''}`;
  }
}

function oneLine(sql: string): string {
  const line = sql.replace(/\s+/g, ' ').trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}
