import { expect, test } from 'vitest';
import { freshDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

const first = '-- lockstep:up\nCREATE TABLE orders (id integer NOT NULL PRIMARY KEY);\n-- lockstep:down\nDROP TABLE orders;\n';
const column = 'ALTER TABLE orders ADD COLUMN note varchar(40);\n';

/** Each text in place of the proposed one, and how it is refused. */
const refused: readonly (readonly [file: string, text: string, code: string, message: RegExp])[] = [
  [
    'a.sql',
    '-- lockstep:up\nCREATE TABLE other (id integer);\n-- lockstep:down\nDROP TABLE other;\n',
    'checkin.unproven',
    /way up does not arrive: .*lacks column orders\.note; it makes too much table other/,
  ],
  ['b.sql', `-- lockstep:up\n${column}`, 'checkin.unproven', /no way back: SQL has one only when it is written down/],
  ['c.sql', `-- lockstep:up\n${column}-- lockstep:irreversible too late\n`, 'checkin.unproven', /no way back: too late/],
  ['d.sql', `-- lockstep:up\n${column}-- lockstep:down\nSELECT 1;\n`, 'checkin.unproven', /way back does not arrive/],
  [
    'e.sql',
    `-- lockstep:up\n${column}SELECT nothing FROM nowhere;\n-- lockstep:down\n`,
    'checkin.unproven',
    /way up does not run: .*nowhere/,
  ],
  ['f.sql', `-- lockstep:up\n${column}ROLLBACK;\n-- lockstep:down\n`, 'migration.transaction-control', /ROLLBACK/],
  ['g.yaml', 'up:\n  - addColumn: { table: nowhere, name: note, type: varchar(40) }\n', 'change.refused', /nowhere/],
  ['h.yaml', 'up:\n  - nonsense: {}\n', 'migration.unknown-change', /h\.yaml:2:5/],
  ['i.ts', 'export default { up() {} };\n', 'usage.invalid-value', /code is not run/],
  ['missing.sql', '', 'usage.invalid-value', /cannot be read/],
];

test('an edited text is checked in when it arrives there and back, and is refused otherwise with nothing written', async () => {
  const database = await freshDatabase('sqlite');
  const { run, read, write } = sandbox({
    'lockstep.config.json': JSON.stringify({ url: database.url }),
    'migrations/001_first.sql': first,
  });
  await run(['up']);
  await run(['checkout', '-m', 'notes']);
  expect(await run(['sql', column])).toMatchObject({ code: 0 });
  const proposed = await run(['checkin', '--dry-run']);
  // What is printed is the migration and nothing else.
  expect(proposed.stdout).toMatch(/^-- lockstep:up\n[^-]*\n-- lockstep:down\n[^-]*$/);
  for (const [file, text, code, message] of refused) {
    if (text !== '') write(file, text);
    const outcome = await run(['checkin', '--edited', file]);
    expect(outcome, file).toMatchObject({ stderr: expect.stringContaining(code) });
    expect(outcome.stderr, file).toMatch(message);
    expect(outcome.code, file).toBeGreaterThan(1);
    expect((await run(['locks'])).stdout, file).toMatch(/check-out 1/);
    expect((await run(['status'])).stdout, file).toContain('0 pending · 1 applied');
  }
  write('mine.sql', proposed.stdout.replace('-- lockstep:down', "UPDATE orders SET note = 'old';\n-- lockstep:down"));
  expect(await run(['checkin', '--edited', 'mine.sql'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/! 1 statement for rows: run on other databases, and not here.*\n\s+UPDATE orders SET note = 'old'/),
  });
  expect(read('migrations/002_notes.sql')).toContain("UPDATE orders SET note = 'old';");
  expect((await run(['status'])).stdout).toContain('0 pending · 2 applied');

  await run(['checkout', '-m', 'more']);
  await run(['sql', 'CREATE TABLE more (id integer NOT NULL, CONSTRAINT more_pkey PRIMARY KEY (id))']);
  write('own.yaml', `# said by hand\n${(await run(['checkin', '--dry-run', '--format', 'yaml'])).stdout}`);
  const yaml = await run(['checkin', '--edited', 'own.yaml']);
  expect([yaml.code, yaml.stderr]).toEqual([0, '']);
  expect(read('migrations/003_more.yaml')).toContain('# said by hand');
  await database.drop();
});
