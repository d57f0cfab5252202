/** Working together: who may change the structure, what was checked in, and who the team is. */
export { type Call, type CallName, calls } from './api/calls.ts';
export type { Checked, Input } from './api/inputs.ts';
export { hashOf, keyName, newKey } from './api/keys.ts';
export {
  type Answers,
  type Expected,
  forbidden,
  type ListedKey,
  type Service,
  type ServiceMeans,
  serviceOf,
  type TeamView,
  type UpdateAnswer,
  type UpdateWanted,
  type Waits,
} from './api/service.ts';
export { databaseLog } from './log/database.ts';
export type { EventLog } from './log/log.ts';
export { logMigrations } from './log/tables.ts';
export * from './protocol/index.ts';
export { openTeam, type Team, type TeamMeans } from './team.ts';

/** What each call takes, and the check of it. Loaded late: the schemas cost time, and a client of a server needs none. */
export function loadInputs(): Promise<typeof import('./api/inputs.ts')> {
  return import('./api/inputs.ts');
}
