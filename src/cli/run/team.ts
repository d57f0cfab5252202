import { count, Failure, parseDuration } from '../../base/index.ts';
import {
  askTeam,
  type CheckinOptions,
  type CheckinPlan,
  type CheckinReport,
  type CheckoutReport,
  checkin,
  checkout,
  leaveTeam,
  planCheckin,
  release,
  teamStatus,
} from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import type { Parsed } from '../argv.ts';
import { atMost, commonOptions, folderOf, needed, textOfFile, wholeNumber } from '../options.ts';
import { renaming } from '../renaming.ts';
import { clock, showDrafts, showLocks, showTeam } from '../show/team.ts';
import type { Terminal } from '../terminal.ts';

/** The flag for so long, in milliseconds. */
export function duration(parsed: Parsed): number | undefined {
  const text = parsed.value('for');
  if (text === undefined) return undefined;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  const ms = days === undefined ? parseDuration(text) : Number(days) * 86_400_000;
  if (ms === undefined) throw new Failure('usage.invalid-value', `--for takes a time such as 90m, 2h or 30d, not "${text}"`);
  return ms;
}

function reasonOf(parsed: Parsed, what: string): string {
  const text = parsed.value('message')?.trim();
  if (text !== undefined && text !== '') return text;
  throw new Failure('usage.missing-argument', `${what} needs a reason: -m WHY`, { state: 'nothing was changed' });
}

/** `lockstep checkout` */
export async function runCheckout({ parsed, terminal, stop }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const { waitMs, ...options } = commonOptions(parsed);
  const [scope, forMs] = [parsed.value('scope'), duration(parsed)];
  let told = '';
  const report = await checkout({
    ...options,
    stop,
    message: reasonOf(parsed, 'a check-out'),
    ...(scope === undefined ? {} : { scope }),
    ...(forMs === undefined ? {} : { forMs }),
    ...(waitMs === undefined ? {} : { lineMs: waitMs }),
    takeOver: parsed.has('take-over'),
    withDrift: parsed.has('with-drift'),
    byToken: parsed.has('by-token'),
    waiting: ({ message, details: { data } }) => {
      const place = data?.['place'];
      const line = `${message}; you are ${typeof place === 'number' ? `number ${place}` : ''} in line`;
      if (line !== told) terminal.note(line);
      told = line;
    },
  });
  return { exitCode: 0, data: report, show: () => showCheckout(report, terminal) };
}

function showCheckout(report: CheckoutReport, terminal: Terminal): void {
  const { out } = terminal;
  const what = report.scope === 'all' ? 'The structure' : `The module ${report.scope.slice(7)}`;
  terminal.print(
    `${out.green(out.sign.ok)} ${what} is ${report.again ? 'still ' : ''}yours until ${clock(report.until)} (check-out ${report.checkout}, ${report.server}).`,
  );
  if (report.drift > 0)
    terminal.print(`  ${out.yellow(out.sign.warn)} ${count(report.drift, 'difference')} from before will be part of the check-in`);
  if (report.present === undefined)
    terminal.print('  Now change the database with any tool. What differs at the check-in becomes the migration.');
  else terminal.print(`  The database lets structural statements through in sessions that first send:  ${report.present};`);
  terminal.print('  Next:  lockstep drift   what I have changed  ·  lockstep checkin  ·  lockstep release');
}

/** `lockstep checkin` */
export async function runCheckin({ parsed, terminal, ask, stop, cancel }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const [message, format] = [parsed.value('message'), parsed.value('format')];
  const options: CheckinOptions = {
    ...commonOptions(parsed),
    stop,
    cancel,
    ...(ask === undefined ? {} : { ask }),
    ...(message === undefined ? {} : { message }),
    ...(format === undefined ? {} : { format }),
    ...editedIn(parsed, format),
    allowEmpty: parsed.has('allow-empty'),
    ...renaming(parsed, terminal),
  };
  if (parsed.has('dry-run')) {
    const plan = await planCheckin(options);
    return { exitCode: 0, data: plan, show: () => showPlan(plan, terminal) };
  }
  const report = await checkin(options);
  return { exitCode: 0, data: report, show: () => showCheckin(report, terminal) };
}

/** The text that stands in a file in place of the proposed one, in the format of its ending where none is said. */
function editedIn(parsed: Parsed, format: string | undefined): Pick<CheckinOptions, 'text' | 'textFile' | 'format'> {
  const file = parsed.value('edited');
  if (file === undefined) return {};
  const ending = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase();
  return { text: textOfFile('edited', file, folderOf(parsed)), textFile: file, format: format ?? ending ?? 'sql' };
}

function showRows(rows: CheckinPlan['rows'], say: (line: string) => void): void {
  for (const { table, inserted, updated, deleted } of rows ?? []) {
    say(`  ~ rows of ${table}: ${inserted} inserted, ${updated} updated, ${deleted} deleted`);
  }
}

/** What an edited text does with rows elsewhere and not here, so that nobody takes it for done. */
function showNotRun(statements: CheckinPlan['notRun'], say: (line: string) => void): void {
  if (statements === undefined) return;
  say(`  ! ${count(statements.length, 'statement')} for rows: run on other databases, and not here; run it yourself where it is wanted`);
  for (const sql of statements) say(`    ${sql.replaceAll(/\s+/g, ' ').slice(0, 160)}`);
}

