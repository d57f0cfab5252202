import { closest, Failure, withoutSecrets } from '../base/index.ts';
import type { Driver, Target } from '../contracts/index.ts';

/** The target of a URL and the driver for its scheme. Refuses a scheme that no driver has, and a URL that cannot be read. */
export function targetOf(url: string, base: string, drivers: readonly Driver[]): { readonly target: Target; readonly driver: Driver } {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url.trim())?.[1]?.toLowerCase();
  const schemes = drivers.flatMap((driver) => driver.schemes);
  if (scheme === undefined) {
    throw new Failure('config.invalid-url', 'the database URL has no scheme such as "sqlite:" or "postgres:"', {
      state: 'nothing was connected',
    });
  }
  const driver = drivers.find((candidate) => candidate.schemes.includes(scheme));
  if (driver === undefined) {
    const near = closest(scheme, schemes);
    throw new Failure(
      'config.invalid-url',
      `no driver is known for "${scheme}:"${near === undefined ? '' : `; did you mean "${near}:"?`} Known are ${schemes.map((one) => `${one}:`).join(' ')}`,
      { state: 'nothing was connected' },
    );
  }
  if (/^[a-z]+:\/\//i.test(url) && driver.lock({ url, shown: '', base }).kind === 'server' && !URL.canParse(url)) {
    throw new Failure(
      'config.invalid-url',
      `the URL of the ${scheme} database cannot be read; percent-encode reserved characters in the user and the password`,
      {
        state: 'nothing was connected',
      },
    );
  }
  return { driver, target: { url: url.trim(), shown: withoutSecrets(url.trim()), base } };
}
