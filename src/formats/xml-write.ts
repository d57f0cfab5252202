import { Failure } from '../base/index.ts';
import type { Spelt } from './spelling-write.ts';
import { nameOfKey } from './xml-name.ts';
import { forbiddenIn } from './xml-parse.ts';

/** How long a text may be to stand in an attribute. */
const widest = 100;

/** An element as lines of XML. Refuses texts with characters that XML cannot hold in any way. */
export function xmlLines(key: string, value: Spelt, indent: string): readonly string[] {
  const name = nameOfKey(key);
  if ('text' in value) return [`${indent}${textElement(name, spelling(value))}`];
  const attributes = value.isList ? [] : value.entries.filter((entry) => fitsAttribute(entry.value));
  const inside = value.entries.filter((entry) => !attributes.includes(entry));
  const head = [name, ...attributes.map((entry) => `${nameOfKey(entry.key)}="${attribute(entry.value)}"`)].join(' ');
  if (inside.length === 0) return [`${indent}<${head}/>`];
  return [`${indent}<${head}>`, ...inside.flatMap((entry) => xmlLines(entry.key, entry.value, `${indent}  `)), `${indent}</${name}>`];
}

function spelling({ text, quoted }: { readonly text: string; readonly quoted?: true }): string {
  const bad = forbiddenIn(text);
  if (bad === undefined) return quoted === true ? `'${text}'` : text;
  const code = (bad.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  throw new Failure('diff.refused', `XML cannot hold the character U+${code}, which stands in ${JSON.stringify(text.slice(0, 60))}`, {
    state: 'nothing was written',
    fix: ['--format yaml'],
  });
}

function fitsAttribute(value: Spelt): boolean {
  return 'text' in value && value.text.length <= widest && !/[\r\n]/.test(value.text);
}

function attribute(value: Spelt): string {
  const text = 'text' in value ? spelling(value) : '';
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replace(/[\t\r\n]/g, byNumber);
}

function textElement(name: string, text: string): string {
  if (text === '') return `<${name}/>`;
  const isLayout = /^[ \t\n]|[ \t\n]$/.test(text);
  // A carriage return would become a line feed; by number it stays.
  const needsSection = text.includes('\n') || isLayout || /[<&]/.test(text);
  if (needsSection && !/\r|\]\]>/.test(text)) return `<${name}><![CDATA[${text}]]></${name}>`;
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(']]>', ']]&gt;').replaceAll('\r', byNumber);
  return `<${name}>${escaped.replace(/^[ \t\n]+|[ \t\n]+$/g, (ends) => ends.replace(/[\s\S]/g, byNumber))}</${name}>`;
}

function byNumber(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
