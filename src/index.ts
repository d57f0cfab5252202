/**
 * Lockstep as a library: the commands as functions with typed results, what migrations and configurations are written with, and the
 * drivers that turn an open connection into a database.
 */
export { type Code, catalogue, Failure, type FailureDetails, type Problem } from './base/index.ts';
export {
  type CommonOptions,
  type DiffOptions,
  type DiffReport,
  type DoctorReport,
  type DownOptions,
  type DriftOptions,
  type DriftReport,
  type DumpOptions,
  type DumpReport,
  diff,
  doctor,
  down,
  drift,
  dump,
  type FixtureItem,
  type FixtureReport,
  type FixtureStatus,
  type FixtureStatusOptions,
  fixtureStatus,
  type ListedFixture,
  type LoadFixturesOptions,
  loadFixtures,
  type MarkOptions,
  type MarkReport,
  mark,
  type PlanOptions,
  type PlanReport,
  plan,
  type Question,
  type RefreshOptions,
  type RefreshReport,
  type RemoveFixturesOptions,
  type ReplicateOptions,
  type ReplicateReport,
  type RunItem,
  type RunReport,
  redo,
  refresh,
  removeFixtures,
  replicate,
  type StatusReport,
  status,
  type TestReport,
  test,
  to,
  type UpOptions,
  up,
  type VerifyReport,
  verify,
} from './commands/index.ts';
export { type Config, defineConfig } from './config/index.ts';
export type { Connection, Driver, Engine, Extension, Format, Hooks, RunEvent, Source, Store } from './contracts/index.ts';
export { libsql, mysql2, nodeSqlite, pg, pglite } from './drivers/index.ts';
export { type FixtureContext, type FixtureDefinition, fixture } from './fixtures/index.ts';
export {
  type Batch,
  type BatchOptions,
  type ExtensionDefinition,
  type Extensions,
  extension,
  type MigrationContext,
  type MigrationDefinition,
  migration,
  type Parameters,
  type QueryObject,
  type SeenTable,
  type Services,
  type Shared,
} from './runner/index.ts';
export type { Names, SchemaBuilder } from './schema/index.ts';
export type { ListedMigration } from './sources/index.ts';
