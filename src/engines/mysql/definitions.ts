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

const schedule = String.raw`AT '[^']*'|EVERY (?:'[^']*'|\d+) \w+(?: STARTS '[^']*')?(?: ENDS '[^']*')?`;
const event = new RegExp(
  String.raw`CREATE (DEFINER=\S+ )?EVENT (\S+) ON SCHEDULE (${schedule})( ON COMPLETION PRESERVE)?( DISABLE(?: ON \w+)?)?( COMMENT '(?:[^'\\]|''|\\.)*')? (DO .*)$`,
  's',
);

/**
 * The statement that makes one event into another that runs at the same times, counted from when it began; nothing where it does not, or
 * where either is not written as it is read.
 */
export function alteredEvent(before: string, after: string): string | undefined {
  const [was, is] = [event.exec(before), event.exec(after)];
  if (was === null || is === null || was[2] !== is[2] || was[3] !== is[3]) return undefined;
  const [, definer = '', name, , preserve = ' ON COMPLETION NOT PRESERVE', state = ' ENABLE', comment = " COMMENT ''", body] = is;
  return `ALTER ${definer}EVENT ${name}${preserve}${state}${comment} ${body}`;
}

/** Whether the text of a trigger reads or writes a column of the row that it is about. */
export function usesColumn(definition: string, column: Name): boolean {
  const rows = definition.matchAll(/\b(?:NEW|OLD)\s*\.\s*(?:`((?:[^`]|``)+)`|([\p{L}_$][\p{L}\p{N}_$]*))/giu);
  return [...rows].some(([, quoted, plain]) => (quoted?.replaceAll('``', '`') ?? plain)?.toLowerCase() === column.toLowerCase());
}
