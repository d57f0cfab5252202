import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Copy, dataOf, type TeamBench, teamBench } from '../support/team.ts';

const first = `-- lockstep:up
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, note varchar(40));
-- lockstep:down
DROP TABLE orders;
`;

const moduleFile = (table: string): string =>
  `-- lockstep:up\nCREATE TABLE ${table} (id integer NOT NULL PRIMARY KEY);\n-- lockstep:down\nDROP TABLE ${table};\n`;

let bench: TeamBench | undefined;
afterEach(async () => {
  await bench?.close();
  bench = undefined;
});

interface CheckedIn {
  readonly version: { readonly number: number; readonly module: string };
  readonly file: string;
}

test.each(['sqlite', 'postgres'] as const)(
  'two people change a module each on %s at once, get versions without a gap, and both files apply elsewhere',
  { timeout: 120_000 },
  async (flavour) => {
    bench = await teamBench(flavour, first);
    const [staging, ada, bob] = [await bench.copy('staging'), await bench.copy('ada'), await bench.copy('bob')];
    for (const copy of [staging, ada, bob]) {
      for (const name of ['shop', 'blog']) {
        const path = join(copy.folder, `modules/${name}/migrations/20260102T000000_${name}.sql`);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, moduleFile(`${name}_thing`));
      }
      expect(await copy.lockstep('up')).toMatchObject({ code: 0 });
    }
    const server = await bench.serve(staging);
    await bench.join(server, ada, 'ada@example.org', 'developer');
    await bench.join(server, bob, 'bob@example.org', 'developer');

    expect(await ada.lockstep('checkout', '--scope', 'module:shop', '-m', 'prices')).toMatchObject({ code: 0 });
    expect(await bob.lockstep('checkout', '--scope', 'module:blog', '-m', 'titles')).toMatchObject({ code: 0 });
    await ada.query('ALTER TABLE shop_thing ADD COLUMN price integer');
    await ada.query('CREATE TABLE shop_coupon (id integer NOT NULL PRIMARY KEY)');
    await bob.query('ALTER TABLE blog_thing ADD COLUMN title varchar(40)');

    // What belongs to another module, or to the project, is not ada's to change.
    await ada.query('ALTER TABLE blog_thing ADD COLUMN stray integer');
    await ada.query('ALTER TABLE orders ADD COLUMN stray integer');
    for (const args of [['--dry-run'], []]) {
      const refused = await ada.lockstep('checkin', ...args);
      expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('checkin.outside-scope') });
      expect(refused.stderr).toContain('blog_thing (of blog)');
      expect(refused.stderr).toContain("orders (the project's own)");
      expect(refused.stderr).not.toContain('shop_thing');
    }
    await ada.query('ALTER TABLE blog_thing DROP COLUMN stray');
    await ada.query('ALTER TABLE orders DROP COLUMN stray');

    const [one, two] = await Promise.all([ada.lockstep('checkin', '--json'), bob.lockstep('checkin', '--json')]);
    const [prices, titles] = [dataOf<CheckedIn>(one), dataOf<CheckedIn>(two)];
    expect([prices.version.number, titles.version.number].sort()).toEqual([1, 2]);
    expect([prices.version.module, titles.version.module]).toEqual(['shop', 'blog']);
    expect(prices.file).toMatch(/^modules\/shop\/migrations\//);
    expect(titles.file).toMatch(/^modules\/blog\/migrations\//);

    const bring = ({ folder }: Copy, file: string): void => copyFileSync(join(folder, file), join(staging.folder, file));
    bring(ada, prices.file);
    bring(bob, titles.file);
    expect(readdirSync(join(staging.folder, 'migrations'))).toHaveLength(1);
    expect(await staging.lockstep('up')).toMatchObject({ code: 0 });
    await staging.query('SELECT price FROM shop_thing');
    await staging.query('SELECT title FROM blog_thing');
    await staging.query('SELECT id FROM shop_coupon');
  },
);
