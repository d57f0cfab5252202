// https://www.w3.org/TR/xml/#NT-NameStartChar, without the colon, which is kept for prefixes.
const start =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\u{10000}-\\u{EFFFF}';
const inner = `${start}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040`;

/** A name of XML at a position, with or without a prefix. */
export const xmlName: RegExp = new RegExp(`[${start}][${inner}]*(?::[${start}][${inner}]*)?`, 'uy');

const first = new RegExp(`[${start}]`, 'u');
const later = new RegExp(`[${inner}]`, 'u');

/**
 * A key as a name of XML. What a name cannot hold is written `_xHHHH_`, its number in Unicode, as SQL/XML (ISO 9075-14) does with the
 * identifiers of SQL.
 */
export function nameOfKey(key: string): string {
  const marked = key.replace(/_(?=x(?:[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6})_)/g, '_x005F_');
  // Names that begin so belong to XML itself.
  const own = /^xml/i.test(marked) ? `${byCode(marked[0] ?? '')}${marked.slice(1)}` : marked;
  return Array.from(own, (character, i) => ((i === 0 ? first : later).test(character) ? character : byCode(character))).join('');
}

/** The key that such a name stands for. */
export function keyOfName(name: string): string {
  return name.replace(/_x([0-9A-Fa-f]{4}|[0-9A-Fa-f]{6})_/g, (whole, digits: string) => {
    const code = Number.parseInt(digits, 16);
    return code > 0x10ffff ? whole : String.fromCodePoint(code);
  });
}

function byCode(character: string): string {
  const digits = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `_x${digits.padStart(digits.length > 4 ? 6 : 4, '0')}_`;
}
