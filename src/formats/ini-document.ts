import { document, type ReadText, type TextFile } from './document.ts';
import { fileGrammar } from './file-grammar.ts';
import { parseIni } from './ini-parse.ts';
import type { Style } from './spelling.ts';
import { understood } from './spelling-read.ts';

/** How INI writes lists: items are numbered, or go by their names. */
const iniStyle: Style = { items: () => [], isItem: (key) => /^\d{1,9}$/.test(key), numbered: true, named: true };

/** Reads a migration in INI: sections and keys with dots are the keys of the grammar. */
export function readIni(file: TextFile): ReadText {
  const { root, faults } = parseIni(file.text);
  if (faults.length > 0 || 'text' in root) return document(file, { root: undefined, faults });
  return document(file, understood(root, fileGrammar, iniStyle));
}
