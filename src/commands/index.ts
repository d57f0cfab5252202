/** Floor 10: one use case a file, options in, plain result out. Nothing here prints. The composition root of the program. */
export { type DiffOptions, type DiffReport, diff } from './diff.ts';
export { type Check, type DoctorReport, doctor } from './doctor.ts';
export { type DownOptions, down } from './down.ts';
export { type DumpOptions, type DumpReport, dump } from './dump.ts';
export { type Explanation, explain, explainable } from './explain.ts';
export { embedded, type InitOptions, type InitReport, init } from './init.ts';
export { type Mark, type MarkOptions, type MarkReport, mark } from './mark.ts';
export { type ProjectNames, projectNames } from './names.ts';
export { type NewOptions, type NewReport, newMigration } from './new.ts';
export type { CommonOptions, Question } from './options.ts';
export { type PlanOptions, type PlanReport, plan, upWithPlan } from './plan.ts';
export { redo } from './redo.ts';
export type { Listed, PlannedLoss, PlannedStatement, PlannedStep, RunItem, RunReport } from './report.ts';
export { type StatusReport, status } from './status.ts';
export { type TestedEngine, type TestOptions, type TestReport, test } from './test.ts';
export { type ToOptions, to } from './to.ts';
export { type UpOptions, up } from './up.ts';
export { type VerifyReport, verify } from './verify.ts';
