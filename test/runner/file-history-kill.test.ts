import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentsOf, killingConfig } from '../support/crash.ts';
import { type Flavour, flavours, freshDatabase, type TestDatabase } from '../support/database.ts';
import { rounds } from '../support/effort.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

/** Rows that no key keeps from coming twice, structure, changes, and code whose queries nobody journals. */
const files = {
  'migrations/001_tables.sql': `CREATE TABLE a (id integer, name varchar(40));
    INSERT INTO a VALUES (1, 'one');
    CREATE INDEX a_id ON a (id);
    INSERT INTO a VALUES (2, 'two');`,
  'migrations/002_changes.yaml': `up:
  - addColumn: { table: a, name: age, type: integer }
  - insert: { into: a, rows: [{ id: 3, name: three, age: 3 }] }`,
  'migrations/003_code.mjs': `export const up = async ({ sql, step }) => {
    await step('four', async () => { await sql\`INSERT INTO a (id) VALUES (4)\`; return 4; });
    await step('five', async () => { await sql\`INSERT INTO a (id) VALUES (5)\`; });
  };`,
  'migrations/004_more.mjs': `export const up = async ({ sql }) => {
    await sql\`INSERT INTO a (id) VALUES (6)\`;
    await sql\`INSERT INTO a (id) VALUES (7)\`;
  };`,
};

function project(flavour: Flavour): Sandbox {
  return sandbox({ 'lockstep.config.mjs': killingConfig(flavour, "history: { file: 'history.yaml' },"), ...files });
}

/** What a person does who looks: a process killed behind a call has sent it, one killed before it has not. */
async function decide({ run }: Sandbox, env: Readonly<Record<string, string>>, at: number): Promise<boolean> {
  const refused = await run(['up', '--json'], { env });
  if (refused.code === 0) return false;
  const said = JSON.parse(refused.stdout) as { readonly problems: readonly { readonly code: string; readonly fix: readonly string[] }[] };
  const { code, fix = [] } = said.problems[0] ?? {};
  expect(code, refused.stdout).toBe('resume.undecidable');
  const chosen = fix.find((one) => one.startsWith(`lockstep mark ${at % 2 === 0 ? 'applied' : 'pending'}`)) ?? '';
  const words = (chosen.split(' --reason')[0] ?? '').split(' ').slice(1);
  const marked = await run([...words, '--reason', 'looked'], { env });
  expect(marked.code, marked.stderr).toBe(0);
  return true;
}

describe.each(flavours)('on %s, with the history in a file', (flavour) => {
  test('a run killed before or behind any call is taken up, or asks whether its commit took place, and nothing runs twice', async () => {
    const whole = await freshDatabase(flavour);
    const reference = project(flavour);
    const counted = join(reference.folder, 'calls');
    const undisturbed = await reference.run(['up'], { env: { DATABASE_URL: whole.url, COUNT_TO: counted } });
    expect(undisturbed.code, undisturbed.stderr).toBe(0);
    const calls = readFileSync(counted, 'utf8').length;
    const wanted = await contentsOf(whole, ['a']);
    expect(wanted).not.toContain('lockstep');
    await whole.drop();

    const every = rounds(41, 1);
    for (let at = 1 + (calls % every); at < calls; at += every) await killedAt(flavour, at, wanted);
  }, 1_800_000);
});

async function killedAt(flavour: Flavour, at: number, wanted: string): Promise<void> {
  const database: TestDatabase = await freshDatabase(flavour);
  const there = project(flavour);
  const env = { DATABASE_URL: database.url };
  const killed = await there.run(['up'], { env: { ...env, KILL_AT: String(at) } });
  expect(killed.signal, `call ${at}`).toBe('SIGKILL');
  for (let asked = 0; asked < 3; asked++) if (!(await decide(there, env, at))) break;
  expect(await contentsOf(database, ['a']), `after a kill at call ${at}`).toBe(wanted);
  const state = await there.run(['status', '--exit-code'], { env });
  expect(state.code, state.stdout).toBe(0);
  await database.drop();
}
