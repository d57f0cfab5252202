import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentsOf, killingConfig, upsInLog } from '../support/crash.ts';
import { type Flavour, flavours, freshDatabase } from '../support/database.ts';
import { rounds } from '../support/effort.ts';
import { type Sandbox, sandbox } from '../support/sandbox.ts';

/** Statements that can be undone and statements that cannot, rows that no key keeps from coming twice, and changes that rebuild. */
const migrations: Readonly<Record<Flavour, Readonly<Record<string, string>>>> = {
  sqlite: {
    '001_tables.sql': `CREATE TABLE a (id integer PRIMARY KEY, name text);
      INSERT INTO a VALUES (1, 'one');
      VACUUM;
      INSERT INTO a VALUES (2, 'two');
      CREATE INDEX a_name ON a (name);`,
    '002_rebuild.yaml': `up:
      - addColumn: { table: a, name: age, type: integer }
      - alterColumn: { table: a, name: name, set: { type: varchar(40), nullable: false } }
      - insert: { into: a, rows: [{ id: 3, name: three, age: 3 }] }`,
  },
  pglite: postgresMigrations(),
  postgres: postgresMigrations(),
  mariadb: {
    '001_tables.sql': `CREATE TABLE a (id integer, name varchar(40), KEY a_id (id));
      INSERT INTO a VALUES (1, 'one');
      CREATE INDEX a_name ON a (name);
      INSERT INTO a VALUES (2, 'two');
      INSERT INTO a VALUES (3, 'three');
      SET sql_mode = 'PIPES_AS_CONCAT';
      ALTER TABLE a ADD COLUMN age integer;
      UPDATE a SET age = id, name = name || '!';
      CREATE VIEW grown AS SELECT name FROM a WHERE age > 1;`,
    '002_changes.yaml': `up:
      - createTable: { name: b, columns: [{ name: id, type: integer, primaryKey: true }, { name: a, type: integer, references: a.id }], indexes: [{ columns: [a] }] }
      - insert: { into: b, rows: [{ id: 1, a: 1 }] }
      - renameColumn: { table: b, from: a, to: owner }`,
  },
};

function postgresMigrations(): Readonly<Record<string, string>> {
  return {
    '001_tables.sql': `CREATE TYPE mood AS ENUM ('sad');
      CREATE TABLE a (id integer, name text);
      INSERT INTO a VALUES (1, 'one');
      ALTER TYPE mood ADD VALUE 'happy';
      INSERT INTO a VALUES (2, 'two');
      CREATE INDEX CONCURRENTLY a_name ON a (name);
      ALTER TABLE a ADD COLUMN age integer;
      UPDATE a SET age = id;`,
    '002_changes.yaml': `up:
      - createTable: { name: b, columns: [{ name: id, type: integer, primaryKey: true }] }
      - createIndex: { table: a, columns: [age], concurrently: true }
      - insert: { into: b, rows: [{ id: 1 }] }`,
  };
}

const tables: Readonly<Record<Flavour, readonly string[]>> = {
  sqlite: ['a'],
  pglite: ['a', 'b'],
  postgres: ['a', 'b'],
  mariadb: ['a', 'b'],
};

function project(flavour: Flavour): Sandbox {
  const files = Object.entries(migrations[flavour]).map(([name, text]) => [`migrations/${name}`, text]);
  return sandbox({ 'lockstep.config.mjs': killingConfig(flavour), ...Object.fromEntries(files) });
}

describe.each(flavours)('on %s', (flavour) => {
  test('a run killed before or behind any statement ends, taken up again, as one that was never killed', async () => {
    const whole = await freshDatabase(flavour);
    const reference = project(flavour);
    const counted = join(reference.folder, 'calls');
    const undisturbed = await reference.run(['up'], { env: { DATABASE_URL: whole.url, COUNT_TO: counted } });
    expect(undisturbed.code, undisturbed.stderr).toBe(0);
    const calls = readFileSync(counted, 'utf8').length;
    const wanted = await contentsOf(whole, tables[flavour]);
    await whole.drop();

    const every = rounds(7, 1);
    for (let at = 1 + (calls % every); at <= calls; at += every) {
      const database = await freshDatabase(flavour);
      const { run } = project(flavour);
      const killed = await run(['up'], { env: { DATABASE_URL: database.url, KILL_AT: String(at) } });
      expect(killed.signal, `call ${at} of ${calls}`).toBe('SIGKILL');
      const again = await run(['up'], { env: { DATABASE_URL: database.url } });
      expect(again.code, `after a kill at call ${at}:\n${again.stdout}${again.stderr}`).toBe(0);
      expect(await contentsOf(database, tables[flavour]), `after a kill at call ${at}`).toBe(wanted);
      const state = await run(['status', '--exit-code'], { env: { DATABASE_URL: database.url } });
      expect(state.code, state.stdout).toBe(0);
      expect(Object.values(await upsInLog(database)), `after a kill at call ${at}`).toEqual([1, 1]);
      await database.drop();
    }
  }, 1_800_000);
});
