const secretParameters = /([?&][^=&]*(?:password|passwd|secret|token|key)[^=&]*=)[^&]*/gi;

/** The URL as it may be printed: without a password. */
export function withoutSecrets(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/?]*):[^/?]*@/i, '$1:***@').replace(secretParameters, '$1***');
}

/** Texts that must never be printed: the password of a URL, as written and as meant. */
export function secretsOf(url: string): readonly string[] {
  const written = /^[a-z][a-z0-9+.-]*:\/\/[^:@/?]*:([^/?]*)@/i.exec(url)?.[1];
  const parameters = [...url.matchAll(/[?&][^=&]*(?:password|passwd|secret|token|key)[^=&]*=([^&]*)/gi)].map((match) => match[1] ?? '');
  return [...(written === undefined ? [] : [written]), ...parameters].flatMap((secret) => {
    if (secret === '') return [];
    try {
      return [...new Set([secret, decodeURIComponent(secret)])];
    } catch {
      return [secret];
    }
  });
}
