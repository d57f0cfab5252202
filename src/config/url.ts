import { closest, Failure, withoutSecrets } from '../base/index.ts';
import type { Driver, Target } from '../contracts/index.ts';

/** The target of a URL and the driver for its scheme. Refuses a scheme that no driver has, and a URL that cannot be read. */
export function targetOf(url: string, base: string, drivers: readonly Driver[]): { readonly target: Target; readonly driver: Driver } {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url.trim())?.[1]?.toLowerCase();
  const schemes = drivers.flatMap((driver) => driver.schemes);
  if (scheme === undefined) {
    throw invalid('the database URL has no scheme such as "sqlite:" or "postgres:"', [
      `use one of ${schemes.map((one) => `${one}:`).join(' ')}`,
    ]);
  }
  const driver = drivers.find((candidate) => candidate.schemes.includes(scheme));
  if (driver === undefined) {
    const near = closest(scheme, schemes);
    const hint = near === undefined ? '' : `; did you mean "${near}:"?`;
    throw invalid(`no driver is known for "${scheme}:"${hint}`, [`use one of ${schemes.map((one) => `${one}:`).join(' ')}`]);
  }
  const text = url.trim();
  if (!isDecodable(text.split('?')[0] ?? '') || (driver.lock({ url: text, shown: '', base }).kind === 'server' && !isServerUrl(text))) {
    throw invalid(`the URL of the ${scheme} database cannot be read`, [
      'percent-encode what is special in it: @ is %40, : is %3A, / is %2F, # is %23, ? is %3F, % is %25',
    ]);
  }
  return { driver, target: { url: text, shown: withoutSecrets(text), base } };
}

/** The URL itself is not told: what cannot be read cannot be freed of its password either. */
function invalid(message: string, fix: readonly string[]): Failure {
  return new Failure('config.invalid-url', message, { state: 'nothing was connected', fix });
}

/** A password with a character that ends it would make one part of itself the host and another the database. */
function isServerUrl(url: string): boolean {
  const [, authority = '', rest = ''] = /^[a-z][a-z0-9+.-]*:(?:\/\/([^/?#]*))?(.*)$/is.exec(url) ?? [];
  const path = rest.split('?')[0] ?? '';
  if (authority.split('@').length > 2 || /[@#]/.test(path)) return false;
  return !url.includes('//') || URL.canParse(url);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
