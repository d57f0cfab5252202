import { describe, expect, test } from 'vitest';
import { type Expected, mysql8, normal, row, story } from '../../../test/engines/mysql-story.ts';
import { classify } from './classify.ts';
import { describeServer } from './flavours.ts';

const alter: readonly (readonly [string, Expected])[] = [
  [
    'ADD COLUMN age INT',
    { is: 'structure, commits, probe, blocks everything', effects: ['+ column users.age'], touches: ['table users (columns)'] },
  ],
  [
    'ADD age INT NOT NULL AFTER id, ADD COLUMN (b INT, c DECIMAL(10,2) DEFAULT (1+1))',
    {
      is: 'structure, commits, probe, blocks everything',
      effects: ['+ column users.age', '+ column users.b', '+ column users.c'],
      touches: ['table users (columns)'],
    },
  ],
  [
    'ADD COLUMN IF NOT EXISTS age INT',
    { is: 'structure, commits, repeat, blocks everything', effects: ['+ column users.age'], touches: ['table users (columns)'] },
  ],
  [
    'ADD COLUMN total INT AS (a + b) STORED',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites'],
      effects: ['+ column users.total'],
      touches: ['table users (columns)'],
    },
  ],
  [
    'ADD COLUMN id BIGINT AUTO_INCREMENT PRIMARY KEY FIRST',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites', 'mayFail'],
      effects: ['+ column users.id'],
      touches: ['table users (columns)'],
    },
  ],
  [
    'DROP COLUMN age, DROP `old name`',
    {
      is: 'structure, commits, probe, blocks everything',
      risks: ['loses column users.age', 'loses column users.old name'],
      effects: ['- column users.age', '- column users.old name'],
      touches: ['table users (columns)'],
    },
  ],
  [
    'DROP COLUMN IF EXISTS age',
    {
      is: 'structure, commits, repeat, blocks everything',
      risks: ['loses column users.age'],
      effects: ['- column users.age'],
      touches: ['table users (columns)'],
    },
  ],
  [
    'MODIFY COLUMN age SMALLINT NOT NULL',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites', 'mayFail', 'loses values users.age'],
      effects: ['~ column users.age'],
      touches: ['table users (columns)'],
    },
  ],
  [
    'MODIFY name TEXT',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites', 'mayFail'],
      effects: ['~ column users.name'],
      touches: ['table users (columns)'],
    },
  ],
  [
    'CHANGE name full_name VARCHAR(10)',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites', 'mayFail', 'loses values users.name'],
      effects: ['~ column users.name → full_name'],
      touches: ['table users (columns)'],
    },
  ],
  [
    'ALTER COLUMN age SET DEFAULT 3',
    { is: 'structure, commits, repeat, blocks everything', effects: ['~ column users.age'], touches: ['table users (columns)'] },
  ],
  [
    'RENAME COLUMN a TO b, RENAME INDEX i TO j',
    {
      is: 'structure, commits, probe, blocks everything',
      effects: ['~ column users.a → b', '~ index i → j'],
      touches: ['table users (columns)', 'table users (indexes)'],
    },
  ],
  [
    'RENAME INDEX i TO j',
    { is: 'structure, commits, probe, blocks everything', effects: ['~ index i → j'], touches: ['table users (indexes)'] },
  ],
  [
    'RENAME TO people',
    {
      is: 'structure, commits, probe, blocks everything',
      effects: ['~ table users → people'],
      touches: ['table users (itself)', 'table people (itself)'],
    },
  ],
  [
    'ADD CONSTRAINT u UNIQUE KEY (email), ADD INDEX (age)',
    {
      is: 'structure, commits, probe, blocks structure',
      risks: ['scans', 'mayFail', 'scans'],
      effects: ['+ constraint u', '+ index of users'],
      touches: ['table users (indexes)'],
    },
  ],
  [
    'ADD INDEX age_idx USING BTREE (age)',
    {
      is: 'structure, commits, probe, blocks structure',
      risks: ['scans'],
      effects: ['+ index age_idx'],
      touches: ['table users (indexes)'],
    },
  ],
  [
    'ADD PRIMARY KEY (id)',
    {
      is: 'structure, commits, probe, blocks structure',
      risks: ['rewrites', 'mayFail'],
      effects: ['+ primary key of users'],
      touches: ['table users (indexes)', 'table users (columns)'],
    },
  ],
  [
    'ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b (id)',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites', 'mayFail'],
      effects: ['+ constraint f'],
      touches: ['table users (constraints)'],
    },
  ],
  [
    'ADD CHECK (age > 0)',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['scans', 'mayFail'],
      effects: ['+ check of users'],
      touches: ['table users (constraints)'],
    },
  ],
  [
    'DROP FOREIGN KEY f, DROP CHECK c, DROP KEY i, DROP PRIMARY KEY',
    {
      is: 'structure, commits, probe, blocks writes',
      risks: ['rewrites'],
      effects: ['- constraint f', '- constraint c', '- index i', '- primary key of users'],
      touches: ['table users (constraints)', 'table users (indexes)'],
    },
  ],
  [
    'CONVERT TO CHARACTER SET latin1',
    { is: 'structure, commits, repeat, blocks writes', risks: ['rewrites', 'loses values users'], touches: ['table users'] },
  ],
  ['CONVERT TO CHARACTER SET utf8mb4', { is: 'structure, commits, repeat, blocks writes', risks: ['rewrites'], touches: ['table users'] }],
  ["ENGINE=InnoDB, COMMENT='x'", { is: 'structure, commits, repeat, blocks writes', risks: ['rewrites'], touches: ['table users'] }],
  ['DISABLE KEYS', { is: 'structure, commits, repeat, blocks everything', touches: ['table users (itself)'] }],
  ['EXCHANGE PARTITION p WITH TABLE t', { is: 'structure, commits, ask, blocks everything', touches: ['table users'] }],
  ['TRUNCATE PARTITION p', { is: 'structure, commits, ask, blocks everything', risks: ['loses rows users'], touches: ['table users'] }],
  [
    'DROP PARTITION p',
    { is: 'structure, commits, probe, blocks everything', risks: ['loses rows users'], touches: ['table users (partitions)'] },
  ],
  [
    'ADD COLUMN a INT, ALGORITHM=INPLACE, LOCK=NONE',
    { is: 'structure, commits, probe, blocks structure', effects: ['+ column users.a'], touches: ['table users (columns)'] },
  ],
];

describe('what an ALTER TABLE does is read from its actions', () => {
  test.each(alter)('ALTER TABLE users %s', (actions, expected) => {
    expect(story(`ALTER TABLE users ${actions}`)).toEqual(normal(expected));
  });

  test('MariaDB deletes rows for a unique key when it is told to ignore them', () => {
    expect(story('ALTER IGNORE TABLE users ADD UNIQUE (email)')['risks']).toContain('loses rows users');
  });

  test('a column is added at once where the version can', () => {
    const old = describeServer({ ...row, version: '5.7.44' });
    expect(classify('ALTER TABLE t ADD a INT', old).risks).toEqual([{ kind: 'rewrites', table: { name: 't' } }]);
    expect(classify('ALTER TABLE t ADD a INT', mysql8).risks).toEqual([]);
  });
});
