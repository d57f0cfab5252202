import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { diff } from '../../src/diff/index.ts';
import { renderChanges } from '../../src/plan/index.ts';
import { ask } from '../../src/runner/index.ts';
import { canonicalSchema, emptySchema, type Schema } from '../../src/schema/index.ts';
import { type Flavour, freshDatabase, type TestDatabase } from '../support/database.ts';
import { engineFor } from '../support/engine.ts';
import { everything } from './postgres-everything.ts';

const run = promisify(execFile);

interface Place {
  readonly database: TestDatabase;
  run(script: string): Promise<void>;
  schema(): Promise<Schema>;
  fingerprint(): Promise<string>;
  /** The script that makes a structure from nothing. */
  written(schema: Schema): string;
  end(): Promise<void>;
}

async function place(flavour: Flavour): Promise<Place> {
  const database = await freshDatabase(flavour);
  const connection = await database.connect();
  const engine = await engineFor(database.driver.engine);
  const server = await ask(connection, engine.identify());
  return {
    database,
    run: async (script) => {
      for (const { sql } of engine.split(script).statements)
        await connection.query(sql).catch((error: unknown) => Promise.reject(new Error(`${String(error)}\n${sql}`)));
    },
    schema: async () => {
      const schema = await ask(connection, engine.inspect(server));
      return engine.facts === undefined ? schema : { ...schema, facts: await ask(connection, engine.facts(server)) };
    },
    fingerprint: () => ask(connection, engine.fingerprint(server)),
    written: (schema) => {
      const found = diff(emptySchema, schema, engine.diff);
      if ('refused' in found) throw new Error(found.refused);
      const { statements, problems } = renderChanges(
        found.changes.map((change) => ({ change })),
        engine,
        server,
        emptySchema,
      );
      expect(problems).toEqual([]);
      return statements.map(({ sql }) => `${sql};\n`).join('');
    },
    end: async () => {
      await connection.close();
      await database.drop();
    },
  };
}

/** What the engine's own program writes, without the random words that frame it, without an order, and without what is never read. */
async function ownDump({ url }: TestDatabase): Promise<string> {
  const { stdout } = await run('pg_dump', ['--schema-only', '--no-owner', '-d', url], { maxBuffer: 100_000_000 });
  return stdout.replace(/^\\(?:un)?restrict .*\n/gm, '');
}

function lines(dump: string): readonly string[] {
  const known = dump.replace(/^CREATE USER MAPPING [^;]*;\n/gm, '').replace(/,\n {4}password 'hush'/g, '');
  return known
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--'))
    .sort();
}

/** One text for each object. */
function objectsOf({ objects }: Schema): readonly string[] {
  return [...objects].map(([key, object]) => canonicalSchema({ objects: new Map([[key, object]]), scope: 'all' })).sort();
}

async function copied(from: Place, flavour: Flavour): Promise<{ readonly copy: Place; readonly script: string }> {
  const schema = await from.schema();
  const script = from.written(schema);
  const copy = await place(flavour);
  await copy.run(script);
  expect(objectsOf(await copy.schema())).toEqual(objectsOf(schema));
  return { copy, script };
}

test('a database of every kind of object is the same to pg_dump when it is made anew from what was read, and holds no secret', async () => {
  const [original, settled] = [await place('postgres'), await place('postgres')];
  await original.run(everything);
  const { copy, script } = await copied(original, 'postgres');
  // What pg_dump writes settles when it was read once.
  const file = join(settled.database.folder, 'own.sql');
  writeFileSync(file, await ownDump(original.database));
  await run('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', settled.database.url, '-f', file]);
  expect(lines(await ownDump(copy.database))).toEqual(lines(await ownDump(settled.database)));
  expect(script).not.toContain('hush');
  const { facts } = await original.schema();
  expect(facts?.unread).toEqual(['secret options of server there', 'user mapping of public for server there']);
  for (const one of [original, settled, copy]) await one.end();
});

test('PGlite makes a database of every kind of object anew', async () => {
  const original = await place('pglite');
  await original.run(everything);
  const { copy } = await copied(original, 'pglite');
  for (const one of [original, copy]) await one.end();
});
