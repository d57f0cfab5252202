import type { Spelt } from './spelling-write.ts';

/** A file of INI: what belongs to the file, then a section for each change. */
export function iniText(file: Spelt): string {
  const entries = 'entries' in file ? file.entries : [];
  const isSections = (value: Spelt): boolean => 'entries' in value && value.isTagged;
  const own = entries.filter(({ value }) => !isSections(value)).flatMap(({ key, value }) => lines(segment(key), value));
  const sections = entries.filter(({ value }) => isSections(value)).flatMap(({ key, value }) => sectionsOf(segment(key), value));
  return `${[...(own.length === 0 ? [] : [own.join('\n')]), ...sections].join('\n\n')}\n`;
}

/** The sections of a list of changes; the kind of a change is part of the section's name where it has more to say than one value. */
function sectionsOf(path: string, list: Spelt): readonly string[] {
  if (!('entries' in list)) return [];
  return list.entries.map(({ key, value }) => {
    const [change] = 'entries' in value ? value.entries : [];
    if (change === undefined) return '';
    const kind = segment(change.key);
    if ('text' in change.value) return [`[${path}.${key}]`, ...lines(kind, change.value)].join('\n');
    return [`[${path}.${key}.${kind}]`, ...change.value.entries.flatMap((one) => lines(segment(one.key), one.value))].join('\n');
  });
}

function lines(path: string, value: Spelt): readonly string[] {
  if ('text' in value) {
    const text = written(value);
    return [text === '' ? `${path} =` : `${path} = ${text}`];
  }
  return value.entries.flatMap((entry) => lines(`${path}.${segment(entry.key)}`, entry.value));
}

function segment(key: string): string {
  return /^[\p{L}\p{N}_$@-]+$/u.test(key) ? key : inQuotes(key);
}

/** Control characters, line ends of other systems and halves of characters only stand in quotes, by their number. */
const unseen = /[^\n\t\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/gu;

function written({ text, quoted }: { readonly text: string; readonly quoted?: true }): string {
  const isSeen = text.search(unseen) < 0;
  if (text.includes('\n') && isSeen && !/^[ \t]*"""[ \t]*$/m.test(text)) return `"""\n${text}\n"""`;
  const isPlain = isSeen && quoted !== true && !/[\n\t]|^[ "]|[ \\]$|(?:^| )[;#]/.test(text);
  return isPlain ? text : inQuotes(text);
}

function inQuotes(text: string): string {
  return JSON.stringify(text).replace(unseen, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
