import { Failure } from '../../base/index.ts';
import { replicate } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions } from '../options.ts';
import { showReplica } from '../show/replicate.ts';

/** `lockstep replicate` */
export async function runReplicate({ parsed, terminal, emit, stop, ask }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const [from, to] = [parsed.value('from'), parsed.value('to')];
  if (to === undefined || to === '') {
    throw new Failure('usage.missing-argument', '`lockstep replicate` needs to know where to', {
      fix: ['lockstep replicate --to postgres://…', 'lockstep replicate --to copy.sql', 'lockstep replicate --help'],
    });
  }
  const report = await replicate({
    ...commonOptions(parsed),
    emit,
    stop,
    ...(ask === undefined ? {} : { ask }),
    ...(from === undefined ? {} : { from }),
    to,
    data: parsed.has('data'),
    dryRun: parsed.has('dry-run'),
    allowLossy: parsed.values('allow-lossy').flatMap((names) => names.split(',').map((name) => name.trim())),
  });
  return { exitCode: 0, data: report, show: () => showReplica(report, terminal) };
}
