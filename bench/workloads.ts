import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Flavour } from '../test/support/server/database.ts';

/** What a result is held against. */
export type Budget =
  | { readonly kind: 'wall ratio'; readonly most: number }
  | { readonly kind: 'cpu over raw'; readonly most: number }
  | { readonly kind: 'cpu'; readonly most: number }
  /** With ten times the migrations, the cost over bare node may be at most this many times that of the named workload. */
  | { readonly kind: 'growth'; readonly most: number; readonly of: string };

export interface Workload {
  readonly name: string;
  /** Start-up alone needs no database: `raw` is bare node. */
  readonly kind:
    | 'start'
    | 'apply'
    | 'nothing to do'
    | 'status'
    | 'read'
    | 'compare'
    | 'differ'
    | 'pure'
    | 'replicate'
    | 'fixtures'
    | 'modules';
  /** Migrations: to be applied, or applied before the measurement; tables, where structures are read or compared; rows that are copied. */
  readonly size: number;
  readonly args: readonly string[];
  budget(flavour: Flavour | undefined): Budget | undefined;
}

const start = (flag: string): Workload => ({
  name: flag.slice(2),
  kind: 'start',
  size: 0,
  args: [flag],
  budget: () => ({ kind: 'cpu over raw', most: 40 }),
});

const apply = (size: number): Workload => ({
  name: `apply-${size}`,
  kind: 'apply',
  size,
  args: ['up'],
  budget: (flavour) => {
    if (size === 1) return { kind: 'cpu over raw', most: 100 };
    return size === 1000 ? { kind: 'wall ratio', most: flavour === 'mariadb' ? 1.6 : 1.25 } : undefined;
  },
});

const nothing = (size: number, kind: 'nothing to do' | 'status', verb: string): Workload => ({
  name: `${verb === 'up' ? 'nothing' : verb}-${size}`,
  kind,
  size,
  args: [verb],
  budget: () =>
    size === 1000 ? { kind: 'cpu over raw', most: 60 } : { kind: 'growth', most: 6, of: `${verb === 'up' ? 'nothing' : verb}-1000` },
});

const structures = (kind: 'read' | 'compare' | 'differ', size: number): Workload => ({
  name: `${kind}-${size}`,
  kind,
  size,
  args: [],
  budget: (flavour) => {
    if (kind === 'differ') return undefined;
    if (flavour === 'mariadb') return kind === 'read' ? { kind: 'wall ratio', most: 0.5 } : undefined;
    return size < 1000 ? undefined : { kind: 'wall ratio', most: kind === 'read' ? 0.8 : 1.5 };
  },
});

const pure = (which: 'equal' | 'one' | 'made'): Workload => ({
  name: `pure-${which}`,
  kind: 'pure',
  size: 10_000,
  args: [which, '10000'],
  budget: () => ({ kind: 'cpu', most: 1000 }),
});

const replicate = (size: number): Workload => ({
  name: 'replicate',
  kind: 'replicate',
  size,
  args: ['replicate', '--data', '--yes'],
  // Seven tenths of the speed of the engine's own programs.
  budget: () => ({ kind: 'wall ratio', most: 1.43 }),
});

const fixtures = (size: number): Workload => ({
  name: `fixtures-${size}`,
  kind: 'fixtures',
  size,
  args: ['fixtures', 'load'],
  // Seven tenths of the speed of the engine's own loader; a short load is mostly the start of the program.
  budget: () => (size < 1_000_000 ? undefined : { kind: 'wall ratio', most: 1.43 }),
});

/** A command where everything is applied, with modules of ten versions. Ten times the migrations may take ten times as long. */
const modules = (command: 'status' | 'plan', size: number, shape: 'plain' | 'chain' | 'wide' = 'plain'): Workload => {
  const name = (of: number): string => `modules-${shape === 'plain' ? command : shape}-${of}`;
  return {
    name: name(size),
    kind: 'modules',
    size,
    args: [shape, command],
    budget: () => (size === (shape === 'plain' ? 100 : 1000) ? undefined : { kind: 'growth', most: 10, of: name(size / 10) }),
  };
};

/** The engines on which a workload is measured, of those that are wanted; none where it needs no database. */
export function flavoursOf({ kind, size }: Workload, wanted: readonly Flavour[]): readonly Flavour[] | undefined {
  if (kind === 'start' || kind === 'pure') return undefined;
  if (kind === 'fixtures') return wanted.filter((flavour) => flavour !== 'pglite');
  if (kind === 'modules') return wanted.filter((flavour) => flavour === 'sqlite');
  if (kind === 'replicate') return wanted.filter((flavour) => flavour === 'postgres' || flavour === 'mariadb');
  if (kind !== 'read' && kind !== 'compare' && kind !== 'differ') return wanted;
  return wanted.filter((flavour) => flavour === 'postgres' || (flavour === 'mariadb' && size === 1000));
}

/** Workloads that are chosen by one name. */
export const groups: Readonly<Record<string, (workload: Workload) => boolean>> = {
  schemas: ({ kind }) => kind === 'read' || kind === 'compare' || kind === 'differ' || kind === 'pure',
  replicate: ({ kind }) => kind === 'replicate',
  fixtures: ({ kind }) => kind === 'fixtures',
  modules: ({ kind }) => kind === 'modules',
};

/** Everything that the budgets of design speak of and one command can show. */
export const workloads: readonly Workload[] = [
  start('--version'),
  start('--help'),
  apply(1),
  apply(100),
  apply(1000),
  nothing(1000, 'nothing to do', 'up'),
  nothing(10_000, 'nothing to do', 'up'),
  nothing(1000, 'status', 'status'),
  nothing(10_000, 'status', 'status'),
  ...[100, 1000, 10_000].flatMap((size) => [structures('read', size), structures('compare', size)]),
  ...[100, 1000].map((size) => structures('differ', size)),
  pure('equal'),
  pure('one'),
  pure('made'),
  replicate(500_000),
  ...[100_000, 1_000_000].map(fixtures),
  ...[100, 1000, 10_000].flatMap((size) => [modules('status', size), modules('plan', size)]),
  ...[1000, 10_000].flatMap((size) => [modules('status', size, 'chain'), modules('status', size, 'wide')]),
];

/** Writes migrations of a table and an index each; where only their number matters, of a statement that costs the engine nothing. */
export function writeMigrations(folder: string, size: number, content: 'tables' | 'nothing'): void {
  mkdirSync(folder, { recursive: true });
  for (let i = 1; i <= size; i++) {
    const table = `CREATE TABLE t${i} (id integer PRIMARY KEY, name varchar(40) NOT NULL, amount integer);\nCREATE INDEX t${i}_name ON t${i} (name)`;
    writeFileSync(join(folder, `${String(i).padStart(5, '0')}_t${i}.sql`), content === 'tables' ? table : `SELECT ${i}`);
  }
}
