/** What a project gives for `<NAME>`; absent means that placeholders are not switched on and text is left alone. */
export type Placeholders = Readonly<Record<string, string>>;

const pattern = /<([A-Z][A-Z0-9_]*)>/g;

export interface Substituted {
  readonly text: string;
  /** Names without a value, with their offsets in the text before. */
  readonly missing: readonly { readonly name: string; readonly offset: number }[];
  /** The offset in the text before that an offset in the new text stems from. */
  origin(offset: number): number;
}

/** Replaces every `<NAME>` in capital letters by its value, everywhere in the text. */
export function substitute(text: string, values: Placeholders | undefined): Substituted {
  if (values === undefined || !text.includes('<')) return { text, missing: [], origin: (offset) => offset };
  const missing: { name: string; offset: number }[] = [];
  /** Offsets in the new text after which the distance to the old one is another. */
  const shifts: { readonly at: number; readonly shift: number }[] = [];
  let result = '';
  let last = 0;
  for (const match of text.matchAll(pattern)) {
    const name = match[1] ?? '';
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) {
      missing.push({ name, offset: match.index });
      continue;
    }
    result += text.slice(last, match.index) + value;
    last = match.index + match[0].length;
    shifts.push({ at: result.length, shift: last - result.length });
  }
  if (last === 0) return { text, missing, origin: (offset) => offset };
  result += text.slice(last);
  return {
    text: result,
    missing,
    origin: (offset) => {
      let shift = 0;
      for (const entry of shifts) {
        if (entry.at > offset) break;
        shift = entry.shift;
      }
      return offset + shift;
    },
  };
}
