import { Failure } from '../../base/index.ts';
import { type DriftOptions, drift } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import type { Parsed } from '../argv.ts';
import { atMost, commonOptions } from '../options.ts';
import { renaming } from '../renaming.ts';
import { showDrift } from '../show/drift.ts';

/** `lockstep drift` */
export async function runDrift({ parsed, terminal, ask, stop }: Screen): Promise<Answer> {
  const report = await drift({
    ...commonOptions(parsed),
    stop,
    ...(ask === undefined ? {} : { ask }),
    ...answerOf(parsed),
    ...renaming(parsed, terminal),
  });
  return {
    exitCode: parsed.has('exit-code') && report.differences.length > 0 && report.written === undefined ? 1 : 0,
    data: report,
    show: () => showDrift(report, terminal, { planBack: parsed.has('plan-back'), sql: parsed.has('sql') }),
  };
}

/** Which of the three answers to drift is given, if any. */
function answerOf(parsed: Parsed): Pick<DriftOptions, 'record' | 'planBack' | 'format' | 'ignore'> {
  const given = ['record', 'plan-back', 'ignore'].filter((flag) => parsed.has(flag));
  if (given.length > 1) throw wrong(`--${given[0]} and --${given[1]} are two answers to one question`);
  atMost(parsed, parsed.has('record') ? 1 : 0);
  const [write, format, ignore] = [parsed.value('write'), parsed.value('format'), parsed.value('ignore')];
  if (write !== undefined && !parsed.has('plan-back')) throw wrong('--write goes with --plan-back; --record writes by itself');
  for (const flag of ['until', 'reason']) if (parsed.has(flag) && ignore === undefined) throw wrong(`--${flag} goes with --ignore`);
  if (parsed.has('sql') && !parsed.has('plan-back')) throw wrong('--sql goes with --plan-back');
  return {
    ...(parsed.has('record') ? { record: parsed.arguments[0] ?? 'drift' } : {}),
    ...(write === undefined ? {} : { planBack: write }),
    ...(format === undefined ? {} : { format }),
    ...(ignore === undefined ? {} : { ignore: { ignore, until: parsed.value('until') ?? '', why: parsed.value('reason') ?? '' } }),
  };
}

function wrong(what: string): Failure {
  return new Failure('usage.invalid-value', what, { state: 'nothing was compared', fix: ['lockstep drift --help'] });
}
