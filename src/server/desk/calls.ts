import type { Call } from '../../team/index.ts';

const base = '/api/v1';

/**
 * What the pages of the web app ask beside the calls of the team: the databases of the server's own project, runs, and its working copy.
 * Each does what the command of the same name does.
 */
export const deskCalls = {
  project: { method: 'GET', path: `${base}/project`, action: 'look', summary: 'what this server is of, and what the asker may do' },
  begin: {
    method: 'POST',
    path: `${base}/project`,
    action: 'settings',
    summary: 'set the folder up: configuration, folder of migrations, an example',
  },
  policies: { method: 'GET', path: `${base}/policies`, action: 'look', summary: 'what the configuration decides for everybody' },
  databases: { method: 'GET', path: `${base}/databases`, action: 'look', summary: 'every database, and every migration on each' },
  status: { method: 'GET', path: `${base}/status`, action: 'look', summary: 'the migrations of a database' },
  migration: {
    method: 'GET',
    path: `${base}/migrations/{id}`,
    action: 'look',
    summary: 'one migration: its text, what it would do, its way back',
  },
  trial: {
    method: 'GET',
    path: `${base}/migrations/{id}/trial`,
    action: 'look',
    summary: 'a migration on a scratch database: up, down and up again, and what it makes of the structure',
  },
  plan: { method: 'GET', path: `${base}/plan`, action: 'look', summary: 'what a run would do, and what it would destroy' },
  structure: { method: 'GET', path: `${base}/structure`, action: 'look', summary: 'the structure of a database as it is now' },
  drift: { method: 'GET', path: `${base}/drift`, action: 'look', summary: 'what differs from what the history says' },
  history: { method: 'GET', path: `${base}/history`, action: 'look', summary: 'what has happened to a database' },
  compare: {
    method: 'GET',
    path: `${base}/compare`,
    action: 'look',
    summary: 'the way from the structure after one migration to that after another',
  },
  fixtures: { method: 'GET', path: `${base}/fixtures`, action: 'look', summary: 'sets of fixtures, and what is loaded' },
  fixtureText: { method: 'GET', path: `${base}/fixtures/text`, action: 'look', summary: 'the beginning of a file of fixtures' },
  runs: { method: 'GET', path: `${base}/runs`, action: 'look', summary: 'runs that were started here: those under way and the last ones' },
  run: { method: 'POST', path: `${base}/runs`, action: 'update', summary: 'start a run; how it goes comes by the stream' },
  stopRun: { method: 'POST', path: `${base}/runs/{run}/stop`, action: 'update', summary: 'begin no further statement' },
  desk: { method: 'GET', path: `${base}/desk`, action: 'look', summary: "the team, and this server's working copy in it" },
  deskTeam: { method: 'GET', path: `${base}/desk/team`, action: 'look', summary: 'the same without a look at the database' },
  deskCheckout: {
    method: 'POST',
    path: `${base}/desk/checkout`,
    action: 'checkout',
    summary: 'check the structure out for this working copy',
  },
  deskExtend: { method: 'POST', path: `${base}/desk/extend`, action: 'checkout', summary: 'prolong the check-out of this working copy' },
  deskRelease: { method: 'POST', path: `${base}/desk/release`, action: 'checkout', summary: 'give the check-out of this working copy up' },
  deskChanges: { method: 'GET', path: `${base}/desk/changes`, action: 'look', summary: 'what has changed since the check-out' },
  deskEvidence: {
    method: 'GET',
    path: `${base}/desk/evidence`,
    action: 'look',
    summary: 'the statements that were seen under the check-out',
  },
  deskPlan: { method: 'POST', path: `${base}/desk/plan`, action: 'checkin', summary: 'the migration that a check-in would write' },
  deskCheckin: { method: 'POST', path: `${base}/desk/checkin`, action: 'checkin', summary: 'check in what has changed' },
  sql: { method: 'POST', path: `${base}/desk/sql`, action: 'checkout', summary: 'run statements; structural ones only under a check-out' },
  recordDrift: { method: 'POST', path: `${base}/drift/record`, action: 'checkin', summary: 'write what differs as a migration' },
  planDriftBack: {
    method: 'POST',
    path: `${base}/drift/back`,
    action: 'checkin',
    summary: 'write the way back to what is expected as a migration',
  },
  ignoreDrift: { method: 'POST', path: `${base}/drift/ignore`, action: 'settings', summary: 'keep a difference as an exception' },
} as const satisfies Readonly<Record<string, Call>>;

export type DeskCallName = keyof typeof deskCalls;
