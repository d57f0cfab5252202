import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

const cache = fileURLToPath(new URL('../../../node_modules/.cache/lockstep/', import.meta.url));

/**
 * Makes an empty PGlite database in a folder. Creating one takes seconds and copying a prepared one a tenth of a second, so one is
 * prepared for each version of PGlite and kept beside the installed packages.
 */
export async function emptyPglite(folder: string): Promise<void> {
  await cp(await prepared(), folder, { recursive: true });
}

async function prepared(): Promise<string> {
  const library = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = createRequire(import.meta.url)(join(dirname(library), '../package.json')) as { version: string };
  const template = join(cache, `pglite-${version}`);
  if (await exists(template)) return template;
  await mkdir(cache, { recursive: true });
  const made = await mkdtemp(`${template}-`);
  try {
    const database = await PGlite.create({ dataDir: made });
    await database.close();
    await rename(made, template);
  } catch (error) {
    // Another worker was faster.
    if (!(await exists(template))) throw error;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return template;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
