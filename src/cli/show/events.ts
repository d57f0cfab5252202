import { grouped } from '../../base/index.ts';
import { shownId } from '../../commands/index.ts';
import type { Emit, RunEvent } from '../../contracts/index.ts';
import { duration, type Terminal } from '../terminal.ts';

/** Prints a run while it goes on: a line for each migration when it is done, and on a terminal a line that is rewritten meanwhile. */
export function eventPrinter(terminal: Terminal, options: { readonly showSql: boolean }): Emit {
  const { err, out } = terminal;
  let widest = 24;
  let current: { readonly id: string; readonly begun: number } | undefined;
  let lastHolder = '';
  let lastBeat = 0;
  const live = (text: string): void => {
    if (terminal.live) process.stderr.write(`\r\u001b[K${text.slice(0, terminal.width - 1)}`);
  };
  const clear = (): void => live('');
  const printers: { readonly [E in RunEvent['ev']]?: (event: Extract<RunEvent, { readonly ev: E }>) => void } = {
    'run.start': ({ migrations }) => {
      widest = migrations.reduce((most, id) => Math.max(most, shownId(id).length), widest);
    },
    'lock.waiting': ({ holder, waitedMs }) => {
      if (holder === lastHolder && waitedMs - lastBeat < 10_000) return live(`waiting for the run lock, ${duration(waitedMs)}`);
      lastHolder = holder;
      lastBeat = waitedMs;
      terminal.note(`${err.yellow(err.sign.wait)} waiting for the run lock (${duration(waitedMs)}): held by ${holder}`);
    },
    'migration.start': ({ migration, resumeAfter }) => {
      current = { id: migration, begun: performance.now() };
      lastBeat = 0;
      if (resumeAfter !== undefined)
        terminal.note(
          err.dim(resumeAfter === 0 ? `  ${migration} is taken up again` : `  ${migration} goes on behind statement ${resumeAfter}`),
        );
      live(`  ${err.sign.wait} ${migration}`);
    },
    'statement.start': ({ statement, of, sql }) => {
      if (options.showSql) terminal.print(`${sql};\n`);
      live(`  ${err.sign.wait} ${current?.id ?? ''}  ${statement}${of === undefined ? '' : `/${of}`}`);
    },
    'statement.end': ({ statement, ms }) => {
      if (terminal.verbose > 0) terminal.note(err.dim(`    statement ${statement}  ${duration(ms)}`));
    },
    'statement.progress': (event) => {
      const text = `  ${err.sign.wait} ${shownId(event.migration)}  ${progressText(event)}`;
      if (terminal.live) return live(text);
      if (event.elapsedMs - lastBeat < 10_000 && event.done !== event.total) return;
      lastBeat = event.elapsedMs;
      terminal.note(text);
    },
    'statement.retry': ({ migration, attempt, pauseMs, reason }) =>
      terminal.note(
        `${err.yellow(err.sign.warn)} ${migration}  try ${attempt} waited for a lock in vain (${reason}); again in ${duration(pauseMs)}`,
      ),
    'step.end': ({ step, ms, skipped }) => terminal.note(err.dim(`    step ${step}  ${skipped ? 'was done before' : duration(ms)}`)),
    log: ({ message }) => terminal.note(`    ${message}`),
    rows: ({ table, rows, ms, done }) => {
      if (done === true) return clear();
      const text = `  ${err.sign.wait} ${table}  ${grouped(rows)} rows  ${grouped(Math.round((rows / Math.max(ms, 1)) * 1000))}/s`;
      if (terminal.live) return live(text);
      if (ms < lastBeat) lastBeat = 0;
      if (ms - lastBeat < 10_000) return;
      lastBeat = ms;
      terminal.note(text);
    },
    notice: ({ message }) => {
      if (terminal.verbose > 0) terminal.note(err.dim(`    notice: ${message}`));
    },
    hook: ({ hook, ms }) => {
      if (terminal.verbose > 0) terminal.note(err.dim(`    hook ${hook}  ${duration(ms)}`));
    },
    warning: ({ message }) => terminal.note(`${err.yellow(err.sign.warn)} ${message}`),
    'migration.end': (event) => {
      clear();
      current = undefined;
      const name = shownId(event.migration).padEnd(widest);
      if (event.outcome === 'failed')
        return terminal.print(`  ${out.red(out.sign.fail)} ${name}  ${event.partial ? 'failed half way' : 'failed'}`);
      const sign = event.direction === 'up' ? out.green(out.sign.ok) : out.green('-');
      const statements = `${event.statements} statement${event.statements === 1 ? '' : 's'}`;
      terminal.print(`  ${sign} ${name}  ${statements.padEnd(14)} ${out.dim(duration(event.ms))}`);
    },
  };
  return (event) => {
    if (terminal.quiet) return;
    (printers[event.ev] as ((event: RunEvent) => void) | undefined)?.(event);
  };
}

function progressText(event: Extract<RunEvent, { readonly ev: 'statement.progress' }>): string {
  const { done, total, phase, etaMs, elapsedMs, blockedBy } = event;
  const parts = [duration(elapsedMs)];
  if (phase !== undefined) parts.unshift(phase);
  if (done !== undefined && total !== undefined && total > 0) {
    parts.push(`${Math.floor((done / total) * 100)} %  ${grouped(done)}/${grouped(total)}`);
    if (etaMs !== undefined) parts.push(`${duration(etaMs)} left`);
  } else parts.push('(the engine reports no progress)');
  if (blockedBy !== undefined) parts.push(`blocked by ${blockedBy}`);
  return parts.join('  ');
}
