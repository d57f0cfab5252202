import { count, grouped } from '../../base/index.ts';
import type { Foreseen, PlannedStatement, PlannedStep, PlanReport } from '../../commands/index.ts';
import { lossCap, type Risk } from '../../contracts/index.ts';
import type { Style, Terminal } from '../terminal.ts';
import { formatRisk } from './risk.ts';

/** What would run: for each migration what appears, differs and goes, with risks and locks; the SQL itself on request. */
export function showPlan(report: PlanReport, terminal: Terminal, options: { readonly sql: boolean; readonly showSql: boolean }): void {
  for (const { message } of report.warnings) terminal.note(`${terminal.err.yellow(terminal.err.sign.warn)} ${message}`);
  if (options.sql) {
    showSql(report, terminal);
    return;
  }
  for (const step of report.steps) for (const line of stepLines(step, terminal.out, options.showSql)) terminal.print(line);
  for (const line of endLines(report, terminal.out)) terminal.print(line);
}

function stepLines(step: PlannedStep, style: Style, showSql: boolean): readonly string[] {
  const late = step.flags.includes('late') ? ' · late' : '';
  const lines = [`${style.bold(step.id)}   ${step.direction} · ${transactionText(step)}${late}`];
  if (step.resumeAfter !== undefined) lines.push(`  goes on behind statement ${step.resumeAfter}`);
  for (const statement of step.statements) lines.push(...statementLines(statement, style, showSql));
  for (const lock of locksOf(step)) lines.push(`  ${style.yellow('!')} ${lock}`);
  if (step.boundary !== undefined) lines.push(`  ${style.yellow('…')} decided at run time, from ${step.boundary} on`);
  for (const one of step.foreseen ?? []) lines.push(...foreseenLines(one, style, showSql));
  if (step.direction === 'up') lines.push(style.dim(`  way back: ${backText(step)}`));
  return lines;
}

function endLines(report: PlanReport, style: Style): readonly string[] {
  if (report.steps.length === 0) return [`${style.green(style.sign.ok)} Nothing to do: 0 pending.`];
  const lines = report.losses.map(({ text, rows }) => {
    const many = rows > lossCap ? `over ${grouped(lossCap)}` : grouped(rows);
    return `${style.red('!')} LOSES ${text}: ${many} ${rows === 1 ? 'row or value' : 'rows or values'}`;
  });
  const { add, change, destroy } = report.summary;
  const sizes = [
    count(report.steps.length, 'migration'),
    count(report.statements, 'statement'),
    `${report.losses.length} need approval`,
    ...(report.exact ? [] : ['not exact']),
  ];
  lines.push(`Plan: ${add} to add, ${change} to change, ${destroy} to destroy.   ${sizes.join(' · ')}`);
  if (report.saved !== undefined) lines.push(`Saved to ${report.saved}.  lockstep up --plan ${report.saved}   runs exactly this`);
  return lines;
}

function showSql(report: PlanReport, terminal: Terminal): void {
  for (const step of report.steps) {
    terminal.print(`-- ${step.id} (${step.direction})`);
    for (const statement of step.statements) {
      for (const line of parameterLines(statement.parameters)) terminal.print(`-- ${line}`);
      terminal.print(`${statement.sql};`);
    }
    if (step.boundary !== undefined) terminal.print(`-- decided at run time, from ${step.boundary} on`);
    for (const one of step.foreseen ?? []) for (const line of foreseenComment(one)) terminal.print(`-- ${line}`);
    terminal.print('');
  }
}

/** The same inside a script, where it must not be run. */
function foreseenComment({ sql, says = [], parameters }: Foreseen): readonly string[] {
  return [
    ...says.map(oneLine),
    ...parameterLines(parameters),
    ...(sql === undefined ? [] : `${sql};`.split('\n').map((line) => `  ${line}`)),
  ];
}

/** What is known of what runs behind a boundary; its SQL on request. */
function foreseenLines({ sql, says = [], parameters }: Foreseen, style: Style, showSql: boolean): readonly string[] {
  const lines = says.map((line) => `    ${style.dim('·')} ${oneLine(line)}`);
  if (sql !== undefined && !showSql) lines.push(`    ${style.dim('·')} ${oneLine(sql)}`);
  if (sql !== undefined && showSql) lines.push(...sql.split('\n').map((line) => style.dim(`      ${line}`)));
  return showSql ? [...lines, ...parameterLines(parameters).map((line) => style.dim(`      ${line}`))] : lines;
}

function parameterLines(parameters: Readonly<Record<string, string>> = {}): readonly string[] {
  return Object.entries(parameters).map(([name, value]) => `[${name}] = ${value.replace(/\s+/g, ' ')}`);
}

function transactionText(step: PlannedStep): string {
  if (step.transaction === 'one') return 'in one transaction';
  return step.transaction === 'none' ? 'outside transactions, journalled' : 'in several transactions, journalled';
}

/** What a statement does, line by line, with its risks; its text on request. */
export function statementLines(statement: PlannedStatement, style: Style, showSql: boolean): readonly string[] {
  const lines = statement.effects.map((effect) => {
    const paint = effect.sign === '+' ? style.green : effect.sign === '-' ? style.red : style.cyan;
    return `  ${paint(effect.sign)} ${effect.text}`;
  });
  if (lines.length === 0) lines.push(`  ${style.dim('·')} ${oneLine(statement.sql)}`);
  const { rows } = statement;
  if (rows !== undefined) {
    lines[0] = `${lines[0]}   ${style.dim(typeof rows === 'number' ? count(rows, 'row') : 'rows: known at run time')}`;
  }
  const risks = statement.risks.filter((risk: Risk) => risk.kind !== 'loses').map(formatRisk);
  for (const note of risks) lines.push(`    ${style.yellow('!')} ${note}`);
  if (showSql) {
    lines.push(...statement.sql.split('\n').map((line) => style.dim(`      ${line}`)));
    lines.push(...parameterLines(statement.parameters).map((line) => style.dim(`      ${line}`)));
  }
  return lines;
}

/** The locks that others would notice, each once. */
function locksOf(step: PlannedStep): readonly string[] {
  const noticed = step.statements.filter((statement) => statement.blocks === 'everything' || statement.blocks === 'writes');
  return [
    ...new Set(
      noticed.map(
        (statement) =>
          `takes ${statement.lock}, which blocks ${statement.blocks === 'everything' ? 'reads and writes' : 'writes'} of others`,
      ),
    ),
  ];
}

function backText(step: PlannedStep): string {
  switch (step.back) {
    case 'statements':
      return 'yes';
    case 'structure only':
      return 'structure only';
    case 'data kept':
      return 'yes, and the rows that it changes are kept';
    case 'at run time':
      return 'known when it has run';
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
