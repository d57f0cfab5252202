import { expect, test } from 'vitest';
import type { Entry } from '../migration/index.ts';
import { replayOrder } from './expected.ts';

function entry(id: string, state: Entry['state'], finishedAt: string, filed = true): Entry {
  const row = { id, state, finishedAt, done: 0, total: 0 } as Entry['row'];
  const migration = filed ? { migration: { id } as NonNullable<Entry['migration']> } : {};
  return {
    id,
    module: 'app',
    version: id,
    name: id,
    state,
    flags: [],
    partial: false,
    ...migration,
    ...(row === undefined ? {} : { row }),
  };
}

test.each<[string, readonly Entry[], string]>([
  ['files that ran in their order', [entry('1', 'applied', 'a'), entry('2', 'applied', 'b')], '1 2'],
  [
    'a late one stands where its time puts it',
    [entry('1', 'applied', 'a'), entry('2', 'applied', 'c'), entry('3', 'applied', 'b')],
    '1 3 2',
  ],
  ['one moment: the order of the files', [entry('1', 'applied', 'a'), entry('2', 'applied', 'a')], '1 2'],
  [
    'a marked one stands where its file does',
    [entry('1', 'baseline', 'z'), entry('2', 'applied', 'a'), entry('3', 'baseline', 'z')],
    '1 2 3',
  ],
  [
    'one without a file stands where its time puts it',
    [entry('1', 'applied', 'a'), entry('2', 'applied', 'c'), entry('x', 'applied', 'b', false)],
    '1 x 2',
  ],
  ['what an installer covers was not run', [entry('1', 'covered', 'a'), entry('2', 'applied', 'b')], '2'],
  [
    'what is pending, failed or taken back is not there',
    [entry('1', 'pending', ''), entry('2', 'failed', 'b'), entry('3', 'reverted', 'c')],
    '',
  ],
])('%s', (_, entries, wanted) => {
  expect(
    replayOrder(entries)
      .map(({ id }) => id)
      .join(' '),
  ).toBe(wanted);
});
