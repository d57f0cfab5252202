import { status } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions } from '../options.ts';
import { showStatus } from '../show/status.ts';

/** `lockstep status` */
export async function runStatus({ parsed, terminal }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const report = await status(commonOptions(parsed));
  return {
    exitCode: parsed.has('exit-code') && !report.upToDate ? 1 : 0,
    data: report,
    problems: report.problems,
    show: () => showStatus(report, terminal, { all: parsed.has('all'), pendingOnly: parsed.has('pending') }),
  };
}
