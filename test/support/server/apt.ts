import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Installs packages of Debian, without what they only recommend. */
export async function aptInstall(...packages: readonly string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const wait = ['-o', 'DPkg::Lock::Timeout=120'];
  const install = [...wait, 'install', '-y', '--no-install-recommends', ...packages];
  const options = { env, timeout: 300_000, maxBuffer: 50_000_000 };
  try {
    await run('apt-get', install, options);
  } catch {
    // A new machine has no list of packages, or an old one.
    await run('apt-get', [...wait, 'update'], options);
    await run('apt-get', install, options);
  }
}
