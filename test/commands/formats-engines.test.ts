import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { convert, down, dump, up } from '../../src/commands/index.ts';
import { flavours } from '../support/database.ts';
import { workbench } from '../support/workbench.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/formats.md', import.meta.url)), 'utf8');

test.each(flavours)('on %s one table in all formats is one structure', async (flavour) => {
  const { options, project, drop } = await workbench(flavour, { 'package.json': '{ "type": "module" }' });
  // SQL is of one engine: it is what the engine's own words for the others are.
  const examples = [...page.matchAll(/^```(\w+) coupon\.\w+\n([\s\S]*?)^```$/gm)].filter(([, format]) => format !== 'sql');
  const maps = new Set<string>();
  for (const [, format = '', text = ''] of examples) {
    project.write(`migrations/001_coupon.${format}`, text);
    if (format === 'yaml') {
      const sql = await convert({ ...options, file: 'migrations/001_coupon.yaml', format: 'sql' });
      project.write('written.sql', sql.text);
    }
    await once();
    project.remove(`migrations/001_coupon.${format}`);
  }
  project.write('migrations/001_coupon.sql', project.read('written.sql'));
  await once();
  expect(examples).toHaveLength(6);
  expect([...maps]).toHaveLength(1);
  await drop();

  async function once(): Promise<void> {
    expect(await up(options)).toMatchObject({ done: [{}], failed: [] });
    maps.add((await dump({ ...options, format: 'yaml' })).text);
    await down({ ...options, yes: true });
  }
});
