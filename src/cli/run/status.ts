import { matrix, status } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions } from '../options.ts';
import { showMatrix } from '../show/matrix.ts';
import { showStatus } from '../show/status.ts';

/** `lockstep status` */
export async function runStatus({ parsed, terminal }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const { environment, ...options } = commonOptions(parsed);
  if (environment === 'all' || environment?.includes(',') === true) {
    const report = await matrix({ ...options, environments: environment });
    return {
      exitCode: parsed.has('exit-code') && !report.upToDate ? 1 : 0,
      data: report,
      problems: report.databases.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
      show: () => showMatrix(report, terminal, { all: parsed.has('all') }),
    };
  }
  const report = await status({ ...options, ...(environment === undefined ? {} : { environment }) });
  return {
    exitCode: parsed.has('exit-code') && !report.upToDate ? 1 : 0,
    data: report,
    problems: report.problems,
    show: () => showStatus(report, terminal, { all: parsed.has('all'), pendingOnly: parsed.has('pending') }),
  };
}
