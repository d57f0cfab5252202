import { Failure, problemOf } from '../../base/index.ts';
import {
  down,
  type FixtureReport,
  install,
  type PlanOptions,
  plan,
  type RunReport,
  redo,
  to,
  type UpOptions,
  up,
  upWithPlan,
} from '../../commands/index.ts';
import type { Answer, Screen } from '../answer.ts';
import { atMost, commonOptions, folderOf, needed, wholeNumber } from '../options.ts';
import { showFixtures } from '../show/fixtures.ts';
import { showPlan } from '../show/plan.ts';
import { showRun } from '../show/run.ts';

/** `lockstep up` */
export async function runUp(screen: Screen): Promise<Answer> {
  const { parsed } = screen;
  atMost(parsed, 0);
  const target = parsed.value('to');
  const file = parsed.value('plan');
  if (parsed.has('dry-run')) return dryRun(screen, target === undefined ? {} : { to: target });
  const options: UpOptions = {
    ...runOptions(screen),
    ...(target === undefined ? {} : { to: target }),
    ...(parsed.has('rehearse') ? { rehearse: true } : {}),
  };
  return answerOf(screen, await (file === undefined ? up(options) : upWithPlan({ ...options, plan: file })));
}

/** `lockstep install` */
export async function runInstall(screen: Screen): Promise<Answer> {
  const { parsed, terminal } = screen;
  atMost(parsed, 0);
  const report = await install({ ...runOptions(screen), ...(parsed.has('demo') ? { demo: true } : {}) });
  const { fixtures: loaded, ...built } = report;
  const answer = answerOf(screen, built);
  const fixtures = loaded === undefined ? undefined : answerOfFixtures(screen, loaded);
  return {
    exitCode: answer.exitCode === 0 ? (fixtures?.exitCode ?? 0) : answer.exitCode,
    data: fixtures === undefined ? answer.data : { ...(answer.data as object), fixtures: fixtures.data },
    problems: [...(answer.problems ?? []), ...(fixtures?.problems ?? [])],
    show: () => {
      if (!report.fresh) terminal.print(`${report.database} has a history already: it was not built anew, but brought up to date.`);
      answer.show();
      fixtures?.show();
    },
  };
}

/** `lockstep down [COUNT | all | ID]` */
export async function runDown(screen: Screen): Promise<Answer> {
  const { parsed } = screen;
  atMost(parsed, 1);
  const which = {
    ...whichDown(parsed.arguments[0]),
    ...(parsed.has('as-applied') ? { asApplied: true } : {}),
    ...(parsed.has('partial') ? { partial: true } : {}),
    ...(parsed.has('through-installer') ? { throughInstaller: true } : {}),
  };
  if (parsed.has('dry-run')) return dryRun(screen, { down: which });
  return answerOf(screen, await down({ ...runOptions(screen), ...which }));
}

function whichDown(argument: string | undefined): { readonly count?: number | 'all'; readonly id?: string } {
  if (argument === undefined) return {};
  if (argument === 'all') return { count: 'all' };
  return /^\d{1,4}$/.test(argument) && !argument.startsWith('0') ? { count: Number(argument) } : { id: argument };
}

/** `lockstep to REF` */
export async function runTo(screen: Screen): Promise<Answer> {
  const { parsed } = screen;
  atMost(parsed, 1);
  const target = needed(parsed, 0, 'a migration to go to');
  if (parsed.has('dry-run')) return dryRun(screen, { to: target });
  return answerOf(screen, await to({ ...runOptions(screen), to: target }));
}

/** `lockstep redo [COUNT]` */
export async function runRedo(screen: Screen): Promise<Answer> {
  const { parsed } = screen;
  atMost(parsed, 1);
  const [count] = parsed.arguments;
  return answerOf(screen, await redo({ ...runOptions(screen), ...(count === undefined ? {} : { count: wholeNumber(count, 'redo') }) }));
}

/** What the flags of a run say. */
export function runOptions({ parsed, emit, stop, cancel, ask }: Screen): UpOptions {
  const choice = <T extends string>(flag: string): T | undefined => parsed.value(flag) as T | undefined;
  const [late, onError, transaction] = [
    choice<'run' | 'warn' | 'refuse'>('late'),
    choice<'halt' | 'ignore' | 'backout'>('on-error'),
    choice<'each' | 'all'>('transaction'),
  ];
  for (const allowed of parsed.values('allow')) {
    if (!/^(destructive(:.+)?|changed-rows)$/.test(allowed))
      throw new Failure('usage.invalid-value', `--allow takes destructive, destructive:TABLE or changed-rows, not "${allowed}"`);
  }
  return {
    ...commonOptions(parsed),
    emit,
    stop,
    cancel,
    ...(ask === undefined ? {} : { ask }),
    ...(late === undefined ? {} : { late }),
    ...(onError === undefined ? {} : { onError }),
    ...(transaction === undefined ? {} : { transaction }),
    allow: parsed.values('allow'),
    ...(parsed.has('verify') ? { verify: true } : {}),
    ...(parsed.has('no-installer') ? { noInstaller: true } : {}),
    ...(tellsStatements(parsed) ? { singly: true } : {}),
  };
}

/** Whether somebody wants to hear of each statement. */
function tellsStatements(parsed: Screen['parsed']): boolean {
  return parsed.has('show-sql') || parsed.has('verbose') || parsed.value('json') === 'stream';
}

async function dryRun({ parsed, terminal }: Screen, which: Pick<PlanOptions, 'to' | 'down'>): Promise<Answer> {
  const late = parsed.value('late') as 'run' | 'warn' | 'refuse' | undefined;
  const report = await plan({
    ...commonOptions(parsed),
    ...which,
    noInstaller: parsed.has('no-installer'),
    ...(late === undefined ? {} : { late }),
  });
  return {
    exitCode: 0,
    data: {
      ...report,
      dryRun: true,
      done: [],
      failed: [],
      untouched: report.steps.map(({ module, id, version, direction }) => ({ module, id, version, direction })),
    },
    problems: report.warnings,
    show: () => showPlan(report, terminal, { sql: false, showSql: parsed.has('show-sql') }),
  };
}

/** The answer of a run. */
export function answerOf({ parsed, terminal }: Screen, report: RunReport): Answer {
  const { failures, ...data } = report;
  return {
    exitCode: exitCodeOf(report),
    data,
    problems: [...failures.map((failure) => problemOf(failure)), ...report.warnings],
    show: () => showRun(report, terminal, folderOf(parsed)),
  };
}

/** Interrupted is 130; one kind of failure has its own code, several kinds together are simply a failure. */
function exitCodeOf(report: RunReport): number {
  if (report.interrupted) return 130;
  const codes = new Set(report.failures.map((failure) => failure.exitCode));
  const [only] = codes;
  if (only === undefined) return 0;
  return codes.size === 1 && only !== 1 ? only : 2;
}

/** The answer of fixtures that were loaded or removed. */
export function answerOfFixtures({ parsed, terminal }: Screen, report: FixtureReport): Answer {
  const { failures, ...data } = report;
  const [first] = failures;
  return {
    exitCode: report.interrupted ? 130 : (first?.exitCode ?? 0),
    data,
    problems: [...failures.map((failure) => problemOf(failure)), ...report.warnings],
    show: () => showFixtures(report, terminal, folderOf(parsed)),
  };
}
