import { Failure } from '../../base/index.ts';
import type { Inquiry, Server } from '../../contracts/index.ts';
import { guardSchema } from './catalogue.ts';
import { text } from './quote.ts';

/** A variant of PostgreSQL: how its `version()` begins or what it holds, and what it cannot do. */
interface Flavour {
  readonly flavour: string;
  /** Its own name; absent for PostgreSQL itself. */
  readonly title?: string;
  readonly recognise: (facts: { readonly version: string; readonly citus: boolean }) => boolean;
  readonly lacks: readonly Lack[];
}

type Lack = 'advisoryLocks' | 'scripts' | 'defaultAuthorization' | 'compiledPlans';

/** The first that recognises the server is taken; the last takes every server. */
const flavours: readonly Flavour[] = [
  {
    flavour: 'cockroachdb',
    title: 'CockroachDB',
    recognise: ({ version }) => /cockroachdb/i.test(version),
    lacks: ['advisoryLocks', 'scripts', 'compiledPlans'],
  },
  // SET SESSION AUTHORIZATION DEFAULT does nothing in PGlite.
  { flavour: 'pglite', title: 'PGlite', recognise: ({ version }) => /pglite|emscripten/i.test(version), lacks: ['defaultAuthorization'] },
  // Advisory locks of Citus hold on one node only, and several statements in one message fail.
  { flavour: 'citus', title: 'Citus', recognise: ({ citus }) => citus, lacks: ['advisoryLocks', 'scripts'] },
  { flavour: 'postgres', recognise: () => true, lacks: [] },
];

/** From which major version on the server can do something. */
const since = {
  dropExpression: 13,
  triggerParents: 13,
  publicationRoots: 13,
  replaceTrigger: 14,
  compression: 14,
  nullsNotDistinct: 15,
  icuLocale: 15,
  publicationParts: 15,
  securityInvoker: 15,
  unloggedSequences: 15,
  setAccessMethod: 15,
  deleteSetColumns: 15,
  setExpression: 17,
  collationLocale: 17,
  virtualColumns: 18,
  temporalKeys: 18,
  notEnforced: 18,
} as const;

/** What the files of this folder may ask a server for. */
export type Feature = keyof typeof since | Lack;

const oldest = 12;

/** Whether the server that was met has a feature. */
export function has(server: Server, feature: Feature): boolean {
  return server.features[feature] === true;
}

/** Asks the server who it is. Refuses versions below 12, whose catalogues differ from what is read here. */
export function* identify(): Inquiry<Server> {
  const { rows } = yield { sql: question };
  const row = rows[0] ?? {};
  const number = Number(row['number'] ?? 0);
  const major = Math.floor(number / 10_000);
  const version = String(row['version'] ?? '');
  const found = flavours.find((flavour) => flavour.recognise({ version, citus: row['citus'] === true }));
  const level = `PostgreSQL ${major}.${number % 10_000}`;
  const shown = found?.title === undefined ? level : `${found.title} (${level})`;
  if (major < oldest) throw new Failure('change.unsupported', `this server is ${shown}; PostgreSQL ${oldest} is the oldest supported`);
  return {
    flavour: found?.flavour ?? 'postgres',
    title: shown,
    version: [major, number % 10_000],
    transactionalStructure: true,
    features: features(major, found?.lacks ?? []),
    namespace: optional(row['namespace']),
    database: String(row['database']),
    user: String(row['user']),
    session: optional(row['session']),
    clock: optional(row['clock']),
    readOnly: row['standby'] === true || row['readonly'] === true,
    ...(row['guarded'] === true ? { guarded: true } : {}),
  };
}

const question = `SELECT current_setting('server_version_num')::int AS number, version() AS version,
  current_schema()::text AS namespace, current_database()::text AS database, current_user::text AS "user",
  pg_backend_pid()::text AS session,
  to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS clock,
  pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only')::boolean AS readonly,
  EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') AS citus,
  EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ${text(guardSchema)}) AS guarded`;

function features(major: number, lacks: readonly Lack[]): Readonly<Record<Feature, boolean>> {
  const found: Record<string, boolean> = {
    advisoryLocks: true,
    scripts: true,
    defaultAuthorization: true,
    compiledPlans: true,
  };
  for (const [feature, version] of Object.entries(since)) found[feature] = major >= version;
  for (const feature of lacks) found[feature] = false;
  return found as Record<Feature, boolean>;
}

function optional(value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : String(value);
}
