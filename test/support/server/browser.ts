import { aptInstall } from './apt.ts';
import { findProgram } from './keep.ts';

/** The path of a browser, or why there is none. */
export type FoundBrowser = { readonly path: string } | { readonly missing: string };

/** A Chromium of this machine; where there is none and root runs the tests, it is installed with apt-get first. */
export async function findBrowser(say: (line: string) => void): Promise<FoundBrowser> {
  const found = installedBrowser();
  if (found !== undefined) return { path: found };
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) return { missing: 'there is no Chromium on this machine' };
  say('installing Chromium with apt-get');
  try {
    await aptInstall('chromium');
  } catch (error) {
    return { missing: `apt-get could not install Chromium: ${((error as { stderr?: string }).stderr ?? String(error)).trim()}` };
  }
  const path = installedBrowser();
  return path === undefined ? { missing: 'apt-get installed Chromium, but there is no program of it' } : { path };
}

function installedBrowser(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome'].map((name) => findProgram(name)).find((path) => path !== undefined);
}
