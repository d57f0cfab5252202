import { accessSync, constants, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Failure } from '../base/index.ts';
import type { Project } from './project.ts';
import { readPlace } from './team/place.ts';
import { remoteDoor } from './team/remote.ts';

export interface Check {
  readonly name: string;
  readonly outcome: 'ok' | 'warning' | 'error';
  readonly message: string;
  readonly fix: readonly string[];
}

const patienceMs = 5_000;
const skewMs = 30_000;

/** The working copy and the team that it belongs to. */
export async function copyChecks(project: Project, version = ''): Promise<readonly Check[]> {
  return [...folderChecks(project), ...secretChecks(project), ...(await serverChecks(project, version))];
}

/** Whether what is written to can be written to: the folder of migrations, and what is kept in `.lockstep`. */
function folderChecks({ base, folder }: Project): readonly Check[] {
  const places = [folder ?? '.', '.lockstep'].map((place) => ({ place, path: resolve(base, place) }));
  const closed = places.filter(({ path }) => existsSync(path) && !isWritable(path)).map(({ place }) => place);
  if (!isWritable(base) && places.some(({ path }) => !existsSync(path))) closed.push('the folder of the configuration');
  return closed.map((place) => ({
    name: 'folders',
    outcome: 'error',
    message: `${place} cannot be written to: neither new migrations nor check-outs can be kept`,
    fix: [`make ${place} writable for this user`],
  }));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The team's server, where this working copy has one: reached, of the same version and time, and the key is good. */
async function serverChecks(project: Project, version: string): Promise<readonly Check[]> {
  const place = readPlace(project);
  const { server } = place;
  if (server === undefined) return [];
  const checks: Check[] = [];
  const begun = Date.now();
  let health: { readonly version?: string; readonly now?: string };
  try {
    const response = await fetch(new URL('/healthz', server.url), { signal: AbortSignal.timeout(patienceMs), redirect: 'error' });
    health = (await response.json()) as typeof health;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    return [
      {
        name: 'server',
        outcome: 'error',
        message: `${server.url} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
        fix: ['start it: lockstep serve', 'lockstep login URL --key-file FILE   where it has another address now'],
      },
    ];
  }
  const tookMs = Date.now() - begun;
  const note = (outcome: Check['outcome'], message: string, fix: readonly string[] = []): void => {
    checks.push({ name: 'server', outcome, message, fix });
  };
  if (health.version === version) note('ok', `${server.url}, version ${version}, answered in ${tookMs} ms`);
  else
    note('warning', `${server.url} is version ${health.version ?? 'unknown'}, this is ${version}`, ['use the same version on both sides']);
  const skew = Math.abs(Date.parse(health.now ?? '') - (begun + tookMs / 2));
  if (Number.isFinite(skew) && skew > skewMs) {
    note(
      'warning',
      `the clocks of this machine and the server differ by ${Math.round(skew / 1000)} s: ends of check-outs are the server's time`,
      ['set the clocks by a time server'],
    );
  }
  try {
    const { user, role } = await remoteDoor(server, place).call('me', {});
    note('ok', `${user}, ${role}`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    note('error', error.message, ['lockstep login URL --key-file FILE']);
  }
  return checks;
}

/** Whether the project's own state folder is kept from git where there is one. */
function secretChecks({ base }: Project): readonly Check[] {
  const state = join(base, '.lockstep');
  if (!existsSync(join(state, 'team.json')) || existsSync(join(state, '.gitignore'))) return [];
  return [
    {
      name: 'folders',
      outcome: 'warning',
      message: '.lockstep holds a key, and nothing in it keeps it from being committed',
      fix: ['echo "*" > .lockstep/.gitignore'],
    },
  ];
}
