import { expect, test } from 'vitest';
import { down, up } from '../../src/commands/index.ts';
import { freshDatabase } from '../support/database.ts';
import { sandbox } from '../support/sandbox.ts';

test.each(['sqlite', 'postgres', 'mariadb'] as const)(
  'on %s what helps a way back that failed is to take it back, not to apply it',
  async (flavour) => {
    const database = await freshDatabase(flavour);
    try {
      const wrong = '-- lockstep:up\nCREATE TABLE a (id integer);\n-- lockstep:down\nDROP TABLE no_such_table;\n';
      const { folder } = sandbox({ 'migrations/001_a.sql': wrong });
      const options = { cwd: folder, url: database.url, yes: true };
      await up(options);
      const { failed } = await down(options);
      expect(failed[0]?.problem).toMatchObject({
        message: expect.stringContaining('could not be taken back'),
        fix: expect.arrayContaining([expect.stringContaining('lockstep down 001_a')]),
      });
      for (const fix of failed[0]?.problem?.fix ?? []) expect(fix).not.toContain('lockstep up');
    } finally {
      await database.drop();
    }
  },
);
