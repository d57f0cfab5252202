import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Flavour, flavours, freshDatabase, type TestDatabase } from './support/database.ts';
import { type Sandbox, sandbox } from './support/sandbox.ts';
import { type Block, type Call, matches, readScenario, written } from './support/scenario.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const update = process.env['UPDATE'] === '1';

/** Pages of the documentation that show calls are scenarios too, so what they show is true. */
function scenarioPages(): readonly string[] {
  const pages = (folder: string, recursive: boolean): readonly string[] =>
    readdirSync(join(root, folder), { recursive, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name))
      .sort();
  const documents = pages('docs', false).filter((path) => readFileSync(join(root, path), 'utf8').includes('```console'));
  return [...pages('test/scenarios', true), ...documents];
}

for (const path of scenarioPages()) {
  const file = join(root, path);
  const scenario = readScenario(readFileSync(file, 'utf8'));
  describe(`${path}: ${scenario.title}`, () => {
    for (const flavour of flavours.filter((one) => !scenario.skips.has(one))) {
      test(`on ${flavour}`, async () => {
        const database = await freshDatabase(flavour);
        const live = scenario.live ? await freshDatabase(flavour) : undefined;
        const project = sandbox();
        try {
          const rewrites: Rewrite[] = [];
          // Another kind of database may have rewritten the file, and its lines stand elsewhere now.
          const { blocks } = update ? readScenario(readFileSync(file, 'utf8')) : scenario;
          for (const block of blocks) {
            if (block.only.length === 0 || block.only.includes(flavour)) await play(block, { flavour, database, live, project, rewrites });
          }
          rewrite(file, rewrites);
        } finally {
          await database.drop();
          await live?.drop();
        }
      });
    }
  });
}

interface Stage {
  readonly flavour: Flavour;
  readonly database: TestDatabase;
  /** The second database of scenarios that have one. */
  readonly live: TestDatabase | undefined;
  readonly project: Sandbox;
  /** Blocks whose text is to be another one. */
  readonly rewrites: Rewrite[];
}

interface Rewrite {
  readonly lines: readonly [from: number, to: number];
  readonly said: readonly string[];
}

async function play(block: Block, stage: Stage): Promise<void> {
  const { project, database, live } = stage;
  if (block.kind === 'file') return project.write(block.path, block.text);
  if (block.kind === 'rows') return look(block, stage);
  const said: string[] = [];
  for (const call of block.calls) {
    const outcome = await perform(call, stage);
    if (outcome === undefined) {
      said.push(`$ ${call.command}`);
      continue;
    }
    said.push(...transcript(call, outcome, live === undefined ? [database] : [database, live]));
    if (update) continue;
    const what = `$ ${call.command}\n${outcome.stdout}${outcome.stderr}[exit ${outcome.code}]`;
    expect(outcome.code, what).toBe(call.exit);
    if (!matches(call.stdout, outcome.stdout)) expect(outcome.stdout, what).toBe(call.stdout.join('\n'));
    if (!matches(call.stderr, outcome.stderr)) expect(outcome.stderr, what).toBe(call.stderr.join('\n'));
  }
  if (update && !sameCalls(block.calls, said)) stage.rewrites.push({ lines: block.lines, said });
}

async function look({ sql, rows: wanted, lines, live }: Extract<Block, { readonly kind: 'rows' }>, stage: Stage): Promise<void> {
  const connection = await (live ? (stage.live ?? stage.database) : stage.database).connect();
  const { rows } = await connection.query(sql);
  await connection.close();
  const found = rows.map((row) => Object.values(row).map(String).join(' | '));
  if (!update) expect(found).toEqual(wanted);
  else if (found.join('\n') !== wanted.join('\n')) stage.rewrites.push({ lines, said: found });
}

async function perform(
  call: Call,
  { project, database, live }: Stage,
): Promise<{ code: number | null; stdout: string; stderr: string } | undefined> {
  const [program, ...args] = call.command.match(/"[^"]*"|\S+/g)?.map((word) => word.replace(/^"|"$/g, '')) ?? [];
  if (program === 'rm') {
    for (const path of args) project.remove(path);
    return undefined;
  }
  if (program !== 'lockstep') throw new Error(`a scenario runs lockstep and rm, not "${program}"`);
  return project.run(args, { env: { DATABASE_URL: database.url, LIVE_URL: live?.url } });
}

function transcript(
  call: Call,
  outcome: { code: number | null; stdout: string; stderr: string },
  databases: readonly TestDatabase[],
): readonly string[] {
  const errors = written(outcome.stderr, databases).map((line) => `2> ${line}`.trimEnd());
  return [`$ ${call.command}`, ...written(outcome.stdout, databases), ...errors, ...(outcome.code === 0 ? [] : [`[exit ${outcome.code}]`])];
}

/** When rewriting, what fits on one kind of database already is left as it is, so that all kinds agree on one text. */
function sameCalls(calls: readonly Call[], said: readonly string[]): boolean {
  const wanted = calls.flatMap((call) => [
    `$ ${call.command}`,
    ...call.stdout,
    ...call.stderr.map((line) => `2> ${line}`.trimEnd()),
    ...(call.exit === 0 ? [] : [`[exit ${call.exit}]`]),
  ]);
  return matches(wanted, said.join('\n'));
}

function rewrite(file: string, rewrites: readonly Rewrite[]): void {
  if (rewrites.length === 0) return;
  if (process.env['CI'] === 'true') throw new Error('scenarios are not rewritten in CI');
  const lines = readFileSync(file, 'utf8').split('\n');
  for (const {
    lines: [from, to],
    said,
  } of [...rewrites].reverse())
    lines.splice(from, to - from, ...said);
  writeFileSync(file, lines.join('\n'));
}
