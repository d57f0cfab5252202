import { document, type ParsedText, type ReadText, type TextFile } from './document.ts';
import { fileGrammar } from './file-grammar.ts';
import type { Style } from './spelling.ts';
import { understood } from './spelling-read.ts';
import { parseXml } from './xml-parse.ts';

/** How XML writes lists: an item is called by the singular of its list, or just `item`. */
export const xmlStyle: Style = {
  items: (list) => [singular(list), 'item'],
  isItem: (key, list) => key === 'item' || key === singular(list),
  numbered: false,
  named: false,
};

/** `column` of `columns`, `index` of `indexes`; `item` where a list has no plural. */
export function singular(list: string): string {
  const found = /^(.+?)(?:(?<=x)es|(?<!s)s)$/.exec(list)?.[1];
  return found ?? 'item';
}

/** Reads a migration in XML: the element `migration`, in which attributes and elements are the keys of the grammar. */
export function readXml(file: TextFile): ReadText {
  return document(file, located(file.text));
}

function located(text: string): ParsedText {
  const { root, fault } = parseXml(text);
  if (fault !== undefined) return { root: undefined, faults: [fault] };
  if (root === undefined) return { root: undefined, faults: [] };
  if (root.key !== 'migration')
    return { root: undefined, faults: [{ offset: root.keyAt, message: `the root element is <migration>, not <${root.key}>` }] };
  return understood(root.raw, fileGrammar, xmlStyle);
}
