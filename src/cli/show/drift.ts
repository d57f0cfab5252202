import { count, grouped } from '../../base/index.ts';
import type { Drifted, DriftReport } from '../../commands/index.ts';
import { lossCap } from '../../contracts/index.ts';
import { columns, type Style, type Terminal } from '../terminal.ts';
import { statementLines } from './plan.ts';

const words = { '+': 'additive', '-': 'missing', '~': 'changed' } as const;

/** What differs from what the history says, then what is ignored and what is no drift; the way back on request. */
export function showDrift(report: DriftReport, terminal: Terminal, options: { readonly planBack: boolean; readonly sql: boolean }): void {
  const { out } = terminal;
  if (options.sql) {
    for (const { sql } of report.back) terminal.print(`${sql};`);
    return;
  }
  for (const line of columns(report.differences.map((one) => openRow(one, out)))) terminal.print(line);
  for (const line of columns(report.ignored.map((one) => ignoredRow(one, out)))) terminal.print(line);
  for (const line of asideLines(report)) terminal.print(`  ${out.dim('·')} ${line}`);
  for (const line of warnings(report)) terminal.note(`${terminal.err.yellow(terminal.err.sign.warn)} ${line}`);
  if (options.planBack && report.differences.length > 0) for (const line of backLines(report, terminal)) terminal.print(line);
  for (const line of endLines(report, out, options.planBack)) terminal.print(line);
}

function openRow({ sign, kind, name, differing, exception }: Drifted, style: Style): readonly string[] {
  const paint = sign === '+' ? style.green : sign === '-' ? style.red : style.cyan;
  const how = differing.map(({ property, expected, found }) => {
    const [was, is] = [shortText(expected), shortText(found)];
    return was === undefined || is === undefined ? property : `${property} ${was} ${style.sign.arrow} ${is}`;
  });
  const over = exception === undefined ? [] : [`was ignored until ${exception.until}: ${exception.why}`];
  return [`  ${paint(sign)} ${kind} ${name}`, words[sign], [how.join(', '), ...over].filter((note) => note !== '').join('; ')];
}

/** A value that fits on a line; nothing for one that does not. */
function shortText(value: unknown): string | undefined {
  const text =
    typeof value === 'object' && value !== null
      ? Object.values(value)
          .map((part) => shortText(part) ?? '…')
          .join(' ')
      : value === undefined
        ? 'none'
        : String(value);
  return text.length > 40 || text.includes('\n') ? undefined : text;
}

function ignoredRow({ sign, kind, name, exception }: Drifted, style: Style): readonly string[] {
  return [`  ${style.dim('=')} ${kind} ${name}`, words[sign], `ignored until ${exception?.until}: ${exception?.why}`];
}

/** What is no drift, and is not passed over in silence all the same. */
function asideLines({ reordered, aside, unread, pending }: DriftReport): readonly string[] {
  return [
    ...reordered.map(({ table, columns: names }) => `${table}: only the order of its columns differs (${names.join(', ')})`),
    ...aside.map(({ tool, table }) => `${table.name} is the history of ${tool} and is not compared`),
    ...(unread.length === 0 ? [] : [`not compared, because it cannot be read: ${unread.join(', ')}`]),
    ...(pending === 0 ? [] : [`${count(pending, 'migration')} pending, which ${pending === 1 ? 'is' : 'are'} no drift`]),
  ];
}

function warnings({ halfApplied, unused, proven, differences }: DriftReport): readonly string[] {
  return [
    ...halfApplied.map((id) => `migration ${id} is half applied: what it left behind is told as drift`),
    ...unused.map(({ ignore, until }) => `the exception "${ignore}" (until ${until}) covers nothing here`),
    ...(proven === true || differences.length === 0 ? [] : [`unproven: ${proven.why}`]),
  ];
}

function backLines(report: DriftReport, { out, verbose }: Terminal): readonly string[] {
  const lines = report.back.flatMap((statement) => statementLines(statement, out, verbose > 0));
  const losses = report.losses.map(({ text, rows }) => {
    const many = rows > lossCap ? `over ${grouped(lossCap)}` : grouped(rows);
    return `${out.red('!')} LOSES ${text}: ${many} ${rows === 1 ? 'row or value' : 'rows or values'}`;
  });
  return ['', 'The way back to what is expected:', ...lines, ...losses];
}

function endLines(report: DriftReport, style: Style, planBack: boolean): readonly string[] {
  const { differences, ignored, applied, database, written, kept } = report;
  const also = ignored.length === 0 ? '' : ` ${grouped(ignored.length)} ignored.`;
  const lines = kept === undefined ? [] : [`+ lockstep.drift.json   ${kept.ignore} until ${kept.until}; commit it`];
  if (differences.length === 0) {
    return [
      ...lines,
      `${style.green(style.sign.ok)} No drift: ${database} is what ${count(applied, 'applied migration')} made of it.${also}`,
    ];
  }
  if (written !== undefined) {
    const next = planBack
      ? `lockstep down ${written.id}   takes the database back; then delete the file`
      : 'commit the file   ·   lockstep up   on the other databases';
    return [...lines, `${style.green('+')} ${written.file}   marked as applied on ${database}; nothing was run`, `  Next:  ${next}`];
  }
  const proven = report.proven === true ? ' Both ways, to it and back, are proven on a scratch database.' : '';
  return [
    ...lines,
    `${style.yellow(style.sign.warn)} ${count(differences.length, 'difference')} between ${database} and its history.${also}${proven}`,
    planBack
      ? '  Next:  lockstep drift --plan-back --write NAME'
      : '  Next:  lockstep drift --record | --plan-back | --ignore NAME --until DATE -m WHY',
  ];
}
