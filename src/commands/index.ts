/** Floor 10: one use case a file, options in, plain result out. Nothing here prints. The composition root of the program. */

export type { Foreseen } from '../runner/index.ts';
export { type ConvertOptions, type ConvertReport, convert } from './convert.ts';
export { type DiffOptions, type DiffReport, diff } from './diff.ts';
export { type DoctorReport, doctor } from './doctor.ts';
export type { Check } from './doctor-team.ts';
export { type DownOptions, down } from './down.ts';
export { type Drifted, type DriftOptions, type DriftReport, drift } from './drift.ts';
export { type DumpOptions, type DumpReport, dump } from './dump.ts';
export { dumpModule, type ModuleDumpOptions, type ModuleDumpReport } from './dump-module.ts';
export { type Explanation, explain, explainable } from './explain.ts';
export {
  type FixtureItem,
  type FixtureReport,
  type FixtureStatus,
  type FixtureStatusOptions,
  fixtureStatus,
  type ListedFixture,
  type LoadFixturesOptions,
  loadFixtures,
  type RemoveFixturesOptions,
  removeFixtures,
} from './fixtures.ts';
export { type GuardOptions, type GuardReport, guard } from './guard.ts';
export { type HistoryOptions, type HistoryReport, history } from './history.ts';
export { embedded, type InitOptions, type InitReport, init } from './init.ts';
export { type BuildOptions, type BuiltReport, install } from './install.ts';
export { type Mark, type MarkOptions, type MarkReport, mark } from './mark.ts';
export { type KnownDatabase, knownDatabases, type MatrixCell, type MatrixDatabase, type MatrixReport, matrix } from './matrix.ts';
export { type ListedModule, listModules, type ModuleReport } from './module.ts';
export { type CheckedModule, checkModules, type ModuleCheckReport } from './module-check.ts';
export { type InstalledReport, type InstallOptions, installModule } from './module-install.ts';
export { type UninstallOptions, type UninstallReport, uninstallModule } from './module-uninstall.ts';
export { type ProjectNames, projectNames } from './names.ts';
export { type NewOptions, newMigration } from './new.ts';
export type { NewReport } from './new-update.ts';
export type { CommonOptions, Question } from './options.ts';
export { type PlanOptions, type PlanReport, plan, upWithPlan } from './plan.ts';
export { type Policies, policies } from './policies.ts';
export { type ProtectOptions, type ProtectReport, protect } from './protect.ts';
export { redo } from './redo.ts';
export { type RefreshOptions, type RefreshReport, refresh } from './refresh.ts';
export { held, type NameAnswer, type NameQuestion, type RenamePolicy } from './renames.ts';
export { type ReplicateOptions, replicate } from './replicate.ts';
export type { ReplicateReport } from './replicate-file.ts';
export {
  type Listed,
  type PlannedLoss,
  type PlannedStatement,
  type PlannedStep,
  type RunItem,
  type RunReport,
  shownId,
} from './report.ts';
export { openSql, type SqlConnection, type SqlResult } from './sql.ts';
export { type StatusReport, status } from './status.ts';
export { type StructureReport, structure } from './structure-report.ts';
export { type Tag, type TagOptions, type TagReport, tag } from './tag.ts';
export type { TakenOver } from './take-over.ts';
export { type CheckinOptions, type CheckinPlan, type CheckinReport, checkin, planCheckin } from './team/checkin.ts';
export { type CheckoutOptions, type CheckoutReport, checkout } from './team/checkout.ts';
export { localUser } from './team/door.ts';
export { dropRecorded, type Evidence, type EvidenceReport, recorded } from './team/evidence.ts';
export { type Host, type HostOptions, openHost } from './team/host.ts';
export { type OwnCheckout, ownCheckout } from './team/place.ts';
export { type ReleaseOptions, type ReleaseReport, release } from './team/release.ts';
export {
  type AskOptions,
  askTeam,
  keyFrom,
  type LoginReport,
  leaveTeam,
  login,
  type TeamReport,
  teamStatus,
} from './team/standing.ts';
export { type TestedEngine, type TestOptions, type TestReport, type Tried, test } from './test.ts';
export { fixtureText, textOf } from './text.ts';
export { type ToOptions, to } from './to.ts';
export { type UpOptions, up } from './up.ts';
export { type VerifyReport, verify } from './verify.ts';
export { type InstallersReport, type VerifiedInstaller, verifyInstallers } from './verify-installers.ts';
