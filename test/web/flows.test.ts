import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { closeBrowser, openPage } from '../support/browser.ts';
import type { Flavour } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';
import { type ServedProject, servedProject, tables, violations, visit } from '../support/web.ts';

let project: ServedProject | undefined;
afterEach(async () => {
  await project?.close();
  project = undefined;
});
afterAll(closeBrowser);

const full = process.env['LOCKSTEP_FULL'] === '1';
const notes =
  '-- lockstep:up\nCREATE TABLE notes (id integer NOT NULL PRIMARY KEY, body varchar(200));\n-- lockstep:down\nDROP TABLE notes;\n';

// Every look opens PGlite anew, which takes a second or two.
const flavours: readonly Flavour[] = full ? ['sqlite', 'pglite', 'postgres', 'mariadb'] : ['sqlite', 'postgres', 'mariadb'];

test.each(flavours)('on %s a newcomer checks out, changes, checks in, and finds the file', { timeout: 240_000 }, async (flavour) => {
  project = await servedProject(flavour, { 'migrations/20260101T000000_notes.sql': notes });
  const page = await openPage(project.url);
  await visit(page, '/');
  await page.getByText('1 missing').waitFor();
  await page.getByRole('link', { name: 'Look and run' }).click();
  await page.getByRole('button', { name: 'Run all 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run' }).click();
  await page.getByText('✔ done').first().waitFor();
  await page.getByText('everything is applied').waitFor();

  await page.getByRole('link', { name: 'Free to check out' }).click();
  await page.getByLabel('What for').fill('titles for notes');
  await page.getByRole('button', { name: 'Check out', exact: true }).click();
  await page.getByText('Checked out by you').waitFor();
  await page.getByText('Nothing yet.').waitFor();
  await page.getByRole('region', { name: 'SQL' }).getByRole('textbox').fill('ALTER TABLE notes ADD COLUMN title varchar(80);');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('The structure was changed.').waitFor();
  await page.getByText('column notes.title').waitFor();
  await page.getByRole('button', { name: 'Show the migration' }).click();
  await page.getByRole('region', { name: 'The migration that would be written' }).getByText('ADD COLUMN').waitFor();
  await page.getByRole('button', { name: 'Check in', exact: true }).click();
  await page.getByText('Free to check out').waitFor();
  expect((await project.lockstep('status')).stdout).toContain('0 pending · 2 applied');
  expect((await project.lockstep('history', '--team')).stdout).toContain('titles for notes');
  await visit(page, '/changes');
  await page.getByText('1. titles for notes').waitFor();
});

