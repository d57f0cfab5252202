import { describe, expect, test } from 'vitest';
import { hasNodeSqlite } from '../../src/drivers/node-sqlite.ts';
import { onDatabase } from '../support/activity.ts';
import { freshDatabase } from '../support/database.ts';
import { brokenRun, undisturbed, upToEnd } from '../support/recovery.ts';
import { sandbox } from '../support/sandbox.ts';

const large = 'INSERT INTO a VALUES (3, zeroblob(300000))';
const inOne = `INSERT INTO a VALUES (2, NULL);\n${large};\nINSERT INTO a VALUES (4, NULL);`;
const inParts = `INSERT INTO a VALUES (2, NULL);\nVACUUM;\n${large};\nINSERT INTO a VALUES (4, NULL);`;

/** What is reached first when files may not grow beyond so many KiB. */
const limits = [
  ['the run lock is taken', 8, inOne, { state: 'nothing was changed', done: [], failed: [], untouched: [] }],
  ['the history is made', 16, inOne, { state: 'nothing was run', done: [], failed: [], untouched: [] }],
  [
    'rows are written in one transaction',
    200,
    inOne,
    { state: 'rolled back: nothing of 002_b remains', done: ['001_a'], failed: ['002_b'], untouched: ['003_c'], at: '001_a' },
  ],
  [
    'rows are written behind a statement outside any',
    200,
    inParts,
    {
      state: 'NOT rolled back: statements 1–2 of 4 of 002_b stay and are journalled',
      done: ['001_a'],
      failed: ['002_b'],
      untouched: ['003_c'],
      at: '001_a',
    },
  ],
] as const;

describe.each(['libsql', ...(hasNodeSqlite() ? ['nodeSqlite'] : [])])('with %s the disk is full when', (driver) => {
  test.each(limits)('%s', async (_, largestFile, script, said) => {
    const database = await freshDatabase('sqlite');
    const project = sandbox({
      'lockstep.config.mjs': `import { ${driver} } from 'lockstep'; export default { drivers: [${driver}()] };`,
      'migrations/001_a.sql': 'CREATE TABLE a (id integer, b blob);\nINSERT INTO a VALUES (1, NULL);',
      'migrations/002_b.sql': script,
      'migrations/003_c.sql': 'CREATE TABLE c (id integer)',
    });
    const broken = brokenRun(await project.run(['up', '--json'], { env: { DATABASE_URL: database.url }, largestFile }));
    expect(broken).toMatchObject({ code: 2, codes: ['database.storage'], ...said });
    expect(await onDatabase(database, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(await upToEnd(project, database, ['a', 'c'])).toEqual(await undisturbed('sqlite', project, { tables: ['a', 'c'] }));
    await database.drop();
  });
});
