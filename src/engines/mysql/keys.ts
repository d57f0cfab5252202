import type { Key, Name } from '../../schema/index.ts';

/** What a key names: `table users`, `table users (columns)`, `trigger audit.users/log`. */
export interface KeyParts {
  readonly kind: string;
  /** The database, where it is not the connection's own. */
  readonly schema: Name | undefined;
  /** The table of a trigger. */
  readonly on: Name | undefined;
  readonly name: Name;
  /** A part of a table, or the signature of a routine. */
  readonly part: string | undefined;
}

/** Takes a key apart again; the opposite of `keyOf` as far as this engine's objects go. */
export function keyParts(key: Key): KeyParts {
  const space = key.indexOf(' ');
  const [kind, rest] = [key.slice(0, space), key.slice(space + 1)];
  const names: Name[][] = [[]];
  for (const match of rest.matchAll(/"((?:[^"]|"")*)"|([^./"() ]+)|([/(])/g)) {
    const [, quoted, plain, mark] = match;
    if (mark === '(') break;
    if (mark === '/') names.push([]);
    else names.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
  }
  const own = names.at(-1) ?? [];
  const owner = names.length > 1 ? names[0] : undefined;
  const schema = (owner ?? own).length > 1 ? (owner ?? own)[0] : undefined;
  const part = / ?\(([^()"]*)\)$/.exec(rest)?.[1];
  return { kind, schema, on: owner?.at(-1), name: own.at(-1) ?? '', part };
}
