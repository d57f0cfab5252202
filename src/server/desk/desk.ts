import { Failure, type Problem, problemOf } from '../../base/index.ts';
import {
  askTeam,
  type CheckinPlan,
  type CheckinReport,
  type CheckoutReport,
  type CommonOptions,
  checkin,
  checkout,
  type DiffReport,
  type DriftReport,
  diff,
  down,
  drift,
  type EvidenceReport,
  embedded,
  type FixtureStatus,
  fixtureStatus,
  fixtureText,
  type HistoryReport,
  type Host,
  history,
  type InitReport,
  init,
  type KnownDatabase,
  knownDatabases,
  type Listed,
  loadFixtures,
  matrix,
  openSql,
  type PlannedStep,
  type PlanReport,
  type Policies,
  plan,
  planCheckin,
  policies,
  type ReleaseReport,
  recorded,
  release,
  removeFixtures,
  type SqlResult,
  type StatusReport,
  type StructureReport,
  status,
  structure,
  type TeamReport,
  type TestedEngine,
  teamStatus,
  test,
  textOf,
  up,
} from '../../commands/index.ts';
import { type Action, type Asker, actions, may } from '../../team/index.ts';
import type { DeskCallName } from './calls.ts';
import type { DeskInput } from './inputs.ts';
import { type ShownMatrix, shownMatrix } from './matrix.ts';
import { type DeskRun, type RunEnd, type RunSignals, runsOf } from './runs.ts';

/** What each call of the desk answers. */
export interface DeskAnswers {
  readonly project: {
    readonly version: string;
    readonly user: string;
    readonly role: string;
    /** What the asker may do. */
    readonly may: readonly Action[];
    /** Whoever works at this machine may do everything: there are no users yet. */
    readonly isLocal: boolean;
    /** The databases that are configured, as `env` takes them; the project's own has the name `""`. */
    readonly databases: readonly KnownDatabase[];
  };
  readonly begin: InitReport;
  readonly policies: Policies;
  readonly databases: ShownMatrix;
  readonly status: StatusReport;
  readonly migration: {
    readonly listed: Listed;
    /** The text of its file, as it is now. */
    readonly text: string | null;
    /** Of what it says now: reviews are of this text. */
    readonly checksum: string | null;
    /** That of its way back, where it has one of its own. */
    readonly downText: string | null;
    /** What it would do: going up where it is not in the database, else going back. */
    readonly step: PlannedStep | null;
    readonly losses: PlanReport['losses'];
    /** Why there is none. */
    readonly problem: Problem | null;
  };
  readonly trial: TestedEngine;
  readonly plan: PlanReport;
  readonly structure: StructureReport;
  readonly drift: DriftReport;
  readonly history: HistoryReport;
  /** `from` and `to` are `empty`, `db`, or a module with the last migration that counts: `app@002_orders`. */
  readonly compare: DiffReport;
  readonly fixtures: FixtureStatus;
  readonly fixtureText: { readonly text: string; readonly more: boolean };
  readonly runs: readonly DeskRun[];
  readonly run: DeskRun;
  readonly stopRun: DeskRun;
  readonly desk: TeamReport;
  readonly deskTeam: TeamReport;
  readonly deskCheckout: CheckoutReport;
  readonly deskExtend: { readonly until: string };
  readonly deskRelease: ReleaseReport;
  /** `null` while nothing is checked out. */
  readonly deskChanges: DriftReport | null;
  /** `null` while nothing is checked out. */
  readonly deskEvidence: EvidenceReport | null;
  readonly deskPlan: CheckinPlan;
  readonly deskCheckin: CheckinReport;
  readonly sql: { readonly results: readonly SqlResult[]; readonly problem: Problem | null };
  readonly recordDrift: DriftReport;
  readonly planDriftBack: DriftReport;
  readonly ignoreDrift: DriftReport;
}

type Handler<N extends DeskCallName> = (asker: Asker, input: DeskInput<N>) => Promise<DeskAnswers[N]>;

