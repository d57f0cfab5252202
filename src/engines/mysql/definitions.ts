import type { Server } from '../../contracts/index.ts';
import type { Name, QualifiedName } from '../../schema/index.ts';
import { quote } from './quote.ts';
import { wordsOf } from './words.ts';

const kinds: ReadonlySet<string> = new Set(['TRIGGER', 'PROCEDURE', 'FUNCTION', 'EVENT']);

/** The CREATE statement with OR REPLACE in it. */
export function orReplace(definition: string, server: Server): string {
  const words = wordsOf(definition, server);
  const create = words.next();
  if (create.word !== 'CREATE' || words.peek().word === 'OR') return definition;
  return `${definition.slice(0, create.end)} OR REPLACE${definition.slice(create.end)}`;
}

/** The CREATE statement of a trigger, routine or event with another name in it. */
export function renamedDefinition(definition: string, to: QualifiedName, server: Server): string {
  const words = wordsOf(definition, server);
  while (!words.atEnd && !kinds.has(words.peek().word)) words.next();
  words.next();
  words.accept('IF', 'NOT', 'EXISTS');
  const first = words.next();
  const last = words.accept('.') ? words.next() : first;
  if (first.kind === 'end') return definition;
  return `${definition.slice(0, first.start)}${quote.name(to)}${definition.slice(last.end)}`;
}

/** Whether the text of a trigger reads or writes a column of the row that it is about. */
export function usesColumn(definition: string, column: Name): boolean {
  const rows = definition.matchAll(/\b(?:NEW|OLD)\s*\.\s*(?:`((?:[^`]|``)+)`|([\p{L}_$][\p{L}\p{N}_$]*))/giu);
  return [...rows].some(([, quoted, plain]) => (quoted?.replaceAll('``', '`') ?? plain)?.toLowerCase() === column.toLowerCase());
}
