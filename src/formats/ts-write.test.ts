import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { change, changesByKind } from '../../test/support/arbitrary.ts';
import { canonicalJson } from '../base/index.ts';
import { type Change, type SchemaBuilder, schemaBuilder } from '../schema/index.ts';
import { tsText } from './ts-write.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

type Section = ((context: { schema: SchemaBuilder }) => void) | false;

/** What a file exports: it holds no types, so that it is plain code but for its import. */
async function load(text: string): Promise<{ readonly up: Section; readonly down?: Section }> {
  const own = 'const migration = (definition) => definition;\n';
  const code = text.replace("import { migration } from 'lockstep';\n", own);
  const module = (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as { default: never };
  return module.default;
}

function changesOf(section: Section | undefined): readonly Change[] {
  const found: Change[] = [];
  if (typeof section === 'function') section({ schema: schemaBuilder((one) => found.push(one)) });
  return found;
}

/** The changes with the constraints of tables in an order of their own: as authored they have none. */
function settled(changes: readonly Change[]): unknown {
  return changes.map((one) =>
    one.kind === 'createTable'
      ? { ...one, table: { ...one.table, constraints: one.table.constraints.map((constraint) => canonicalJson(constraint)).sort() } }
      : one,
  );
}

describe('what is written is read as the same change', () => {
  test.each(Object.entries(changesByKind))('%s', async (_, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(fc.array(arbitrary as fc.Arbitrary<Change>, { maxLength: 3 }), async (changes) => {
        const { up, down } = await load(tsText(changes, changes.toReversed()));
        expect(settled(changesOf(up))).toEqual(settled(changes));
        expect(settled(changesOf(down))).toEqual(settled(changes.toReversed()));
      }),
      { numRuns: 40 },
    );
  });
});

test('what is written is laid out as the formatter of this project does it', () => {
  const texts = fc.sample(change, { numRuns: 60, seed: 7 });
  const text = tsText(texts, []);
  const formatted = spawnSync('node_modules/.bin/biome', ['format', '--stdin-file-path=src/x.ts'], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
  expect(formatted.stdout).toBe(text);
});

test('a way back that does not exist is said, with its reason', async () => {
  const text = tsText([{ kind: 'dropTable', table: { name: 'a' } }], { irreversible: 'the rows\nare gone' });
  expect(text).toContain('  // the rows are gone\n  down: false,\n');
  expect(await load(text)).toMatchObject({ down: false });
});
