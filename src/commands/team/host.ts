import { rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { Failure } from '../../base/index.ts';
import {
  type Asker,
  addUser,
  type Expected,
  hashOf,
  judgedKey,
  keyName,
  moment,
  newKey,
  offerSetup,
  type Service,
  seenOn,
  serviceOf,
  swept,
  type Team,
} from '../../team/index.ts';
import { randomHex, sha256 } from '../digest.ts';
import type { CommonOptions } from '../options.ts';
import { type Database, databaseOf, openProject, type Project } from '../project.ts';
import { appliedMigrations } from './applied.ts';
import { openState, ownState } from './state.ts';
import { updater } from './update.ts';
import { waitsFor } from './waits.ts';

export interface HostOptions extends CommonOptions {
  /** The URL of the database for the server's own state; a file in `.lockstep` by default. */
  readonly state?: string;
  /** Where there is no user yet: an admin is made, whose key is written to this file. */
  readonly adminKeyFile?: string;
}

/** A team's state, its service, and the means to know who asks. */
export interface Host {
  readonly team: Team;
  readonly service: Service;
  /** Who a key belongs to, or why it is good for nothing. */
  asker(secret: string): Promise<Asker | 'unknown' | 'revoked' | 'expired'>;
  /** The same of one that was known before by what is kept of its secret. */
  askerOf(known: { readonly key: string; readonly hash: string }): Promise<Asker | 'unknown' | 'revoked' | 'expired'>;
  /** Whether there are users: before there are, only this machine may ask, and needs no key. */
  hasUsers(): Promise<boolean>;
  /** A token by which the first admin can be made, once, for a quarter of an hour. Nothing where there are users. */
  offer(): Promise<string | undefined>;
  /** Notes that updates which ran here when the process ended run no more. For a server that starts. */
  recover(): Promise<void>;
  /** The name of the database that check-outs are of, and its address without secrets. */
  readonly database: { readonly name: string; readonly shown: string } | undefined;
  close(): Promise<void>;
}

const setupMs = 15 * 60_000;
const sweepMs = 5_000;

/** Opens the state of a team and all that its service needs of the project in this folder. */
export async function openHost({ state, adminKeyFile, ...options }: HostOptions): Promise<Host> {
  const project = await openProject(options);
  let database = await ownDatabase(project, options);
  const home = (): string => options.environment ?? database?.name ?? 'default';
  const { team, close } = await openState(state ?? ownState(project), options);
  const waits = waitsFor(Date.now);
  const here = `${sha256(`${hostname()} ${project.base}`).slice(0, 8)}`;

  const seen = async (place: string, there: readonly Expected[]): Promise<void> => {
    await team.act('server', (now) => seenOn(now, place, new Map(there.map((one) => [`${one.module}/${one.migration}`, one.checksum]))));
  };
  const applied = async (): Promise<readonly Expected[] | undefined> => {
    // The folder may have been set up meanwhile.
    database ??= await ownDatabase(await openProject(options), options);
    if (database === undefined) return undefined;
    const there = await appliedMigrations(options);
    await seen(home(), there);
    return there;
  };
  const update = updater({ team, options, home, here, seen, seatOf: (asker) => ({ asker, service, team }) });
  const service = serviceOf({
    team,
    digest: sha256,
    random: randomHex,
    applied,
    update,
    waits,
  });
  if (adminKeyFile !== undefined) await makeAdmin(team, adminKeyFile);
  const sweeping = setInterval(() => {
    // A state that cannot be reached now is swept the next time.
    void team.act('server', (now, time) => swept(now, { now: time, isThere: waits.isThere })).catch(() => undefined);
  }, sweepMs);
  sweeping.unref();
  return {
    team,
    service,
    asker: async (secret) => {
      const key = keyName(secret);
      return key === undefined ? 'unknown' : team.look((now) => judgedKey(now, { key, hash: sha256(secret) }, { now: Date.now() }));
    },
    askerOf: (known) => team.look((now) => judgedKey(now, known, { now: Date.now() })),
    hasUsers: () => team.look((now) => now.users.size > 0),
    offer: async () => {
      const token = randomHex(24);
      if (await team.look((now) => now.users.size > 0)) return undefined;
      await team.act('server', (now, time) => offerSetup(now, { hash: sha256(token), until: moment(time + setupMs) }));
      return token;
    },
    recover: async () => {
      await team.act('server', (now) => ({
        ok: true,
        events: [...now.updates.values()]
          .filter((one) => one.update.startsWith(here))
          .map((one) => ({ kind: 'update.ended', update: one.update, outcome: 'interrupted', applied: [] }) as const),
        answer: () => null,
      }));
    },
    database: database === undefined ? undefined : { name: home(), shown: database.target.shown },
    close: async () => {
      clearInterval(sweeping);
      await close();
    },
  };
}

/** The project's database. Check-outs can be kept for databases that the server does not know. */
async function ownDatabase(project: Project, options: CommonOptions): Promise<Database | undefined> {
  try {
    return await databaseOf(project, options);
  } catch (error) {
    if (error instanceof Failure && error.code === 'config.no-database') return undefined;
    throw error;
  }
}

/** Makes an admin where there is no user yet. The key is written before anybody knows it, so that it cannot be lost on the way. */
async function makeAdmin(team: Team, file: string): Promise<void> {
  if (await team.look((now) => now.users.size > 0)) return;
  const { key, secret } = newKey(randomHex);
  try {
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new Failure(
      'usage.invalid-value',
      `the key of the first admin cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      {
        state: 'nothing was started',
        fix: ['--admin-key-file FILE   a file that is not there yet'],
      },
    );
  }
  try {
    const first = { key, hash: hashOf(secret, sha256) };
    await team.act('server', (now) => addUser(now, { user: 'admin', role: 'admin', first }));
  } catch (error) {
    rmSync(file, { force: true });
    // Another server over the same state was quicker.
    if (!(error instanceof Failure) || error.code !== 'user.taken') throw error;
  }
}
