import { expect, test } from 'vitest';
import { sandbox } from '../support/sandbox.ts';

const table = (name: string): string => `-- lockstep:up\nCREATE TABLE ${name} (id integer);\n-- lockstep:down\nDROP TABLE ${name};\n`;
const config = {
  environments: {
    dev: { url: 'sqlite:./dev.db' },
    staging: { url: 'sqlite:./staging.db' },
    prod: { databases: { eu: 'sqlite:./eu.db', us: 'postgres://nobody@127.0.0.1:1/us' }, protected: true },
  },
};

interface Matrix {
  readonly databases: readonly { readonly name: string; readonly upToDate?: boolean; readonly problem?: { readonly code: string } }[];
  readonly migrations: readonly { readonly id: string; readonly cells: readonly ({ readonly state: string } | null)[] }[];
}

test('status of several environments is a matrix, in which an unreachable database holds up no other', async () => {
  const { run } = sandbox({
    'lockstep.config.json': JSON.stringify(config),
    'migrations/001_a.sql': table('a'),
    'migrations/002_b.sql': table('b'),
  });
  await run(['up', '--env', 'dev']);
  await run(['up', '--env', 'staging', '--to', '001']);
  await run(['up', '--env', 'prod/eu', '--confirm', 'prod/eu', '--to', '001']);
  await run(['mark', 'applied', '002_b', '--env', 'prod/eu', '--confirm', 'prod/eu', '--reason', 'by hand']);
  const told = await run(['status', '--env', 'all', '--json', '--exit-code']);
  expect(told.code).toBe(1);
  const { data } = JSON.parse(told.stdout) as { readonly data: Matrix };
  expect(data.databases.map(({ name, upToDate, problem }) => [name, upToDate ?? problem?.code])).toEqual([
    ['dev', true],
    ['staging', false],
    ['prod/eu', true],
    ['prod/us', 'connection.failed'],
  ]);
  expect(data.migrations.map(({ id, cells }) => [id, ...cells.map((cell) => cell?.state ?? null)])).toEqual([
    ['001_a', 'applied', 'applied', 'applied', null],
    ['002_b', 'applied', 'pending', 'baseline', null],
  ]);
  expect(await run(['status', '--env', 'dev,prod/eu', '--exit-code'])).toMatchObject({ code: 0 });
});

test('an environment with several databases is one only by name', async () => {
  const { run } = sandbox({ 'lockstep.config.json': JSON.stringify(config), 'migrations/001_a.sql': table('a') });
  expect(await run(['up', '--env', 'prod'])).toMatchObject({ code: 78, stderr: expect.stringContaining('--env prod/eu') });
  expect(await run(['up', '--env', 'prod/asia'])).toMatchObject({ code: 78, stderr: expect.stringContaining('no database "asia"') });
  expect(await run(['status', '--env', 'dev,nope'])).toMatchObject({ code: 78, stderr: expect.stringContaining('no environment "nope"') });
  const neither = sandbox({ 'lockstep.config.json': '{ "environments": { "x": { "protected": true } } }' });
  expect(await neither.run(['status'])).toMatchObject({ code: 78, stderr: expect.stringContaining('must have a URL or databases') });
});