function showPlan({ checkout, differences, text, rows, notRun }: CheckinPlan, terminal: Terminal): void {
  // What is printed can be put into a file as it is, edited, and checked in.
  for (const { sign, kind, name } of differences) terminal.note(`  ${sign} ${kind} ${name}`);
  showRows(rows, (line) => terminal.note(line));
  showNotRun(notRun, (line) => terminal.note(line));
  if (text === undefined) terminal.note('Nothing was changed since the check-out.');
  else terminal.print(text.trimEnd());
  terminal.note(`Nothing was written; check-out ${checkout} stays yours.`);
}

function showCheckin(report: CheckinReport, terminal: Terminal): void {
  const { out } = terminal;
  for (const { sign, kind, name } of report.differences) terminal.print(`  ${sign} ${kind} ${name}`);
  showRows(report.rows, (line) => terminal.print(line));
  showNotRun(report.notRun, (line) => terminal.print(line));
  if (report.evidence > 0)
    terminal.print(out.dim(`  ${count(report.evidence, 'structural statement')} seen, ${report.differences.length} net`));
  for (const { number, migration } of report.byHand)
    terminal.print(`${out.green(out.sign.ok)} Version ${number} is announced: ${migration}`);
  for (const file of report.aside) terminal.print(`  ${out.dim('·')} a file of a check-in that was broken off is now ${file}`);
  if (report.version === undefined) {
    terminal.print(
      `${out.green(out.sign.ok)} ${report.byHand.length > 0 ? 'Nothing else was changed' : 'Nothing was changed'}. The check-out is released.`,
    );
    return;
  }
  if (report.file !== undefined) terminal.print(`${out.green('+')} ${report.file}`);
  terminal.print(
    `${out.green(out.sign.ok)} Version ${report.version.number} is announced at ${report.server}: ${report.message}. The check-out is released.`,
  );
  terminal.print('  Next:  git add, commit and push the file  ·  deploy it to the server: POST /api/v1/update');
}

/** `lockstep release` */
export async function runRelease({ parsed, terminal, ask, stop, emit }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const report = await release({
    ...commonOptions(parsed),
    stop,
    emit,
    ...(ask === undefined ? {} : { ask }),
    restore: parsed.has('restore'),
  });
  return {
    exitCode: 0,
    data: report,
    show: () => {
      const { out } = terminal;
      if (report.restored !== undefined)
        terminal.print(`${out.green(out.sign.ok)} The structure is what the history says (${count(report.restored, 'statement')}).`);
      terminal.print(`${out.green(out.sign.ok)} Check-out ${report.checkout} is released.`);
      if (report.left > 0) {
        terminal.print(`  ${out.yellow(out.sign.warn)} ${count(report.left, 'difference')} left in the database, as drift`);
        terminal.print('  Next:  lockstep drift   shows them and the three answers');
      }
    },
  };
}

/** `lockstep locks` */
export async function runLocks({ parsed, terminal }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const report = await askTeam(commonOptions(parsed), 'team', {});
  return { exitCode: 0, data: report, show: () => showLocks(report, terminal) };
}

/** `lockstep team [status | drafts | draft N | withdraw N | cancel N | leave]` */
export async function runTeam({ parsed, terminal, ask }: Screen): Promise<Answer> {
  const [verb = 'status'] = parsed.arguments;
  const options = commonOptions(parsed);
  const done = (data: unknown, sentence: string): Answer => ({
    exitCode: 0,
    data,
    show: () => terminal.print(`${terminal.out.green(terminal.out.sign.ok)} ${sentence}`),
  });
  if (verb === 'status') {
    atMost(parsed, 1);
    const report = await teamStatus(options);
    return { exitCode: 0, data: report, show: () => showTeam(report, terminal) };
  }
  if (verb === 'leave') {
    atMost(parsed, 1);
    const report = await leaveTeam({ ...options, ...(ask === undefined ? {} : { ask }), purge: parsed.has('purge') });
    const left =
      report.left === undefined
        ? 'This working copy had no server.'
        : `This working copy has left ${report.left}. What happened there stays there.`;
    return done(report, report.purged.length === 0 ? left : `${left} Destroyed here: ${report.purged.join(', ')}.`);
  }
  if (verb === 'drafts') {
    atMost(parsed, 1);
    const drafts = await askTeam(options, 'drafts', {});
    return { exitCode: 0, data: drafts.map(({ text: _, ...draft }) => draft), show: () => showDrafts(drafts, terminal) };
  }
  atMost(parsed, 2);
  if (verb === 'draft') {
    const number = wholeNumber(needed(parsed, 1, 'the number of a draft'), 'team draft');
    const draft = (await askTeam(options, 'drafts', {})).find((one) => one.draft === number);
    if (draft === undefined) throw new Failure('draft.unknown', `there is no draft ${number}`);
    return { exitCode: 0, data: draft, show: () => terminal.print(draft.text.trimEnd()) };
  }
  if (verb === 'withdraw') {
    const number = wholeNumber(needed(parsed, 1, 'the number of a version'), 'team withdraw');
    return done(
      await askTeam(options, 'withdraw', { number, reason: reasonOf(parsed, 'a withdrawal') }),
      `Version ${number} is withdrawn.`,
    );
  }
  if (verb === 'cancel') {
    const number = wholeNumber(needed(parsed, 1, 'the number of a check-out'), 'team cancel');
    return done(
      await askTeam(options, 'cancel', { checkout: number, reason: reasonOf(parsed, 'ending a check-out') }),
      `Check-out ${number} has ended.`,
    );
  }
  throw new Failure('usage.invalid-value', `team takes status, drafts, draft, withdraw, cancel or leave, not "${verb}"`, {
    fix: ['lockstep team --help'],
  });
}
