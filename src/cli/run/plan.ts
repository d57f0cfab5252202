import { plan } from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions, wholeNumber } from '../options.ts';
import { showPlan } from '../show/plan.ts';

/** `lockstep plan` */
export async function runPlan({ parsed, terminal }: Screen): Promise<Answer> {
  atMost(parsed, 0);
  const late = parsed.value('late') as 'run' | 'warn' | 'refuse' | undefined;
  const [target, down, output] = [parsed.value('to'), parsed.value('down'), parsed.value('output')];
  const report = await plan({
    ...commonOptions(parsed),
    ...(late === undefined ? {} : { late }),
    noInstaller: parsed.has('no-installer'),
    ...(target === undefined ? {} : { to: target }),
    ...(down === undefined ? {} : { down: down === 'all' ? 'all' : wholeNumber(down, '--down') }),
    ...(output === undefined ? {} : { output }),
    allow: parsed.values('allow'),
  });
  return {
    exitCode: 0,
    data: report,
    problems: report.warnings,
    show: () => showPlan(report, terminal, { sql: parsed.has('sql'), showSql: terminal.verbose > 0 }),
  };
}
