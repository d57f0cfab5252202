import { describe, expect, test } from 'vitest';
import { collect } from './collect.ts';
import { type Entry, entriesOf } from './state.ts';
import { resolveTarget } from './target.ts';

const formats = [{ name: 'sql', extensions: ['sql'] }];

/** Entries of files as `module/folders/name`, of which the first so many have run. */
function entries(paths: readonly string[], applied = 0): readonly Entry[] {
  const headed = paths.map((path) => {
    const [module = '', ...folders] = path.split('/');
    return { file: { path, text: '', name: `${folders.pop()}.sql`, folders, module }, header: {} };
  });
  const { migrations } = collect(
    headed,
    formats,
    [...new Set(paths.map((path) => path.split('/')[0] ?? ''))].map((name) => ({ name })),
  );
  const rows = migrations.slice(0, applied).map(({ id }) => ({ id, state: 'applied' as const, done: 0, total: 0 }));
  return entriesOf(migrations, rows, () => false);
}

const numbers = ['app/002_a', 'app/005_b', 'app/50_c', 'app/100_d'];
const dates = ['app/20240228T101500_a', 'app/20240229T101500_b', 'app/20240301T080000_c', 'app/20240301T090000_d'];
const versions = ['shop/v1_2/01_a', 'shop/v1_2/02_b', 'shop/v1_10/01_c', 'app/001_x', 'app/007_y'];

describe('a target', () => {
  test.each<readonly [readonly string[], number, string, string | undefined, string | undefined]>([
    [numbers, 0, '5', '005_b', undefined],
    [numbers, 0, '00050', '50_c', undefined],
    [numbers, 0, '49', '005_b', '49 means 005_b, the last one before it'],
    [numbers, 0, '10', '005_b', '10 means 005_b, the last one before it'],
    [numbers, 0, '99999', '100_d', '99999 means 100_d, the last one before it'],
    [numbers, 2, '+1', '50_c', undefined],
    [numbers, 2, '+9', '100_d', '+9 means 100_d, the last there is'],
    [numbers, 2, '-2', undefined, undefined],
    [numbers, 2, '-3', undefined, '-3 means nothing, there is none before the first'],
    [numbers, 2, 'prev', '002_a', undefined],
    [numbers, 2, 'next', '50_c', undefined],
    [numbers, 1, 'prev', undefined, undefined],
    [dates, 0, '2024-03-01', '20240229T101500_b', '2024-03-01 means 20240229T101500_b, the last one before it'],
    [dates, 0, '2024-03-01T08:30:00', '20240301T080000_c', '2024-03-01T08:30:00 means 20240301T080000_c, the last one before it'],
    [dates, 0, '20240229', '20240229T101500_b', undefined],
    [versions, 0, 'shop@v1_2', 'shop/v1_2/02_b', undefined],
    [versions, 0, 'shop@1.5', 'shop/v1_2/02_b', 'shop@1.5 means shop/v1_2/02_b, the last one before it'],
    [versions, 0, 'shop@v1_5', 'shop/v1_2/02_b', 'shop@v1_5 means shop/v1_2/02_b, the last one before it'],
    [versions, 0, '6', '001_x', '6 means 001_x, the last one before it'],
  ])('of %s with %d applied: %s', (paths, applied, reference, id, rounded) => {
    const target = resolveTarget(reference, entries(paths, applied));
    expect([target.entry?.id, target.rounded]).toEqual([id, rounded]);
  });

  test.each([
    [numbers, '1'],
    [numbers, 'x'],
    [dates, '2024-01-01'],
    [versions, 'shop@v0_9'],
  ])('before the first one, or of no kind there is, is refused: %s %s', (paths, reference) => {
    expect(() => resolveTarget(reference, entries(paths))).toThrow(/no migration is called|may be/);
  });
});
