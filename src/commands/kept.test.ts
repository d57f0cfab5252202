import { expect, test } from 'vitest';
import { emptyKept, hasMarks, installerText, readKept } from './kept.ts';

const parts = {
  module: 'blog',
  covers: 'v1_1',
  requires: ['users@>=v1'],
  notes: ['a note'],
  up: 'CREATE TABLE a (b int);\n',
  down: 'DROP TABLE a;\n',
};
const block = (inside: string): string => `-- lockstep:keep\n${inside}-- lockstep:end-keep\n`;

test.each([
  ['nothing by hand', { before: [], behind: [] }],
  ['room only', emptyKept],
  ['something before', { before: [block('SET x = 1;\n')], behind: [] }],
  ['several on both sides', { before: [block('A;\n'), block('')], behind: [block('  B;\n\n-- c\n'), block('D;\n')] }],
])('what was written by hand is found again where it stood: %s', (_, kept) => {
  const text = installerText(parts, kept);
  expect(readKept(text, 'install.sql')).toEqual(kept);
  expect(installerText(parts, readKept(text, 'install.sql'))).toBe(text);
  expect(hasMarks(text)).toBe(kept.before.length + kept.behind.length > 0);
});

test('another structure leaves it as it is', () => {
  const kept = { before: [block('A;\n')], behind: [block('B;\n')] };
  const text = installerText({ ...parts, up: 'CREATE TABLE z (b int);\nCREATE TABLE y (b int);\n' }, kept);
  expect(readKept(text, 'install.sql')).toEqual(kept);
});

test('a way back by hand stands in place of the one that is generated', () => {
  const kept = { before: [], behind: [block('-- lockstep:down\nDROP TABLE IF EXISTS a;\n')] };
  expect(installerText(parts, kept)).not.toContain('DROP TABLE a;');
  expect(installerText(parts, emptyKept)).toContain('-- lockstep:down\nDROP TABLE a;\n');
});

test.each([
  ['-- lockstep:keep\nA;\n', 1],
  ['A;\n-- lockstep:end-keep\n', 2],
  ['-- lockstep:keep\nA;\n-- lockstep:keep\nB;\n-- lockstep:end-keep\n', 3],
])('marks that do not pair are refused: %j', (text, line) => {
  expect(() => readKept(text, 'install.sql')).toThrow(
    expect.objectContaining({
      code: 'migration.invalid',
      details: expect.objectContaining({ place: { file: 'install.sql', line, column: 1 } }),
    }),
  );
});
