import { describe, expect, test } from 'vitest';
import type { Rendered, Statement } from '../../../contracts/index.ts';
import { type Change, type Schema, type Sequence, schemaOf, type Table } from '../../../schema/index.ts';
import { describeServer } from '../flavours.ts';
import { render } from './index.ts';

type Renderable = Exclude<Change, { kind: 'sql' }>;

const mariadb = describeServer({ db: 'shop', sql_mode: '', lower_case: 0, explicit_timestamps: 1, version: '10.11.18-MariaDB' });
const t = { name: 't' };
const plain: Table = {
  kind: 'table',
  name: t,
  columns: ['a', 'b'].map((name) => ({ name, type: { kind: 'integer', bits: 32 }, nullable: true })),
  constraints: [],
  indexes: [],
  options: {},
};
const versioned: Table = { ...plain, options: { systemVersioning: true } };
const keep = 'SET STATEMENT system_versioning_alter_history = KEEP FOR ';

function rendered(change: Renderable, before: Schema): readonly Statement[] {
  const handler = render[change.kind] as (change: Change, context: { server: typeof mariadb; before: Schema }) => Rendered;
  const result = handler(change, { server: mariadb, before });
  if (!Array.isArray(result)) throw new Error(JSON.stringify(result));
  return result;
}

describe('a table that keeps its past', () => {
  test('is altered with its history, which is told', () => {
    const [made] = rendered({ kind: 'dropColumn', table: t, name: 'b' }, schemaOf([versioned]));
    expect(made?.sql).toBe(`${keep}ALTER TABLE \`t\` DROP COLUMN \`b\``);
    expect(made?.risks).toContainEqual({ kind: 'rewritesHistory', table: t });
  });

  test('gets a comment without a word about its history', () => {
    const [made] = rendered({ kind: 'setComment', on: { kind: 'table', name: t }, comment: 'x' }, schemaOf([versioned]));
    expect(made).toMatchObject({ sql: `${keep}ALTER TABLE \`t\` COMMENT = 'x'`, risks: [] });
  });

  test('is the only one that needs it', () => {
    const [made] = rendered({ kind: 'dropColumn', table: t, name: 'b' }, schemaOf([plain]));
    expect(made?.sql).toBe('ALTER TABLE `t` DROP COLUMN `b`');
    expect(made?.risks.map(({ kind }) => kind)).toEqual(['loses']);
  });
});

test.each<readonly [Partial<Sequence>, string]>([
  [{}, 'START WITH 1'],
  [{ minimum: 7 }, 'START WITH 7'],
  [{ increment: -1 }, 'START WITH -1'],
  [{ increment: -1, maximum: 50 }, 'START WITH 50'],
  [{ start: 3, minimum: 2 }, 'START WITH 3'],
])('a sequence that is replaced by %o begins where it would by itself', (values, words) => {
  const before = schemaOf([{ kind: 'sequence', name: t, start: 5 }]);
  const [made] = rendered({ kind: 'replaceObject', object: { ...values, kind: 'sequence', name: t } }, before);
  expect(made?.sql).toContain(words);
});
