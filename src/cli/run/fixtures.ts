import { Failure, joined } from '../../base/index.ts';
import { fixtureStatus, type LoadFixturesOptions, loadFixtures, removeFixtures } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions } from '../options.ts';
import { showFixtureStatus } from '../show/fixtures.ts';
import { answerOfFixtures, runOptions } from './runs.ts';

const actions = ['status', 'load', 'remove'] as const;

/** `lockstep fixtures (status | load | remove)` */
export async function runFixtures(screen: Screen): Promise<Answer> {
  const { parsed, terminal } = screen;
  atMost(parsed, 1);
  const wanted = parsed.arguments[0] ?? 'status';
  const action = actions.find((one) => one === wanted);
  if (action === undefined) throw new Failure('usage.invalid-value', `fixtures takes ${joined(actions, 'or')}, not "${wanted}"`);
  const sets = parsed.has('set') ? parsed.values('set') : undefined;
  if (action === 'status') {
    const report = await fixtureStatus({ ...commonOptions(parsed), ...(sets === undefined ? {} : { sets }) });
    return { exitCode: 0, data: report, problems: report.problems, show: () => showFixtureStatus(report, terminal) };
  }
  if (action === 'remove') {
    if (sets === undefined)
      throw new Failure('usage.missing-argument', '`lockstep fixtures remove` needs the set that shall go: --set NAME', {
        fix: ['--set NAME'],
      });
    return answerOfFixtures(screen, await removeFixtures({ ...fixtureOptions(screen), sets }));
  }
  const reload = parsed.values('reload');
  return answerOfFixtures(screen, await loadFixtures({ ...fixtureOptions(screen), ...(sets === undefined ? {} : { sets }), reload }));
}

function fixtureOptions(screen: Screen): Omit<LoadFixturesOptions, 'sets' | 'reload'> {
  const { onError: _, transaction: __, verify: ___, rehearse: ____, ...options } = runOptions(screen);
  return { ...options, ...(screen.parsed.has('dry-run') ? { dryRun: true } : {}) };
}
