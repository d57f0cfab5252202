import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Flavour, freshDatabase } from '../support/database.ts';
import { type Desk, desk, rowsOf } from '../support/desk.ts';
import { dataOf } from '../support/team.ts';

const first = {
  'migrations/20260101T000000_first.sql': `-- lockstep:up
CREATE TABLE people (id integer NOT NULL PRIMARY KEY, name varchar(40), city varchar(40));
INSERT INTO people VALUES (1, 'Ada', 'London');
-- lockstep:down
DROP TABLE people;
`,
};

// A call of the program on PGlite begins with seconds of starting a server; it is PostgreSQL otherwise.
const served: readonly Flavour[] = ['sqlite', 'postgres', 'mariadb'];

let own: Desk | undefined;
afterEach(async () => {
  await own?.database.drop();
  own = undefined;
});

describe.each(served)('a check-in on %s', (flavour) => {
  test('does not guess what became of a column that another tool renamed', async () => {
    own = await desk(flavour, first);
    expect(await own.lockstep('up')).toMatchObject({ code: 0 });
    expect(await own.lockstep('checkout', '-m', 'names')).toMatchObject({ code: 0 });
    await own.query('ALTER TABLE people RENAME COLUMN name TO full_name');
    const refused = await own.lockstep('checkin', '--no-input');
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('diff.undecided') });
    expect(refused.stderr).toContain('--rename people.name:full_name');
    expect(refused.stderr).toContain('--drop people.name');
    expect(own.files()).toEqual(['20260101T000000_first.sql']);
    expect((await own.lockstep('locks')).stdout).toContain('check-out 1');

    const plan = await own.lockstep('checkin', '--dry-run', '--rename', 'people.name:full_name', '--no-input');
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining('full_name') });
    expect(own.files()).toEqual(['20260101T000000_first.sql']);
    expect(existsSync(join(own.folder, 'lockstep.renames'))).toBe(false);

    const done = await own.lockstep('checkin', '--rename', 'people.name:full_name', '--no-input', '--json');
    expect(done).toMatchObject({ code: 0 });
    const { version } = dataOf<{ readonly version: { readonly number: number } }>(done);
    expect(version.number).toBe(1);
    const elsewhere = await freshDatabase(flavour);
    expect(await own.on(elsewhere, 'up')).toMatchObject({ code: 0 });
    expect(await rowsOf(elsewhere, 'SELECT full_name FROM people')).toEqual(['Ada']);
    await elsewhere.drop();
  });
});

test('a dry run of a check-in needs a check-out, and says so where nothing was changed', async () => {
  own = await desk('sqlite', first);
  await own.lockstep('up');
  expect(await own.lockstep('checkin', '--dry-run')).toMatchObject({ code: 3, stderr: expect.stringContaining('checkout.none') });
  await own.lockstep('checkout', '-m', 'nothing');
  expect(await own.lockstep('checkin', '--dry-run')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('Nothing was changed'),
  });
});

describe.each(served)('a release on %s', (flavour) => {
  test('names the rows that taking the structure back would lose, and does it when told', async () => {
    own = await desk(flavour, first);
    await own.lockstep('up');
    await own.lockstep('checkout', '-m', 'coupons');
    await own.query(
      'CREATE TABLE coupon (id integer NOT NULL PRIMARY KEY)',
      'INSERT INTO coupon VALUES (1)',
      'ALTER TABLE people ADD COLUMN nick varchar(20)',
    );
    const asked = await own.lockstep('release', '--restore', '--no-input');
    expect(asked.code).toBe(5);
    expect(asked.stderr).toContain('coupon');
    expect(await own.rows('SELECT count(*) FROM coupon')).toEqual(['1']);
    expect(own.files()).toEqual(['20260101T000000_first.sql']);
    expect((await own.lockstep('locks')).stdout).toContain('check-out 1');

    const released = await own.lockstep('release', '--restore', '--yes');
    expect(released, released.stderr).toMatchObject({ code: 0 });
    expect(own.files()).toEqual(['20260101T000000_first.sql']);
    expect((await own.lockstep('drift', '--exit-code')).code).toBe(0);
    expect(await own.rows('SELECT id, name, city FROM people')).toEqual(['1 | Ada | London']);
    expect((await own.lockstep('locks')).stdout).toContain('Nothing is checked out');
  });
});

test('a release that fails half way on MariaDB says what was not taken back, keeps the check-out and goes on when it is repeated', async () => {
  own = await desk('mariadb', first);
  await own.lockstep('up');
  await own.lockstep('checkout', '-m', 'names');
  await own.query(
    'ALTER TABLE people MODIFY city varchar(80)',
    'ALTER TABLE people MODIFY name varchar(80)',
    "UPDATE people SET name = repeat('x', 60)",
  );
  const failed = await own.lockstep('release', '--restore', '--yes');
  expect(failed.code).toBe(2);
  expect(failed.stderr).toContain('the check-out stays yours; not taken back: ~ column people.name\n');
  expect((await own.lockstep('locks')).stdout).toContain('check-out 1');
  expect((await own.lockstep('status')).stdout).toContain('0 pending · 1 applied');
  expect(own.files()).toEqual(['20260101T000000_first.sql']);
  await own.query("UPDATE people SET name = 'Ada'");
  const again = await own.lockstep('release', '--restore', '--yes');
  expect(again, again.stderr).toMatchObject({ code: 0 });
  expect((await own.lockstep('drift', '--exit-code')).code).toBe(0);
});
