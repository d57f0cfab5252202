/** Floor 8 (I/O): takes steps up and down on one connection, under the run lock, with history and journal. Used by commands. */
export { forgettingBooks } from './books.ts';
export { evaluate } from './code/evaluate.ts';
export {
  type AnyDatabase,
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
  type SchemaReader,
  type SeenColumn,
  type SeenTable,
  type Services,
  type Shared,
  type SqlTag,
} from './code/migration.ts';
export { type PlannedShared, plannedShared } from './code/shared.ts';
export { type HistoryEntry, recordNow } from './history.ts';
export { acquireLock } from './lock.ts';
export { acquireFileLock } from './lock-file.ts';
export type { RunLock, WaitOptions } from './lock-types.ts';
export { boundLockWaits } from './lock-waits.ts';
export { type NameView, nameView } from './names.ts';
export { type Prepared, type Preparer, prepareChecks, prepareUp, textHash } from './prepare.ts';
export { prepareDown } from './prepare-down.ts';
export { callHook, type LoopOptions, type Ran, type RunResult, runSteps } from './run.ts';
export type { Foreseen, Outcome, Run, Step } from './run-types.ts';
export { type SchemaView, schemaView } from './schema-view.ts';
export { ask, openSession, refusal, type Session, type SessionOptions } from './session.ts';
export { checkTogether, runTogether } from './together.ts';
export { checkFailure, hasChecks, runChecks } from './verify.ts';
