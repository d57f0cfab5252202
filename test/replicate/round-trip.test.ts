import { expect, test } from 'vitest';
import { strayDifferences } from '../../scripts/corpora/round-trip.ts';
import { structureOf } from '../../scripts/corpora/structure.ts';
import { replicate } from '../../src/commands/index.ts';
import { type LossyMapping, losses as lossWords } from '../../src/neutral/index.ts';
import { type Flavour, freshDatabase, freshFolder, type TestDatabase } from '../support/database.ts';

const structure = [
  `CREATE TABLE shops (id smallint unsigned AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL COMMENT 'as on the door', opened date,
    size mediumint, kinds set('a','b') DEFAULT 'a', mood enum('good','bad') NOT NULL DEFAULT 'good', since year, UNIQUE KEY by_name (name)) COMMENT = 'where people buy'`,
  `CREATE TABLE sales (shop smallint unsigned NOT NULL, nr int unsigned NOT NULL, amount decimal(9,2) NOT NULL DEFAULT 1.50, twice int GENERATED ALWAYS AS (nr * 2) STORED,
    note mediumtext, at timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(), is_paid boolean NOT NULL DEFAULT 1,
    PRIMARY KEY (shop, nr), KEY by_amount (amount DESC, nr), CONSTRAINT dear CHECK (amount > 0), FULLTEXT KEY words (note),
    CONSTRAINT sale_shop FOREIGN KEY (shop) REFERENCES shops (id) ON DELETE CASCADE)`,
  'CREATE VIEW dear AS SELECT * FROM sales WHERE amount > 100',
  "INSERT INTO shops (name, kinds) VALUES ('one', 'a,b'), ('two', NULL)",
  "INSERT INTO sales (shop, nr, note) VALUES (1, 1, 'é'), (2, 1, NULL)",
];

async function query(database: TestDatabase, ...statements: readonly string[]): Promise<void> {
  const connection = await database.connect();
  try {
    for (const sql of statements) await connection.query(sql);
  } finally {
    await connection.close();
  }
}

test('after a journey through all engines nothing of the structure differs but what was told of, and what does is found', async () => {
  const through: readonly Flavour[] = ['mariadb', 'postgres', 'sqlite', 'mariadb'];
  const databases = await Promise.all(through.map((flavour) => freshDatabase(flavour)));
  const [first, ...others] = databases as [TestDatabase, ...TestDatabase[]];
  await query(first, ...structure);
  const told: LossyMapping[] = [];
  let from = first;
  for (const to of others) {
    const allowLossy = Object.keys(lossWords);
    const report = await replicate({ cwd: freshFolder(), env: {}, yes: true, from: from.url, to: to.url, data: true, allowLossy });
    told.push(...report.losses);
    from = to;
  }
  const before = await structureOf(first);
  const stray = async (): Promise<readonly string[]> => strayDifferences(before, await structureOf(from), told);
  expect(await stray()).toEqual([]);
  // Without what was told each of the losses is a difference of its own.
  const untold = strayDifferences(before, await structureOf(from), []).join('\n');
  for (const what of ['view dear', 'kinds', 'index (note)', 'comment of table shops']) expect(untold).toContain(what);

  for (const [statement, found] of [
    ['ALTER TABLE sales DROP FOREIGN KEY sale_shop', /foreign key \(shop\)/],
    ['ALTER TABLE sales DROP CONSTRAINT dear', /check amount>0/],
    ['ALTER TABLE sales ALTER amount SET DEFAULT 2', /default of column sales.amount/],
    ['ALTER TABLE sales DROP INDEX by_amount', /index \(amount desc, nr\)/],
    ['ALTER TABLE sales MODIFY is_paid boolean DEFAULT 1', /nullability of column sales.is_paid/],
    ['ALTER TABLE shops MODIFY name varchar(39) NOT NULL', /type of column shops.name/],
    ['ALTER TABLE shops DROP COLUMN opened', /table shops had the columns/],
    ['CREATE TABLE more (id int)', /table more has come/],
  ] as const) {
    const known = await stray();
    await query(from, statement);
    const now = (await stray()).filter((one) => !known.includes(one));
    expect([statement, now.join('\n')]).toEqual([statement, expect.stringMatching(found)]);
  }
  for (const database of databases) await database.drop();
});
