import { describe, expect, test } from 'vitest';
import { down, dump, up } from '../../src/commands/index.ts';
import type { Config } from '../../src/config/index.ts';
import { type Flavour, flavours } from '../support/database.ts';
import { type Workbench, workbench } from '../support/workbench.ts';

async function goUp({ options }: Workbench, to: string, config?: Config): Promise<void> {
  const { failed } = await up({ ...options, to, ...(config === undefined ? {} : { config }) });
  expect(failed.map(({ problem }) => problem)).toEqual([]);
}

async function goDown({ options }: Workbench, count: number): Promise<void> {
  const { failed } = await down({ ...options, count, yes: true });
  expect(failed.map(({ problem }) => problem)).toEqual([]);
}

/** The names of all constraints and indexes, as the engine's own catalogue has them. */
async function names({ flavour, query }: Workbench): Promise<readonly string[]> {
  const sql = {
    sqlite: `SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite%'`,
    postgres: `SELECT relname AS name FROM pg_class WHERE relkind IN ('i', 'S') AND relnamespace = 'public'::regnamespace
      UNION SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f')`,
    mariadb: `SELECT index_name AS name FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name <> 'PRIMARY'
      UNION SELECT constraint_name FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()`,
  };
  const rows = await query(sql[flavour === 'pglite' ? 'postgres' : flavour]);
  return [...new Set(rows.map(({ name }) => String(name)))].filter((name) => !name.startsWith('lockstep')).sort();
}

/** The whole structure, whose indexes may stand in another order once they were made anew. */
async function linesOf({ options }: Workbench): Promise<readonly string[]> {
  return (await dump({ ...options, format: 'yaml' })).text.split('\n').sort();
}

const tables = `up:
  - createTable:
      name: users
      columns:
        - { name: id, type: integer, identity: true, primaryKey: true }
        - { name: email, type: varchar(80), nullable: false }
        - { name: age, type: integer }
        - { name: boss, type: integer }
      unique: [[email]]
      checks: ['age > 0']
      foreignKeys: [{ columns: [boss], references: { table: users, columns: [id] } }]
      indexes: [{ columns: [age] }, { columns: [age, email] }, { name: my_own, columns: [email, age] }]
  - insert: { into: users, rows: [{ email: a@x, age: 1 }, { email: b@x, age: 2 }] }
`;

const before: Readonly<Record<Flavour, readonly string[]>> = {
  sqlite: ['my_own', 'users_age_email_idx', 'users_age_idx'],
  mariadb: ['my_own', 'users_age_email_idx', 'users_age_idx', 'users_boss_fkey', 'users_email_key'],
  postgres: [
    'my_own',
    'users_age_check',
    'users_age_email_idx',
    'users_age_idx',
    'users_boss_fkey',
    'users_email_key',
    'users_id_seq',
    'users_pkey',
  ],
  get pglite() {
    return this.postgres;
  },
};

const after: typeof before = {
  sqlite: ['my_own', 'people_years_idx', 'people_years_mail_idx'],
  // A foreign key would be checked anew for its name alone, and keeps it.
  mariadb: ['my_own', 'people_mail_key', 'people_years_idx', 'people_years_mail_idx', 'users_boss_fkey'],
  postgres: [
    'my_own',
    'people_boss_fkey',
    'people_mail_key',
    'people_nr_seq',
    'people_pkey',
    'people_years_check',
    'people_years_idx',
    'people_years_mail_idx',
  ],
  get pglite() {
    return this.postgres;
  },
};

