import { describe, expect, test } from 'vitest';
import { postgres } from '../../src/engines/postgres/index.ts';
import { canonicalSchema, invert } from '../../src/schema/index.ts';
import { rounds } from '../support/effort.ts';
import { cases } from './postgres-cases.ts';
import { flavours, placeFor, renderAll, send } from './postgres-support.ts';

test('there is a case for every kind of change', () => {
  expect([...new Set(cases.map(({ change }) => change.kind))].sort()).toEqual(Object.keys(postgres.render).sort());
});

describe.each(flavours)('on %s', (flavour) => {
  const place = placeFor(flavour);

  const own = cases.filter(({ only }) => only === undefined || only === flavour);
  // Without a server behind it, a case takes a fifth of a second: some in every run, all in the full one.
  const every = flavour === 'pglite' ? rounds(4, 1) : 1;

  test.each(own.filter(({ only }, at) => only === flavour || at % every === 0))(
    '$title: what runs leads to what the model says, and back',
    async ({ given = '', change, same, irreversible, noReturn }) => {
      const { connection, server, begin, rows, schema, fingerprint } = place();
      let expected: string | undefined;
      if (same !== undefined) {
        await begin(`${given};${same}`);
        expected = canonicalSchema(await schema());
      }
      await begin(given);
      const before = await schema();
      const first = await fingerprint();
      const { statements, after } = renderAll(server, before, [change]);
      const probe = `SELECT (${postgres.probe(
        statements.flatMap(({ touches }) => touches),
        server,
      )}) AS probe`;
      const [probed] = await rows(probe);

      await send(connection, statements);

      expect(canonicalSchema(await schema())).toBe(expected ?? canonicalSchema(after));
      if (statements.some(({ family, sql }) => family === 'structure' && !sql.startsWith('COMMENT ON'))) {
        expect((await rows(probe))[0]).not.toEqual(probed);
      }
      const inverse = invert(change, before);
      if ('irreversible' in inverse) {
        expect(inverse.irreversible).toContain(irreversible ?? 'that this has no way back is not expected');
        return;
      }
      expect(irreversible).toBeUndefined();
      if (noReturn !== undefined) {
        expect(() => renderAll(server, after, inverse)).toThrow(noReturn);
        return;
      }
      await send(connection, renderAll(server, after, inverse).statements);
      expect(await fingerprint()).toBe(first);
    },
  );
});
