import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { mysql } from '../../src/engines/mysql/index.ts';
import { canonicalSchema } from '../../src/schema/index.ts';
import { objectCases } from './mysql-cases-objects.ts';
import { columnCases, tableCases } from './mysql-cases-tables.ts';
import { applied, empty, type OnServer, onServer, renderOn, runChanges, statementsOf, wayBack } from './mysql-support.ts';

const cases = [...columnCases, ...tableCases, ...objectCases];

describe('a change that is rendered and run', () => {
  let server: OnServer;
  beforeAll(async () => {
    server = await onServer();
  });
  beforeEach(() => empty(server));
  afterAll(() => server.close());

  test.each(cases)('$title: gives the structure of the model, and its way back gives the old one', async ({ given = '', change, same }) => {
    await server.run(given);
    const before = await server.schema();
    const fingerprint = await server.fingerprint();
    const after = applied(before, change);
    const back = wayBack(change, before);

    await runChanges(server, [change], before);
    const found = canonicalSchema(await server.schema());
    if (same === undefined) expect(JSON.parse(found)).toEqual(JSON.parse(canonicalSchema(after)));
    await runChanges(server, back, after);
    expect((await server.fingerprint()).split('\n')).toEqual(fingerprint.split('\n'));

    if (same !== undefined) {
      await empty(server);
      await server.run(same);
      expect(JSON.parse(found)).toEqual(JSON.parse(canonicalSchema(await server.schema())));
    }
  });

  test('each statement touches something whose probe is another one afterwards', async () => {
    let probed = 0;
    for (const { title, given = '', change } of cases) {
      await empty(server);
      await server.run(given);
      for (const { sql, touches, afterCrash } of statementsOf(renderOn(server.server, await server.schema(), change))) {
        const probe = `SELECT ${mysql.probe(touches, server.server)} AS probe`;
        const was = await server.rows(probe);
        await server.connection.query(sql);
        if (afterCrash !== 'probe') continue;
        probed++;
        expect([title, sql, await server.rows(probe)]).not.toEqual([title, sql, was]);
      }
    }
    expect(probed).toBeGreaterThan(100);
  });

  test('what is known of a statement is what its text says', async () => {
    for (const { given = '', change } of cases) {
      await empty(server);
      await server.run(given);
      for (const { sql, family, transactional, touches, afterCrash } of statementsOf(
        renderOn(server.server, await server.schema(), change),
      )) {
        expect(mysql.classify(sql, server.server)).toMatchObject({ family, transactional, touches, afterCrash });
        expect(mysql.split(sql).statements.map((statement) => statement.sql)).toEqual([sql]);
        expect([family, transactional]).toEqual(['structure', false]);
      }
    }
  });

  test('no statement shuts out more than its plan says', async () => {
    const wishes = {
      INSTANT: 'ALGORITHM=INSTANT',
      'LOCK=NONE': 'ALGORITHM=INPLACE, LOCK=NONE',
      'LOCK=SHARED': 'ALGORITHM=INPLACE, LOCK=SHARED',
    };
    let wished = 0;
    for (const { title, given = '', change } of [...tableCases, ...objectCases]) {
      await empty(server);
      await server.run(given);
      for (const { sql, lock } of statementsOf(renderOn(server.server, await server.schema(), change))) {
        const wish = Object.entries(wishes).find(([word]) => lock.name.includes(word) && !lock.name.includes('COPY'))?.[1];
        if (wish === undefined || !/^(ALTER TABLE|CREATE \w* ?INDEX)/.test(sql) || sql.includes('ALGORITHM')) {
          await server.connection.query(sql);
          continue;
        }
        wished++;
        const asked = sql.startsWith('ALTER') ? `${sql}, ${wish}` : `${sql} ${wish.replace(',', '')}`;
        await expect(server.connection.query(asked), `${title}: ${asked}`).resolves.toBeDefined();
      }
    }
    expect(wished).toBeGreaterThan(40);
  });
});