describe.each(flavours)('on %s', (flavour) => {
  test('names made from the old name follow a new one, with rows and counters, and go back with it', async () => {
    const bench = await workbench(flavour, {
      'migrations/001_tables.yaml': tables,
      'migrations/002_rename.ts': `export default { up({ schema }) {
  schema.renameTable('users', 'people');
  schema.renameColumn('people', 'email', 'mail');
  schema.renameColumn('people', 'age', 'years');
  schema.renameColumn('people', 'id', 'nr');
  schema.insert('people', [{ mail: 'c@x', years: 3 }]);
} };`,
      'migrations/003_more.yaml': `up:\n  - dropIndex: { table: people, name: people_years_idx }\n  - insert: { into: people, rows: [{ mail: d@x, years: 4 }] }\n`,
    });
    await goUp(bench, '001_tables');
    const [had, lines] = [await names(bench), await linesOf(bench)];
    expect(had).toEqual(before[flavour]);
    await goUp(bench, '002_rename');
    expect(await names(bench)).toEqual(after[flavour]);
    await goUp(bench, '003_more');
    expect((await bench.query('SELECT nr, mail FROM people ORDER BY nr')).map((row) => Object.values(row).map(String))).toEqual([
      ['1', 'a@x'],
      ['2', 'b@x'],
      ['3', 'c@x'],
      ['4', 'd@x'],
    ]);
    await goDown(bench, 2);
    expect(await names(bench)).toEqual(before[flavour]);
    expect(await linesOf(bench)).toEqual(lines);
    await bench.drop();
  });

  test('names stay where a migration says so', async () => {
    const bench = await workbench(flavour, {
      'migrations/001_tables.yaml': tables,
      'migrations/002_rename.yaml': 'up:\n  - renameTable: { from: users, to: people, names: keep }\n',
    });
    await goUp(bench, '002_rename');
    expect(await names(bench)).toEqual(before[flavour]);
    await bench.drop();
  });

  test('names by the policy of the project follow in its style, and those of another style stay', async () => {
    const config: Config = { naming: { style: 'prefixed', max: 24 } };
    const bench = await workbench(flavour, {
      'migrations/001_a.yaml':
        'up:\n  - createTable: { name: a, columns: [{ name: x, type: int }, { name: y, type: int }], indexes: [{ columns: [x] }, { columns: [y, x] }, { name: a_y_idx, columns: [y] }] }\n',
      'migrations/002_b.yaml': 'up:\n  - renameTable: { from: a, to: a_longer_name_than_that }\n',
      'migrations/003_c.yaml':
        'up:\n  - renameTable: { from: a_longer_name_than_that, to: c }\n  - renameColumn: { table: c, from: x, to: z }\n',
    });
    await goUp(bench, '001_a', config);
    expect(await names(bench)).toEqual(['a_y_idx', 'idx_a_x', 'idx_a_y_x']);
    await goUp(bench, '002_b', config);
    expect(await names(bench)).toEqual([expect.stringMatching(/^IDX_[0-9A-F]+$/), expect.stringMatching(/^IDX_[0-9A-F]+$/), 'a_y_idx']);
    await goUp(bench, '003_c', config);
    expect(await names(bench)).toEqual(['a_y_idx', 'idx_c_y_z', 'idx_c_z']);
    await bench.drop();
  });
});

test('a name that is taken leaves the follower a number, and a table that SQL of the same run makes is waited for', async () => {
  const bench = await workbench('sqlite', {
    'migrations/001_sql.sql': `-- lockstep:up
CREATE TABLE a (x integer); CREATE INDEX a_x_idx ON a (x); CREATE INDEX b_x_idx ON a (x, x);
-- lockstep:down
DROP TABLE a;`,
    'migrations/002_b.yaml': 'up:\n  - renameTable: { from: a, to: b }\n',
    'migrations/003_c.yaml': 'up:\n  - renameTable: { from: b, to: "c d" }\n  - renameColumn: { table: "c d", from: x, to: "select" }\n',
  });
  await goUp(bench, '002_b');
  expect(await names(bench)).toEqual(['b_x_idx', 'b_x_idx1']);
  await goUp(bench, '003_c');
  expect(await names(bench)).toEqual(['b_x_idx', 'c d_select_idx']);
  await goDown(bench, 2);
  expect(await names(bench)).toEqual(['a_x_idx', 'b_x_idx']);
  await bench.drop();
});