test('a failure shows its place, what the database said, and what state it is in; a correction finishes it', async () => {
  project = await servedProject('postgres', {
    'migrations/001_notes.sql': notes,
    'migrations/002_wrong.sql': '-- lockstep:up\nCREATE TABLE other (id integer);\nALTER TABLE missing ADD COLUMN a integer;\n',
  });
  const page = await openPage(project.url);
  await visit(page, '/migrations');
  await page.getByRole('button', { name: 'Run all 2' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run' }).click();
  const run = page.getByRole('region', { name: 'Run', exact: true });
  await run.getByText('✖ failed', { exact: true }).first().waitFor();
  await run.getByText('relation "missing" does not exist').first().waitFor();
  await run.getByText('migrations/002_wrong.sql:3').first().waitFor();
  await run.getByRole('region', { name: 'migrations/002_wrong.sql, line 3' }).getByText('>    3 │ ALTER TABLE missing').waitFor();
  await run.getByText('rolled back').first().waitFor();
  await page
    .getByRole('row', { name: /001_notes/ })
    .getByText('✔ applied')
    .waitFor();
  await page
    .getByRole('row', { name: /002_wrong/ })
    .getByText('✖ failed')
    .waitFor();

  project.write('migrations/002_wrong.sql', '-- lockstep:up\nCREATE TABLE other (id integer);\n');
  await page.getByRole('button', { name: 'Run next' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run' }).click();
  await page.getByText('everything is applied').waitFor();
});

test('two hundred migrations run with progress that two people see, and stop when that is wanted', async () => {
  project = await servedProject('sqlite', tables(200));
  const [page, other] = [await openPage(project.url), await openPage(project.url)];
  await visit(page, '/migrations');
  await visit(other, '/migrations');
  await page.getByRole('button', { name: 'Run all 200' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run' }).click();
  await other
    .getByText(/[1-9]\d* of 200/)
    .first()
    .waitFor();
  await other.getByText('✔ done').first().waitFor();
  await page.getByText('200 of 200').first().waitFor();
  await page.getByText('everything is applied').waitFor();
  expect((await project.lockstep('status')).stdout).toContain('0 pending · 200 applied');
});

test('what was changed by hand is recorded as a migration', async () => {
  project = await servedProject('sqlite', { 'migrations/001_notes.sql': notes }, { before: [['up']] });
  const page = await openPage(project.url);
  await visit(page, '/drift');
  await page.getByText('No drift').waitFor();
  await project.query('CREATE INDEX by_hand ON notes (body)');
  await page.getByRole('button', { name: 'Look again' }).click();
  await page.getByText('index notes.by_hand').waitFor();
  await page.getByRole('button', { name: 'Record as a migration…' }).click();
  await page.getByLabel('Name').fill('index by hand');
  await page.getByRole('button', { name: 'Write it' }).click();
  await page.getByText('is written').waitFor();
  await page.getByText('No drift').waitFor();
  expect(project.read('migrations/002_index_by_hand.sql')).toContain('by_hand');
});

test('what would be lost is said before it is taken back, and must be allowed', async () => {
  project = await servedProject('sqlite', { 'migrations/001_notes.sql': notes }, { before: [['up']] });
  await project.query("INSERT INTO notes VALUES (1, 'a'), (2, 'b')");
  const page = await openPage(project.url);
  await visit(page, '/migrations');
  await page.getByRole('button', { name: 'Take back 001_notes' }).click();
  await page.getByRole('dialog').getByText('table notes (2)').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Take back', exact: true }).click();
  await page
    .getByRole('row', { name: /001_notes/ })
    .getByText('↶ taken back')
    .waitFor();
});

test('a name that changed is asked about, and its values stay', async () => {
  project = await servedProject('sqlite', { 'migrations/001_notes.sql': notes }, { before: [['up'], ['checkout', '-m', 'words']] });
  await project.query("INSERT INTO notes VALUES (1, 'a')", 'ALTER TABLE notes RENAME COLUMN body TO words');
  const page = await openPage(project.url);
  await visit(page, '/checkout');
  await page.getByRole('button', { name: 'Show the migration' }).click();
  await page.getByRole('button', { name: 'Renamed: notes.body → words' }).click();
  await page.getByText('RENAME COLUMN').waitFor();
  await page.getByRole('button', { name: 'Check in', exact: true }).click();
  await page.getByText('Free to check out').waitFor();
  expect(project.read('migrations/002_words.sql')).toContain('RENAME COLUMN');
});

test('any two points of the history are compared', async () => {
  project = await servedProject('sqlite', tables(3), { before: [['up']] });
  const page = await openPage(project.url);
  await visit(page, '/history');
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByLabel('From which point').selectOption({ label: 'after 001_table_1' });
  await page.getByLabel('to which point').selectOption({ label: 'after 003_table_3' });
  await page.getByText('2 statements').waitFor();
  await page.getByRole('listitem').filter({ hasText: 'table table_3' }).waitFor();
  expect(await page.getByRole('listitem').filter({ hasText: 'table table_1' }).count()).toBe(0);
  await page.getByLabel('to which point').selectOption({ label: 'nothing' });
  await page.getByText('DROP TABLE').waitFor();
});

test('the whole of it can be done by keys alone', async () => {
  project = await servedProject('sqlite', { 'migrations/001_notes.sql': notes });
  const page = await openPage(project.url);
  await visit(page, '/');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('migr');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Migrations', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Run all 1' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Run' }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('✔ done').first().waitFor();
  await page.locator('main').focus();
  await page.keyboard.press('g');
  await page.keyboard.press('k');
  await page.getByLabel('What for').focus();
  await page.keyboard.type('by keys');
  await page.keyboard.press('Enter');
  await page.getByText('Checked out by you').waitFor();
  await page.getByRole('region', { name: 'SQL' }).getByRole('textbox').focus();
  await page.keyboard.type('CREATE TABLE k (id integer PRIMARY KEY);');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('listitem').filter({ hasText: 'table k' }).waitFor();
  await page.getByRole('button', { name: 'Check in', exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.getByText('Free to check out').waitFor();
});

test.each(['sqlite', 'postgres', 'mariadb'] as const)(
  'on %s the proposed migration can be edited, and counts only where it arrives there and back',
  async (flavour) => {
    project = await servedProject(flavour, { 'migrations/20260101T000000_notes.sql': notes }, { before: [['up']] });
    const page = await openPage(project.url);
    await visit(page, '/checkout');
    await page.getByLabel('What for').fill('titles');
    await page.getByRole('button', { name: 'Check out', exact: true }).click();
    await page.getByText('Nothing yet.').waitFor();
    await page.getByRole('region', { name: 'SQL' }).getByRole('textbox').fill('ALTER TABLE notes ADD COLUMN title varchar(80);');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('column notes.title').waitFor();
    await page.getByText('Statements that were seen').click();
    await page.getByRole('listitem').filter({ hasText: 'ALTER TABLE notes ADD COLUMN title varchar(80)' }).first().waitFor();

    await page.getByRole('button', { name: 'Show the migration' }).click();
    await page.getByText('✔ ran there and back on a scratch database').waitFor();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const up = page.getByLabel('Up', { exact: true });
    expect(await violations(page)).toEqual([]);
    const proposed = await up.inputValue();
    await up.fill('-- lockstep:up\nCREATE TABLE wrong (id integer);\n');
    await page.getByRole('button', { name: 'Check in', exact: true }).click();
    await page.getByText('the edited way up does not arrive').waitFor();
    await page.getByText('edited: proven again at the check-in').waitFor();

    await up.fill(`${proposed}UPDATE notes SET title = 'none' WHERE title IS NULL;\n`);
    await page.getByRole('button', { name: 'Prove the edited text' }).click();
    await page.getByText('1 statement for rows: run on other databases, and not here.').waitFor();
    await page.getByText('✔ ran there and back on a scratch database').waitFor();
    await page.getByRole('button', { name: 'Check in', exact: true }).click();
    await page.getByText('Free to check out').waitFor();
    expect((await project.lockstep('status')).stdout).toContain('0 pending · 2 applied');
    const [written] = readdirSync(join(project.folder, 'migrations')).filter((name) => name.includes('titles'));
    expect(project.read(`migrations/${written}`)).toContain("UPDATE notes SET title = 'none' WHERE title IS NULL;");
  },
);

test.each(['sqlite', 'postgres', 'mariadb'] as const)(
  'on %s a migration under review shows what it makes of the structure, tried there and back',
  async (flavour) => {
    project = await servedProject(flavour, {
      ...tables(3),
      'migrations/004_more.sql':
        '-- lockstep:up\nCREATE TABLE extra (id integer NOT NULL PRIMARY KEY);\nALTER TABLE table_3 ADD COLUMN note varchar(20);\n-- lockstep:down\nALTER TABLE table_3 DROP COLUMN note;\nDROP TABLE extra;\n',
      'migrations/005_oneway.sql': '-- lockstep:up\nDROP TABLE extra;\n-- lockstep:irreversible what it held is gone\n',
      'migrations/006_wrong.sql': '-- lockstep:up\nCREATE TABLE nearly (id integer NOT NULL PRIMARY KEY);\n-- lockstep:down\nSELECT 1;\n',
    });
    const page = await openPage(project.url);
    await visit(page, '/migrations/004_more');
    await page.getByRole('tab', { name: 'Structure and checks' }).click();
    await page.getByText('The way back leads to exactly that structure').waitFor();
    const lines = page.locator('.diff li');
    const texts = (await lines.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim());
    expect(texts.sort()).toEqual(['+ added column table_3.note', '+ added table extra']);
    await page.getByRole('button', { name: 'Diagram' }).click();
    await page.getByLabel('Around').selectOption('');
    await page.getByRole('link', { name: 'extra, added, 1 column' }).waitFor();
    await page.getByRole('link', { name: 'table_3, changed, 4 columns' }).waitFor();
    await visit(page, '/migrations/005_oneway');
    await page.getByRole('tab', { name: 'Structure and checks' }).click();
    await page.getByText('There is no way back: ').waitFor();
    await page.getByText('removed table extra').waitFor();
    await visit(page, '/migrations/006_wrong');
    await page.getByRole('tab', { name: 'Structure and checks' }).click();
    await page.getByText('down does not lead back to the structure before').waitFor();
    // Nothing of it reached the database.
    expect((await project.lockstep('status')).stdout).toContain('6 pending');
  },
);

test('in an empty folder a database is chosen, an example is written, and runs', async () => {
  const box = sandbox({});
  const running = box.start(['serve', '--port', '0'], { env: { DATABASE_URL: '' } });
  await running.until('Deploy:');
  const page = await openPage(/listens at (\S+)/.exec(running.said().stderr)?.[1] ?? '');
  await visit(page, '/');
  await page.getByRole('heading', { name: 'This folder has no database yet' }).waitFor();
  expect(await violations(page)).toEqual([]);
  // What cannot be reached is told, and nothing is written.
  await page.getByText('A server of mine').click();
  await page.getByLabel(/^Its URL/).fill('postgres://nobody:secret@127.0.0.1:1/none');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('connection.failed').waitFor();
  expect(await page.getByRole('main').textContent()).not.toContain('secret');
  expect(readdirSync(box.folder)).not.toContain('lockstep.config.ts');

  await page.getByText('SQLite, a file in this folder').click();
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('1 missing').waitFor();
  expect(readdirSync(box.folder)).toEqual(expect.arrayContaining(['lockstep.config.ts', 'migrations', '.gitignore']));
  await page.getByRole('link', { name: 'Look and run' }).click();
  await page.getByRole('button', { name: 'Run all 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run' }).click();
  await page.getByText('everything is applied').waitFor();
  // The server deploys to the database that it got meanwhile, too.
  await page.getByRole('banner').getByRole('link', { name: 'Free to check out' }).click();
  await page.getByLabel('What for').fill('more');
  await page.getByRole('button', { name: 'Check out', exact: true }).click();
  await page.getByText('Nothing yet.').waitFor();
  running.kill('SIGTERM');
  await running.done;
});

test('rules of the configuration and files of fixtures can be read', async () => {
  project = await servedProject('sqlite', {
    ...tables(1),
    'lockstep.config.json': JSON.stringify({ checkouts: 'advisory', review: { approvals: 1, destructive: 2 }, late: 'refuse' }),
    'fixtures/main/names.yaml': 'table: table_1\nkey: id\nrows:\n  - { id: 1, name: "Ada <b>" }\n',
  });
  const page = await openPage(project.url);
  await visit(page, '/settings');
  await page
    .getByRole('row', { name: /Approvals on a protected database/ })
    .getByText('1 of a migration, 2 of one that destroys something')
    .waitFor();
  await page
    .getByRole('row', { name: /Check-outs/ })
    .getByText(/runs with a warning/)
    .waitFor();
  await page
    .getByRole('row', { name: /older than the newest/ })
    .getByText('they are refused')
    .waitFor();
  await visit(page, '/fixtures');
  await page.getByText('names', { exact: true }).click();
  await page.getByText('name: "Ada <b>"').waitFor();
  // Only files of fixtures can be named.
  const refused = await page.evaluate<number>(`fetch('/api/v1/fixtures/text?file=lockstep.config.json').then((answer) => answer.status)`);
  expect(refused).toBe(400);
});
