import type { TagReport } from '../../commands/index.ts';
import { columns, type Terminal } from '../terminal.ts';

/** What was named or taken away, in one line; without either the list of all tags. */
export function showTags({ tags, made, removed }: TagReport, terminal: Terminal): void {
  const { out } = terminal;
  const done = out.green(out.sign.ok);
  if (made !== undefined) terminal.print(`${done} ${made.name} is the state up to ${made.id}.`);
  else if (removed !== undefined) terminal.print(`${done} ${removed.name} is no tag any more; it stood for ${removed.id}.`);
  else if (tags.length === 0) terminal.print('There are no tags.');
  else {
    const rows = tags.map(({ name, id, lost }) => [`  ${name}`, id, ...(lost === true ? [out.red('no file has it')] : [])]);
    for (const line of columns(rows)) terminal.print(line);
  }
}