export interface Desk {
  readonly handlers: { readonly [N in DeskCallName]: Handler<N> };
  /** Hears of a run whenever something of it has changed. */
  hear(listener: (run: DeskRun) => void): () => void;
}

export interface DeskMeans {
  readonly host: Host;
  /** What the server was started with. */
  readonly options: CommonOptions;
  readonly version: string;
  readonly isLocal: () => Promise<boolean>;
}

/** The most rows of a query that are sent to a page. */
const rowsMost = 1000;

/** The calls of the desk, each for an asker whose right to it has been seen already. */
export function deskOf({ host, options, version, isLocal }: DeskMeans): Desk {
  const runs = runsOf(() => new Date());
  /** The options of a command that is done for somebody. */
  const on = (asker: Asker, env?: string): CommonOptions => ({
    ...options,
    seat: { asker, service: host.service, team: host.team },
    ...(env === undefined || env === '' ? {} : { environment: env }),
  });
  const handlers: Desk['handlers'] = {
    project: async (asker) => ({
      version,
      user: asker.user,
      role: asker.role,
      may: (Object.keys(actions) as Action[]).filter((action) => may(asker, action)),
      isLocal: await isLocal(),
      databases: await knownDatabases(on(asker)),
    }),
    begin: async (_, input) => {
      if (!(await isLocal())) {
        throw new Failure('team.forbidden', 'a folder is set up by whoever works at its machine', {
          state: 'nothing was written',
          fix: ['lockstep init'],
        });
      }
      // A file is made when it is first needed; a server must be there.
      return init({ ...options, ...input, reach: !Object.values(embedded).some((one) => one === input.url) });
    },
    policies: (asker) => policies(on(asker)),
    databases: async (asker) => shownMatrix(await matrix({ ...on(asker), environments: 'all', orHome: true })),
    status: (asker, { env }) => status(on(asker, env)),
    migration: (asker, { env, id }) => oneMigration(on(asker, env), id),
    trial: async (asker, { env, id }) => {
      const [engine] = (await test({ ...on(asker, env), only: id })).engines;
      if (engine === undefined) throw new Error('nothing was tried');
      return engine;
    },
    plan: (asker, { env, to, down: id }) => plan({ ...on(asker, env), ...defined({ to }), ...(id === undefined ? {} : { down: { id } }) }),
    structure: (asker, { env }) => structure(on(asker, env)),
    drift: (asker, { env }) => drift(on(asker, env)),
    history: (asker, { env, most }) => history({ ...on(asker, env), ...(most === undefined ? {} : { most }) }),
    compare: (asker, { env, from, to }) => compare(on(asker, env), from, to),
    fixtures: (asker, { env }) => fixtureStatus(on(asker, env)),
    fixtureText: async (asker, { file }) => {
      const found = await fixtureText(on(asker), file);
      if (found === undefined) throw new Failure('ref.unknown', `there is no file of fixtures "${file}"`);
      return found;
    },
    runs: () => Promise.resolve(runs.list()),
    run: (asker, { env = '', kind, ...wanted }) =>
      Promise.resolve(
        runs.start({ kind, env, by: asker.user }, (signals) => work(kind, wanted, { ...on(asker, env), ...signals, yes: true })),
      ),
    stopRun: (_, { run, now = false }) => Promise.resolve(runs.stop(run, now)),
    desk: (asker) => teamStatus(on(asker)),
    deskTeam: (asker) => teamStatus({ ...on(asker), uncompared: true }),
    deskCheckout: (asker, input) => checkout({ ...on(asker), ...defined(input) }),
    deskExtend: async (asker, { forMs }) => {
      const held = await ownCheckout(asker);
      const { until } = await askTeam(on(asker), 'extend', { ...held, forMs });
      return { until };
    },
    deskRelease: (asker, { restore = false }) => release({ ...on(asker), restore, yes: true }),
    deskChanges: async (asker) =>
      (await teamStatus({ ...on(asker), uncompared: true })).own === undefined ? null : drift({ ...on(asker), orEmpty: true }),
    deskEvidence: async (asker) => ((await teamStatus({ ...on(asker), uncompared: true })).own === undefined ? null : recorded(on(asker))),
    deskPlan: (asker, input) => planCheckin({ ...on(asker), ...defined(input), renames: 'ask' }),
    deskCheckin: (asker, input) => checkin({ ...on(asker), ...defined(input), renames: 'ask' }),
    sql: (asker, { script, confirm }) => runSql({ ...on(asker), ...(confirm === undefined ? {} : { confirm }) }, script),
    recordDrift: (asker, { env, name, ...input }) => drift({ ...on(asker, env), ...defined(input), record: name }),
    planDriftBack: (asker, { env, name }) => drift({ ...on(asker, env), planBack: name }),
    ignoreDrift: (asker, { env, ...ignore }) => drift({ ...on(asker, env), ignore }),
  };
  const ownCheckout = async (asker: Asker): Promise<{ readonly checkout: number; readonly copy: string }> => {
    const { own, checkouts } = await teamStatus({ ...on(asker), uncompared: true });
    const held = checkouts.find(({ checkout: number }) => number === own);
    if (held === undefined)
      throw new Failure('checkout.none', 'this working copy has nothing checked out', { state: 'nothing was changed' });
    return { checkout: held.checkout, copy: held.at.copy };
  };
  return { handlers, hear: runs.hear };
}

