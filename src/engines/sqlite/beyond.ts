import type { Beyond } from '../../contracts/index.ts';
import { reader, tokensOf } from './tokens.ts';

/** What a statement does beyond its database file: https://www.sqlite.org/lang_attach.html, https://www.sqlite.org/lang_vacuum.html#vacuuminto */
export function beyond(sql: string): Beyond | undefined {
  const read = reader(tokensOf(sql));
  if (read.accept('ATTACH')) return { what: 'attaches another database file', where: 'elsewhere' };
  if (!read.accept('VACUUM')) return undefined;
  const into = read.peek()?.upper === 'INTO' || read.peek(1)?.upper === 'INTO';
  return into ? { what: 'writes another database file', where: 'elsewhere' } : undefined;
}
