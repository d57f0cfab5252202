import { count } from '../../base/index.ts';
import type { FixtureReport, FixtureStatus, ListedFixture } from '../../commands/index.ts';
import { columns, duration, type Style, type Terminal } from '../terminal.ts';
import { showFailure } from './failure.ts';

/** Every fixture with its set, what is loaded of it, and what `load` would do. */
export function showFixtureStatus({ fixtures, problems, database }: FixtureStatus, terminal: Terminal): void {
  for (const { message } of problems) terminal.note(`${terminal.err.yellow(terminal.err.sign.warn)} ${message}`);
  for (const line of columns(fixtures.map((one) => row(one, terminal.out)))) terminal.print(line);
  if (fixtures.length === 0) terminal.print(`There are no fixtures for ${database}: they lie in fixtures/ and modules/NAME/fixtures/.`);
}

function row(fixture: ListedFixture, style: Style): readonly string[] {
  const { id, set, state, flags, version, loadedVersion } = fixture;
  const waits = state !== 'loaded';
  const sign = waits || flags.length > 0 ? style.yellow(style.sign.open) : style.green(style.sign.ok);
  return [`  ${sign} ${set}`, id, versions(version, loadedVersion, style), what(fixture), flags.join(', ')];
}

function versions(version: string | undefined, loaded: string | undefined, style: Style): string {
  if (version === undefined && loaded === undefined) return 'once';
  return loaded === version ? (version ?? '') : `${loaded ?? 'none'} ${style.sign.arrow} ${version ?? 'none'}`;
}

function what({ state, loadedAt, by }: ListedFixture): string {
  if (state === 'pending') return 'not loaded';
  if (state === 'outdated') return 'will be loaded again';
  return `loaded${loadedAt === undefined ? '' : ` ${loadedAt.slice(0, 16).replace('T', ' ')}`}${by === undefined ? '' : ` by ${by}`}`;
}

/** The end of loading or removing: what failed and why, then one line that counts everything. */
export function showFixtures(report: FixtureReport, terminal: Terminal, folder: string): void {
  const { failures, warnings, run, dryRun, untouched } = report;
  for (const failure of failures)
    for (const line of showFailure(failure, terminal.err, { folder, command: 'fixtures' })) terminal.note(line);
  // A run has said so when it began.
  if (run === undefined) for (const { message } of warnings) terminal.note(`${terminal.err.yellow(terminal.err.sign.warn)} ${message}`);
  if (dryRun)
    for (const { set, id, version } of untouched)
      terminal.print(`  ${terminal.out.sign.open} ${set}  ${id}${version === undefined ? '' : `  ${version}`}`);
  terminal.print(resultLine(report, terminal.out));
}

function resultLine({ done, failed, untouched, direction, ms, dryRun, interrupted, database, run }: FixtureReport, style: Style): string {
  const verb = direction === 'up' ? 'loaded' : 'removed';
  if (dryRun) return `${count(untouched.length, 'fixture')} would be ${verb}. Nothing was changed.`;
  if (failed.length > 0 || interrupted)
    return `${style.red(style.sign.fail)} ${interrupted ? 'interrupted: ' : ''}${done.length} ${verb}, ${failed.length} failed, ${untouched.length} untouched.`;
  if (run === undefined)
    return `${style.green(style.sign.ok)} Nothing to do: 0 to ${direction === 'up' ? 'load' : 'remove'} on ${database}.`;
  return `${style.green(style.sign.ok)} ${count(done.length, 'fixture')} ${verb} in ${duration(ms)}.`;
}
