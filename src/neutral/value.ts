/** Values as one text, whatever engine they come from: equal values have equal texts. A text that is no such value gives nothing. */

/** A decimal without an exponent and without zeros that say nothing: `1.50` and `15e-1` are `1.5`. */
export function decimalText(text: string): string | undefined {
  const [, sign = '', whole = '', part = '', exponent = '0'] = /^([-+]?)(\d*)(?:\.(\d*))?(?:e([-+]?\d+))?$/i.exec(text.trim()) ?? [];
  if (whole === '' && part === '') return /^(nan|-?infinity)$/i.test(text) ? text : undefined;
  const shift = Number(exponent);
  const digits = `${whole}${part}`;
  const point = whole.length + shift;
  const padded = point < 0 ? digits.padStart(digits.length - point, '0') : digits.padEnd(point, '0');
  const at = Math.max(point, 0);
  const before = padded.slice(0, at).replace(/^0+(?=\d)/, '') || '0';
  const behind = padded.slice(at).replace(/0+$/, '');
  const number = behind === '' ? before : `${before}.${behind}`;
  return number === '0' ? '0' : `${sign === '-' ? '-' : ''}${number}`;
}

/** A binary fraction by the shortest text that gives it back; of 32 bits it is the text of the value, not of what was typed. */
export function floatText(text: string, bits: 32 | 64): string | undefined {
  if (/^(nan|-?infinity)$/i.test(text)) return text;
  const number = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(number)) return undefined;
  const exact = bits === 32 ? Math.fround(number) : number;
  return Object.is(exact, -0) ? '-0' : String(exact);
}

/**
 * A date with a time, `2020-02-29 12:00:00.5`. With `zone` it is that of UTC, and an offset in the text is reckoned in; without one an
 * offset is refused. Infinity and years before Christ stay as PostgreSQL writes them.
 */
export function momentText(text: string, zone: boolean): string | undefined {
  if (/^-?infinity$/i.test(text)) return text.toLowerCase();
  const match = /^(\d{4,})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d*))?)?)?( ?(?:Z|[-+]\d\d(?::?\d\d)?))?( BC)?$/i.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '', offset = '', era = ''] = match;
  const behind = fraction.replace(/0+$/, '');
  const tail = `${behind === '' ? '' : `.${behind}`}${era}`;
  const minutes = offsetMinutes(offset.trim());
  if (offset !== '' && !zone) return undefined;
  if (minutes === 0) return `${year}-${month}-${day} ${hour}:${minute}:${second}${tail}`;
  const moved = new Date(0);
  moved.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  moved.setUTCHours(Number(hour), Number(minute) - minutes, Number(second));
  return `${moved.toISOString().slice(0, 19).replace('T', ' ')}${tail}`;
}

function offsetMinutes(offset: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([-+])(\d\d):?(\d\d)?$/.exec(offset) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** A time of day, `12:00:00.5`. */
export function timeText(text: string): string | undefined {
  const [, sign = '', hour, minute = '', second = '00', fraction = ''] = /^(-?)(\d{2,3}):(\d\d)(?::(\d\d)(?:\.(\d*))?)?$/.exec(text) ?? [];
  const behind = fraction.replace(/0+$/, '');
  return hour === undefined ? undefined : `${sign}${hour}:${minute}:${second}${behind === '' ? '' : `.${behind}`}`;
}

/** JSON with sorted keys, the last of equal ones, without white space, numbers as decimals: what any engine's JSON keeps. */
export function canonicalJsonText(text: string): string | undefined {
  const place = { at: 0 };
  try {
    const result = readJson(text, place);
    skip(text, place);
    return place.at === text.length ? result : undefined;
  } catch (error) {
    // An escape in a string that JSON does not have.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

interface Place {
  at: number;
}

function skip(text: string, place: Place): void {
  while (/\s/.test(text[place.at] ?? '')) place.at++;
}

function readJson(text: string, place: Place): string | undefined {
  skip(text, place);
  const first = text[place.at];
  if (first === '{' || first === '[') return readGroup(text, place, first);
  const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;
  token.lastIndex = place.at;
  const [found] = token.exec(text) ?? [];
  if (found === undefined) return undefined;
  place.at += found.length;
  if (found.startsWith('"')) return JSON.stringify(JSON.parse(found));
  return /^[-\d]/.test(found) ? decimalText(found) : found;
}

function readGroup(text: string, place: Place, open: '{' | '['): string | undefined {
  const close = open === '{' ? '}' : ']';
  const parts = new Map<string, string>();
  place.at++;
  skip(text, place);
  if (text[place.at] === close) {
    place.at++;
    return open + close;
  }
  for (let n = 0; ; n++) {
    const key = open === '{' ? readJson(text, place) : String(n);
    if (key === undefined) return undefined;
    if (open === '{') {
      skip(text, place);
      if (text[place.at++] !== ':') return undefined;
    }
    const value = readJson(text, place);
    if (value === undefined) return undefined;
    parts.set(key, value);
    skip(text, place);
    const next = text[place.at++];
    if (next === close) break;
    if (next !== ',') return undefined;
  }
  if (open === '[') return `[${[...parts.values()].join(',')}]`;
  const keys = [...parts.keys()].sort();
  return `{${keys.map((key) => `${key}:${parts.get(key) ?? ''}`).join(',')}}`;
}
