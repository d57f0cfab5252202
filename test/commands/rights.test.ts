import { expect, test } from 'vitest';
import { drift, dump, up } from '../../src/commands/index.ts';
import { privilegesOn } from '../../src/engines/mysql/rights.ts';
import { freshDatabase } from '../support/database.ts';
import { refused } from '../support/refused.ts';
import { asOwner, makeRole } from '../support/role.ts';
import { sandbox } from '../support/sandbox.ts';

test('MariaDB hides what a user has no rights on, and the dump is refused until it is granted', async () => {
  const database = await freshDatabase('mariadb');
  const role = await makeRole(database, 'secret-word');
  const { folder } = sandbox();
  const dumped = (): ReturnType<typeof dump> => dump({ cwd: folder, env: {}, url: role.url });
  try {
    await asOwner(
      database,
      'CREATE TABLE a (id int PRIMARY KEY, b int)',
      'CREATE VIEW v AS SELECT id FROM a',
      'CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1',
      'CREATE PROCEDURE p() SELECT 1',
      'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
      `GRANT SELECT ON a TO ${role.name}@'%'`,
    );
    const first = await refused(dumped());
    expect(first).toMatchObject({ code: 'schema.unseen', message: expect.not.stringContaining('secret-word') });
    expect(first.message).toMatch(/hidden: tables, the queries of views, triggers, events, functions and procedures$/);

    // What is printed as the remedy is one.
    await asOwner(database, ...(first.details.fix ?? []));
    const second = await refused(dumped());
    expect(second.message).toMatch(/hidden: the body of the procedure p$/);
    await asOwner(database, ...(second.details.fix ?? []));
    const { text, objects } = await dumped();
    expect([objects, text]).toEqual([5, expect.stringMatching(/CREATE TABLE[\s\S]*TRIGGER/)]);
  } finally {
    await role.drop();
    await database.drop();
  }
});

test.each([
  ['GRANT ALL PRIVILEGES ON *.* TO `u`@`%`', ['SELECT', 'TRIGGER', 'EVENT'], []],
  ['GRANT SELECT, SHOW VIEW ON `my\\_shop`.* TO `u`@`%`', ['SELECT', 'SHOW VIEW'], ['TRIGGER']],
  ['GRANT SELECT ON `my_sho%`.* TO `u`@`%`', ['SELECT'], ['EVENT']],
  ['GRANT SELECT ON `my\\_sho`.* TO `u`@`%`', [], ['SELECT']],
  ['GRANT SELECT ON `my_shop`.`orders` TO `u`@`%`', [], ['SELECT']],
  ['GRANT USAGE ON *.* TO `u`@`%`', [], ['SELECT']],
  ['GRANT SELECT, EVENT ON *.* TO `u`@`%`\nREVOKE SELECT ON `my_shop`.* FROM `u`@`%`', ['EVENT'], ['SELECT']],
])('%s', (lines, has, hasNot) => {
  const granted = privilegesOn('my_shop', lines.split('\n'));
  expect([has.filter((one) => !granted.has(one)), hasNot.filter((one) => granted.has(one))]).toEqual([[], []]);
});

test('who may read but make no scratch database is told so by drift, and the database stays as it is', async () => {
  const database = await freshDatabase('postgres');
  const role = await makeRole(database, 'secret-word');
  const { folder } = sandbox({ 'migrations/001_a.sql': 'CREATE TABLE a (id integer);\n' });
  const common = { cwd: folder, env: {} };
  try {
    await up({ ...common, url: database.url });
    const blind = await refused(drift({ ...common, url: role.url }));
    expect([blind.code, blind.message]).toEqual(['database.no-rights', expect.stringContaining('the history cannot be read')]);
    await asOwner(database, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role.name}`);
    const reader = await refused(drift({ ...common, url: role.url }));
    expect([reader.code, reader.message]).toEqual(['database.no-rights', expect.stringContaining('no scratch database can be made')]);
  } finally {
    await role.drop();
    await database.drop();
  }
});
