import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { killingConfig } from '../support/crash.ts';
import { type Flavour, freshDatabase, type TestDatabase } from '../support/database.ts';
import { rowsOf } from '../support/desk.ts';
import { dyingConfig } from '../support/dying.ts';
import { rounds } from '../support/effort.ts';
import { type Running, startProgram } from '../support/program.ts';
import { type Copy, dataOf, type TeamBench, teamBench } from '../support/team.ts';

const first = '-- lockstep:up\nCREATE TABLE orders (id integer NOT NULL PRIMARY KEY);\n-- lockstep:down\nDROP TABLE orders;\n';

let bench: TeamBench | undefined;
const databases: TestDatabase[] = [];
const processes: Running[] = [];
afterEach(async () => {
  for (const one of processes.splice(0)) {
    one.kill('SIGKILL');
    await one.done.catch(() => undefined);
  }
  await bench?.close();
  bench = undefined;
  for (const one of databases.splice(0)) await one.drop();
});

/** Starts a server in a working copy; what dies is no error. */
async function serve(
  copy: Copy,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly running: Running; readonly url: string }> {
  const running = startProgram(copy.folder, ['serve', '--admin-key-file', 'admin.key', ...args], {
    env: { DATABASE_URL: copy.database.url, ...env },
    timeout: 600_000,
  });
  processes.push(running);
  running.done.catch(() => undefined);
  await running.until('Deploy:');
  return { running, url: /listens at (\S+)/.exec(running.said().stderr)?.[1] ?? '' };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

interface Updated {
  readonly ok: boolean;
  readonly data: { readonly deployed: readonly number[]; readonly done: readonly { readonly id: string }[] };
}

/** Deploys; nothing where no answer came. */
async function deploy(url: string, copy: Copy): Promise<Updated | undefined> {
  const key = readFileSync(join(copy.folder, 'admin.key'), 'utf8').trim();
  try {
    const response = await fetch(`${url}/api/v1/update`, { method: 'POST', headers: { Authorization: `Bearer ${key}` } });
    return (await response.json()) as Updated;
  } catch {
    return undefined;
  }
}

/** How the deployments ended that the server knows of. */
async function ended(url: string, copy: Copy): Promise<readonly unknown[]> {
  const key = readFileSync(join(copy.folder, 'admin.key'), 'utf8').trim();
  const response = await fetch(`${url}/api/v1/events?class=update`, { headers: { Authorization: `Bearer ${key}` } });
  const { data } = (await response.json()) as {
    readonly data: { readonly events: readonly { readonly event: Record<string, unknown> }[] };
  };
  return data.events.flatMap(({ event }) => (event['kind'] === 'update.ended' ? [event['outcome']] : []));
}

interface Checkedin {
  readonly version: { readonly number: number; readonly migration: string };
}

const filesIn = (copy: Copy): readonly string[] => readdirSync(join(copy.folder, 'migrations')).sort();

test('a client that is killed at any step of a check-in finishes it when asked again, with the same version', {
  timeout: 1_800_000,
}, async () => {
  bench = await teamBench('sqlite', first);
  const [staging, ada] = [await bench.copy('staging'), await bench.copy('ada')];
  for (const copy of [staging, ada]) expect(await copy.lockstep('up')).toMatchObject({ code: 0 });
  const server = await bench.serve(staging);
  await bench.join(server, ada, 'ada@example.org', 'developer');
  rmSync(join(ada.folder, 'lockstep.config.json'));
  writeFileSync(join(ada.folder, 'lockstep.config.mjs'), dyingConfig);

  let killed = 0;
  for (let at = 1, version = 1; ; at += rounds(7, 1), version++) {
    expect(await ada.lockstep('checkout', '-m', `change ${at}`), `step ${at}`).toMatchObject({ code: 0 });
    await ada.query(`CREATE TABLE t${at} (id integer NOT NULL PRIMARY KEY)`);
    const before = filesIn(ada);
    const dying = await startProgram(ada.folder, ['checkin', '--json'], { env: { DATABASE_URL: ada.database.url, KILL_AT: String(at) } })
      .done;
    if (dying.signal !== null) killed += 1;
    const again = dying.signal === null ? dying : await ada.lockstep('checkin', '--json');
    // One that was killed when all was done finds nothing left to do.
    if (again.code === 3) expect(again.stdout, `step ${at}`).toContain('checkout.none');
    else {
      expect({ at, code: again.code, said: again.code === 0 ? '' : again.stdout }).toEqual({ at, code: 0, said: '' });
      expect(dataOf<Checkedin>(again).version.number, `step ${at}`).toBe(version);
    }
    const made = filesIn(ada).filter((name) => !before.includes(name));
    expect(made, `step ${at}`).toHaveLength(1);
    for (const name of made) copyFileSync(join(ada.folder, 'migrations', name), join(staging.folder, 'migrations', name));
    // What the server applies is what was announced: one version, with an equal checksum.
    expect(await deploy(server.url, staging), `step ${at}`).toMatchObject({ ok: true, data: { deployed: [version] } });
    expect(await ada.lockstep('drift'), `step ${at}`).toMatchObject({ code: 0 });
    expect(await rowsOf(staging.database, `SELECT count(*) FROM t${at}`)).toEqual(['0']);
    if (dying.signal === null) break;
  }
  expect(killed).toBeGreaterThan(3);
  expect(await ada.lockstep('team', 'status')).toMatchObject({ code: 0 });
});

const two = {
  '20260201T000000_b.sql': 'CREATE TABLE b (id integer);\nINSERT INTO b VALUES (1);\nINSERT INTO b VALUES (2);\n',
  '20260202T000000_c.sql': 'CREATE TABLE c (id integer);\nINSERT INTO c VALUES (3);\n',
};

describe.each(['sqlite', 'postgres', 'mariadb'] as const satisfies readonly Flavour[])('a server on %s', (flavour) => {
  test('that is killed at any statement of a deployment goes on when asked again, and no row comes twice', {
    timeout: 1_800_000,
  }, async () => {
    let killed = 0;
    for (let at = 1; ; at += rounds(flavour === 'sqlite' ? 9 : 19, 1)) {
      bench = await teamBench(flavour, first);
      const staging = await bench.copy('staging');
      rmSync(join(staging.folder, 'lockstep.config.json'));
      writeFileSync(
        join(staging.folder, 'lockstep.config.mjs'),
        killingConfig(flavour)
          .replace(
            'const counted = first;',
            "const counted = first && process.env.KILL_AT !== undefined && rest[1]?.label.includes('lockstep up');",
          )
          .replace('first = false;', 'if (counted) first = false;'),
      );
      expect(await staging.lockstep('up')).toMatchObject({ code: 0 });
      for (const [name, text] of Object.entries(two)) writeFileSync(join(staging.folder, 'migrations', name), text);
      const dying = await serve(staging, ['--port', '0'], { KILL_AT: String(at) });
      const unheard = await deploy(dying.url, staging);
      if (unheard === undefined) {
        killed += 1;
        await dying.running.done;
        const next = await serve(staging, ['--port', '0']);
        expect(await deploy(next.url, staging), `statement ${at}`).toMatchObject({ ok: true });
        expect(await ended(next.url, staging), `statement ${at}`).toEqual(['interrupted', 'done']);
      } else expect(unheard).toMatchObject({ ok: true });
      expect(await rowsOf(staging.database, 'SELECT id FROM b ORDER BY id'), `statement ${at}`).toEqual(['1', '2']);
      expect(await rowsOf(staging.database, 'SELECT id FROM c'), `statement ${at}`).toEqual(['3']);
      expect((await staging.lockstep('status')).stdout, `statement ${at}`).toContain('0 pending · 3 applied');
      for (const one of processes.splice(0)) {
        one.kill('SIGKILL');
        await one.done.catch(() => undefined);
      }
      await bench.close();
      if (unheard !== undefined) break;
    }
    expect(killed).toBeGreaterThan(1);
  });
});

test('a server that is killed while it writes any step of a check-in down loses none of it', { timeout: 300_000 }, async () => {
  for (const step of ['checkin.prepared', 'announced']) {
    bench = await teamBench('sqlite', first);
    const state = await freshDatabase('postgres');
    databases.push(state);
    const [staging, ada] = [await bench.copy('staging'), await bench.copy('ada')];
    for (const copy of [staging, ada]) expect(await copy.lockstep('up')).toMatchObject({ code: 0 });
    const port = String(await freePort());
    const server = await serve(staging, ['--port', port, '--state', state.url]);
    await bench.join({ ...server, home: staging.folder, stop: () => server.running.done }, ada, 'ada@example.org', 'developer');
    expect(await ada.lockstep('checkout', '-m', 'b')).toMatchObject({ code: 0 });
    await ada.query('CREATE TABLE b (id integer NOT NULL PRIMARY KEY)');

    // The row of this step waits for a lock, and the server dies while it does: the database writes it, and nobody hears of it.
    const holder = await state.connect();
    await holder.query(
      `CREATE FUNCTION wait_for_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.kind = '${step}' THEN PERFORM pg_advisory_xact_lock(4711); END IF; RETURN NEW; END $$`,
    );
    await holder.query('CREATE TRIGGER wait_for_it BEFORE INSERT ON lockstep_team_event FOR EACH ROW EXECUTE FUNCTION wait_for_it()');
    await holder.query('SELECT pg_advisory_lock(4711)');
    const checkin = startProgram(ada.folder, ['checkin', '--json'], { env: { DATABASE_URL: ada.database.url } });
    for (;;) {
      const { rows } = await holder.query("SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
      if (rows[0]?.['n'] === 1) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    server.running.kill('SIGKILL');
    await server.running.done;
    await holder.query('SELECT pg_advisory_unlock(4711)');
    await holder.close();
    const next = await serve(staging, ['--port', port, '--state', state.url]);
    const outcome = await checkin.done;
    const done = outcome.code === 0 ? outcome : await ada.lockstep('checkin', '--json');
    expect(done, step).toMatchObject({ code: 0 });
    expect(dataOf<Checkedin>(done).version.number).toBe(1);
    expect(
      await rowsOf(state, "SELECT kind FROM lockstep_team_event WHERE kind IN ('checkin.prepared', 'announced') ORDER BY seq"),
    ).toEqual(['checkin.prepared', 'announced']);
    expect(filesIn(ada)).toHaveLength(2);
    next.running.kill('SIGKILL');
    await next.running.done;
    await bench.close();
  }
});