/** Properties that are there: the options of commands know no `undefined`. */
function defined<T extends object>(input: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

async function work(
  kind: DeskRun['kind'],
  { to, id, count, partial, sets, reload, allow, confirm }: Omit<DeskInput<'run'>, 'env' | 'kind'>,
  given: CommonOptions & RunSignals,
): Promise<RunEnd> {
  const options = { ...given, singly: true, ...defined({ allow, confirm }) };
  switch (kind) {
    case 'up':
      return up({ ...options, ...defined({ to }) });
    case 'down':
      return down({ ...options, ...defined({ id, count, partial }) });
    case 'load':
      return loadFixtures({ ...options, ...defined({ sets, reload }) });
    case 'remove':
      return removeFixtures({ ...options, sets: sets ?? [] });
  }
}

async function oneMigration(options: CommonOptions, id: string): Promise<DeskAnswers['migration']> {
  const { migrations } = await status(options);
  const found = migrations.find((one) => one.id === id);
  if (found === undefined) throw new Failure('ref.unknown', `there is no migration "${id}" here`);
  const { text = null, downText = null } = (await textOf(options, id)) ?? {};
  const isThere = found.state === 'applied' || found.state === 'baseline' || found.state === 'covered';
  try {
    const { steps, losses } = await plan({ ...options, ...(isThere ? { down: { id } } : { to: id, noInstaller: true }) });
    const step = steps.find((one) => one.id === id) ?? null;
    return { listed: found, text, downText, checksum: step?.checksum ?? null, step, losses, problem: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { listed: found, text, downText, checksum: null, step: null, losses: [], problem: problemOf(error) };
  }
}

/** Compares two points of the project. Only those can be named: a path or an address of elsewhere would show what the asker must not see. */
function compare(options: CommonOptions, from: string, to: string): Promise<DiffReport> {
  const point = (text: string): string => {
    if (text === 'empty' || text === 'db' || /^[^@/\\:]+@[^@/\\:]+$/.test(text)) return text;
    throw new Failure('team.bad-request', `"${text}" is none of empty, db and MODULE@MIGRATION`);
  };
  return diff({ ...options, from: point(from), to: point(to), renames: 'never' });
}

async function runSql(options: CommonOptions, script: string): Promise<DeskAnswers['sql']> {
  const sql = await openSql(options);
  const results: SqlResult[] = [];
  try {
    await sql.run(script, (result) => results.push({ ...result, rows: result.rows.slice(0, rowsMost) }));
    return { results, problem: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // What ran before it has happened, and is shown.
    return { results, problem: problemOf(error) };
  } finally {
    await sql.close();
  }
}
