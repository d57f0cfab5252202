import { type Key, type ObjectKind, type ObjectReference, parseName } from '../../schema/index.ts';

const part = '(?:"(?:[^"]|"")*"|[^./" ()]+)';
const name = `${part}(?:\\.${part})?`;
const shape = new RegExp(`^(\\w+) (?:(${name})/)?(${name})(?:\\((.*)\\))?$`, 's');

/** The reference behind a key of `keyOf`, or nothing for another text. */
export function readKey(key: Key): ObjectReference | undefined {
  const [, kind, owner, own, signature] = shape.exec(key) ?? [];
  if (kind === undefined || own === undefined) return undefined;
  return {
    kind: kind as ObjectKind,
    name: parseName(own),
    ...(owner === undefined ? {} : { on: parseName(owner) }),
    ...(signature === undefined ? {} : { arguments: signature }),
  };
}
