import { type Measured, type Spread, spread } from './measure.ts';
import type { Budget, Workload } from './workloads.ts';

/** All measurements of one workload on one engine. */
export interface Row {
  readonly workload: Workload;
  readonly flavour: Flavour | undefined;
  readonly raw: readonly Measured[];
  readonly lockstep: readonly Measured[];
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
  const verdict = budget === undefined ? ['', ''] : judged(budget, row, rows, { ratio: ratio('wall'), over, bareCpu });
  const cells = (results: readonly Measured[]): readonly string[] => [
    shown(of(results, 'cpu')),
    shown(of(results, 'wall')),
    of(results, 'megabytes').median.toFixed(0),
  ];
  return [
    [workload.name, flavour ?? '', flavour === undefined ? 'node' : 'raw', ...cells(raw)],
    ['', '', 'lockstep', ...cells(lockstep), ratio('cpu').toFixed(2), ratio('wall').toFixed(2), over.toFixed(0), ...verdict],
  ];
}

function judged(
  budget: Budget,
  row: Row,
  rows: readonly Row[],
  { ratio, over, bareCpu }: { readonly ratio: number; readonly over: number; readonly bareCpu: number },
): readonly string[] {
  switch (budget.kind) {
    case 'wall ratio':
      return [`wall ≤ ${budget.most} × raw`, verdictOf(ratio, budget.most)];
    case 'cpu over raw':
      return [`CPU ≤ raw + ${budget.most} ms`, verdictOf(over, budget.most)];
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
  return [min, median, max].map((value) => value.toFixed(0)).join(' / ');
}
