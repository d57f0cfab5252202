import { constants, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Driver } from '../contracts/index.ts';
import { isOrphan, ownedName } from './owner.ts';

/**
 * Puts an empty database into a folder by copying one that was prepared before, where the driver needs seconds to make one. It is
 * prepared once for each version of the library, beside the caches of the user, and put in place whole: several processes may do so at
 * once. Where nothing can be kept the driver makes its database itself.
 */
export async function fromTemplate(driver: Driver, folder: string): Promise<void> {
  if (driver.template === undefined) return;
  try {
    const copied = await prepared(driver, driver.template());
    cpSync(copied, folder, { recursive: true, mode: constants.COPYFILE_FICLONE });
  } catch {
    // No place for a cache, or one that is full.
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepared(driver: Driver, version: string): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'lockstep');
  const template = join(cache, version);
  if (existsSync(template)) return template;
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const prefix = `${version}-`;
  for (const name of readdirSync(cache)) if (isOrphan(name, prefix)) rmSync(join(cache, name), { recursive: true, force: true });
  const made = join(cache, ownedName(prefix));
  try {
    const connection = await driver.connect(
      { url: `${driver.schemes[0]}:${encodeURIComponent(made)}`, shown: made, base: cache },
      { label: 'lockstep template' },
    );
    await connection.close();
    renameSync(made, template);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(template)) throw error;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return template;
}
