import { describe, expect, test } from 'vitest';
import { describeServer } from './flavours.ts';

const met = (version: string, more: Readonly<Record<string, unknown>> = {}) =>
  describeServer({ version, db: 'shop', user: 'ada@%', session: 7, sql_mode: '', lower_case: 0, ...more });

test.each([
  ['10.11.18-MariaDB-0+deb12u1', 'mariadb', 'MariaDB 10.11.18', [10, 11, 18]],
  ['5.5.5-10.6.12-MariaDB-log', 'mariadb', 'MariaDB 10.6.12', [10, 6, 12]],
  ['11.4.2-MariaDB', 'mariadb', 'MariaDB 11.4.2', [11, 4, 2]],
  ['8.0.36', 'mysql', 'MySQL 8.0.36', [8, 0, 36]],
  ['8.4.0-log', 'mysql', 'MySQL 8.4.0', [8, 4, 0]],
  ['5.7.44-48', 'mysql', 'MySQL 5.7.44', [5, 7, 44]],
])('%s is %s', (version, flavour, title, numbers) => {
  expect(met(version)).toMatchObject({
    flavour,
    title,
    version: numbers,
    transactionalStructure: false,
    namespace: 'shop',
    database: 'shop',
    session: '7',
  });
});

describe.each([
  ['renameColumn', ['5.7.44', '10.5.1-MariaDB'], ['8.0.3', '10.5.2-MariaDB', '11.0.0-MariaDB']],
  ['checks', ['5.7.44', '8.0.15', '10.1.9-MariaDB'], ['8.0.16', '8.4.0', '10.2.1-MariaDB']],
  ['expressionDefaults', ['8.0.12'], ['8.0.13', '10.6.0-MariaDB']],
  ['expressionIndexes', ['8.0.12', '11.4.0-MariaDB'], ['8.0.13']],
  ['uuidType', ['8.4.0', '10.6.20-MariaDB'], ['10.7.0-MariaDB']],
  ['jsonType', ['10.11.0-MariaDB', '5.7.7'], ['5.7.8', '8.0.0']],
  ['sequences', ['8.4.0'], ['10.3.0-MariaDB']],
  ['transactionIsolationVariable', ['10.11.18-MariaDB', '5.7.19'], ['11.1.1-MariaDB', '8.0.0']],
  ['instantDropColumn', ['8.0.28', '10.3.9-MariaDB'], ['8.0.29', '10.4.0-MariaDB']],
])('%s', (feature, without, having) => {
  test.each(without)('is not in %s', (version) => expect(met(version).features[feature]).toBe(false));
  test.each(having)('is in %s', (version) => expect(met(version).features[feature]).toBe(true));
});

test('settings of the session and the server are features too', () => {
  const { features } = met('10.11.18-MariaDB', {
    sql_mode: 'ANSI_QUOTES,STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES',
    lower_case: '1',
    explicit_timestamps: 1,
  });
  expect(features).toMatchObject({
    ansiQuotes: true,
    strict: true,
    noBackslashEscapes: true,
    lowerCaseTables: true,
    foldsTables: true,
    explicitTimestamps: true,
  });
  expect(met('8.0.36', { lower_case: 2 }).features).toMatchObject({
    ansiQuotes: false,
    strict: false,
    lowerCaseTables: false,
    foldsTables: true,
    explicitTimestamps: false,
  });
});

test.each([
  [{ read_only: '1' }, true],
  [{ read_only: 'ON' }, true],
  [{ read_only: 'NO_LOCK_NO_ADMIN' }, true],
  [{ innodb_read_only: 1 }, true],
  [{ read_only: 0, innodb_read_only: 'OFF' }, false],
  [{}, false],
])('%j makes it read-only: %s', (row, readOnly) => {
  expect(met('8.0.36', row).readOnly).toBe(readOnly);
});

test('without a database there is no namespace', () => {
  expect(met('8.0.36', { db: null }).namespace).toBeUndefined();
});
