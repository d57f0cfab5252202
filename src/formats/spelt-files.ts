import type { Change } from '../schema/index.ts';
import { fileGrammar } from './file-grammar.ts';
import { fileSpec, type WriteOptions, type WrittenDown } from './file-spec.ts';
import { iniText } from './ini-write.ts';
import { spelt } from './spelling-write.ts';
import { singular } from './xml-document.ts';
import { xmlLines } from './xml-write.ts';

/** A migration file in XML. */
export function xmlFile(changes: readonly Change[], down?: WrittenDown, options?: WriteOptions): string {
  const file = spelt(fileSpec(changes, down, options), fileGrammar, { key: singular, tagged: true, named: false });
  return `${xmlLines('migration', file, '').join('\n')}\n`;
}

/** A migration file in INI. */
export function iniFile(changes: readonly Change[], down?: WrittenDown, options?: WriteOptions): string {
  const keys = { key: (_list: string, position: number) => String(position + 1), tagged: false, named: true };
  return iniText(spelt(fileSpec(changes, down, options), fileGrammar, keys));
}
