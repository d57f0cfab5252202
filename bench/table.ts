import { type Measured, type Spread, spread } from './measure.ts';
import type { Budget, Workload } from './workloads.ts';

/** All measurements of one workload on one engine. */
export interface Row {
  readonly workload: Workload;
  readonly flavour: Flavour | undefined;
  /** None where a workload is held against nothing. */
  readonly raw: readonly Measured[];
  readonly lockstep: readonly Measured[];
  /** What the program is called that takes the place of the raw script. */
  readonly against?: string;
}

type Flavour = Parameters<Workload['budget']>[0];

const head = ['workload', 'engine', '', 'CPU ms', 'wall ms', 'MB', 'CPU ×', 'wall ×', 'CPU +', 'budget', ''];

/** Prints min / median / max of both sides, the ratios of the medians, and the budget with whether it is kept. */
export function printTable(rows: readonly Row[], bareCpu: number): void {
  const lines = rows.flatMap((row) => linesOf(row, rows, bareCpu));
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  for (const line of all)
    console.log(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

function linesOf(row: Row, rows: readonly Row[], bareCpu: number): readonly (readonly string[])[] {
  const { workload, flavour, raw, lockstep } = row;
  const of = (results: readonly Measured[], field: keyof Measured): Spread => spread(results.map((one) => one[field]));
  const ratio = (field: 'cpu' | 'wall'): number => of(lockstep, field).median / of(raw, field).median;
  const over = of(lockstep, 'cpu').median - of(raw, 'cpu').median;
  const budget = workload.budget(flavour);
  const verdict =
    budget === undefined ? ['', ''] : judged(budget, row, rows, { ratio: ratio('wall'), over, cpu: of(lockstep, 'cpu').median, bareCpu });
  const cells = (results: readonly Measured[]): readonly string[] => [
    shown(of(results, 'cpu')),
    shown(of(results, 'wall')),
    number(of(results, 'megabytes').median, 0),
  ];
  if (raw.length === 0) return [[workload.name, flavour ?? '', 'lockstep', ...cells(lockstep), '', '', '', ...verdict]];
  return [
    [workload.name, flavour ?? '', row.against ?? (flavour === undefined ? 'node' : 'raw'), ...cells(raw)],
    ['', '', 'lockstep', ...cells(lockstep), number(ratio('cpu'), 2), number(ratio('wall'), 2), number(over, 0), ...verdict],
  ];
}

function judged(
  budget: Budget,
  row: Row,
  rows: readonly Row[],
  { ratio, over, cpu, bareCpu }: { readonly ratio: number; readonly over: number; readonly cpu: number; readonly bareCpu: number },
): readonly string[] {
  switch (budget.kind) {
    case 'wall ratio':
      return [`wall ≤ ${budget.most} × ${row.against ?? 'raw'}`, verdictOf(ratio, budget.most)];
    case 'cpu over raw':
      return [`CPU ≤ raw + ${budget.most} ms`, verdictOf(over, budget.most)];
    case 'cpu':
      return [`CPU ≤ ${budget.most} ms`, verdictOf(cpu, budget.most)];
    case 'growth': {
      const smaller = rows.find(({ workload, flavour }) => workload.name === budget.of && flavour === row.flavour);
      const text = `CPU over node ≤ ${budget.most} × ${budget.of}`;
      if (smaller === undefined) return [text, `not judged without ${budget.of}`];
      const cost = (one: Row): number => spread(one.lockstep.map(({ cpu }) => cpu)).median - bareCpu;
      const growth = cost(row) / cost(smaller);
      return [text, `${verdictOf(growth, budget.most)} (${growth.toFixed(1)})`];
    }
  }
}

function verdictOf(value: number, most: number): string {
  return value <= most ? 'kept' : 'OVER';
}

function shown({ min, median, max }: Spread): string {
  return Number.isNaN(median) ? '–' : [min, median, max].map((value) => value.toFixed(0)).join(' / ');
}

/** What could not be measured is no number. */
function number(value: number, digits: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(digits);
}
