import type { askTeam, TeamReport } from '../../commands/index.ts';
import { columns, type Terminal } from '../terminal.ts';

type View = Pick<Awaited<ReturnType<typeof askTeam<'team'>>>, 'checkouts' | 'queue' | 'updates' | 'now'>;

/** A moment as people say it: the time, and the day when it is another one. */
export function clock(at: string, now: string = new Date().toISOString()): string {
  const time = new Date(at);
  const text = time.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  return time.toDateString() === new Date(now).toDateString() ? text : `${at.slice(0, 10)} ${text}`;
}

/** Who holds what, who waits, and what the server runs. */
export function showLocks({ checkouts, queue, updates, now }: View, terminal: Terminal): void {
  const { out } = terminal;
  if (checkouts.length + queue.length + updates.length === 0) {
    terminal.print('Nothing is checked out.');
    return;
  }
  const rows = [
    ...checkouts.map((one) => [
      `check-out ${one.checkout}`,
      one.scope,
      one.by,
      one.at.host,
      `since ${clock(one.since, now)}`,
      one.over ? 'its time is over' : `until ${clock(one.until, now)}`,
      `${one.message}${one.prepared === undefined ? '' : '   (a check-in has begun)'}`,
    ]),
    ...queue.map((one, index) => [`in line, ${index + 1}`, one.scope, one.by, one.at.host, `since ${clock(one.since, now)}`, '', '']),
    ...updates.map((one) => ['update', one.database, one.by, 'server', `since ${clock(one.since, now)}`, 'runs', '']),
  ];
  for (const line of columns([['WHAT', 'SCOPE', 'WHO', 'WHERE', 'SINCE', '', 'WHY'].map((one) => out.dim(one)), ...rows]))
    terminal.print(line);
}

/** What could not be checked in because the check-out was lost. */
export function showDrafts(drafts: Awaited<ReturnType<typeof askTeam<'drafts'>>>, terminal: Terminal): void {
  const { out } = terminal;
  if (drafts.length === 0) {
    terminal.print('There are no drafts.');
    return;
  }
  const rows = drafts.map((one) => [`draft ${one.draft}`, `check-out ${one.checkout}`, one.by, clock(one.since), one.message]);
  for (const line of columns([['WHAT', 'OF', 'WHO', 'SINCE', 'WHY'].map((one) => out.dim(one)), ...rows])) terminal.print(line);
  terminal.print('  Next:  lockstep team draft N   shows one');
}

/** How the team stands, and this working copy in it. */
export function showTeam(report: TeamReport, terminal: Terminal): void {
  const { out } = terminal;
  terminal.print(`${report.server} · ${report.user === '' ? '' : `${report.user} · `}version ${report.latest}`);
  showLocks(report, terminal);
  if (report.own !== undefined) terminal.print(`  check-out ${report.own} is yours, here`);
  for (const one of report.versions.filter(({ state }) => state !== 'deployed').slice(-10)) {
    const states = { announced: 'PENDING: file not deployed', mismatched: 'MISMATCH', withdrawn: 'withdrawn', deployed: '' };
    const more = one.mismatch === undefined ? '' : ` (${one.mismatch.database} has another text under this name)`;
    terminal.print(
      `  ${one.state === 'withdrawn' ? out.dim('·') : out.yellow(out.sign.warn)} version ${one.number} ${states[one.state]}${more}  ${one.module}/${one.migration}, ${one.by}: ${one.message}`,
    );
  }
  for (const { migration } of report.behind) terminal.print(`  ${out.yellow(out.sign.warn)} missing here, or other here: ${migration}`);
  for (const { migration } of report.ahead) terminal.print(`  ${out.yellow(out.sign.warn)} only here: ${migration}`);
  if (report.uncompared !== undefined) terminal.print(`  ${out.dim('·')} this database was not compared: ${report.uncompared}`);
  else if (report.behind.length + report.ahead.length === 0)
    terminal.print(`${out.green(out.sign.ok)} This database has what everybody should have.`);
  if (report.behind.length > 0) terminal.print('  Next:  git pull  ·  lockstep up');
}
