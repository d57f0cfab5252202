import type { Digest, RandomHex } from '../../base/index.ts';

const prefix = 'lsk';

/** A new key: its public name, and the whole that its owner keeps, 256 random bits behind the name. */
export function newKey(random: RandomHex): { readonly key: string; readonly secret: string } {
  const key = `${prefix}_${random(6)}`;
  return { key, secret: `${key}_${random(32)}` };
}

/** The public name of a key; nothing where a text is no key. */
export function keyName(secret: string): string | undefined {
  return /^(lsk_[0-9a-f]{12})_[0-9a-f]{64}$/.exec(secret)?.[1];
}

/** By what a key is known again. No slow hash is needed: 256 random bits cannot be guessed. */
export function hashOf(secret: string, digest: Digest): string {
  return digest(secret);
}
