import type { DiffOptions, RenamePolicy } from '../commands/index.ts';
import type { Parsed } from './argv.ts';
import type { Terminal } from './terminal.ts';

/** What the flags say of names, and how a person is asked about them. */
export function renaming(parsed: Parsed, terminal: Terminal): Pick<DiffOptions, 'rename' | 'drop' | 'renames' | 'choose'> {
  return {
    rename: parsed.values('rename'),
    drop: parsed.values('drop'),
    renames: (parsed.value('renames') ?? 'ask') as RenamePolicy,
    ...(terminal.interactive ? { choose: (question) => import('./ask-name.ts').then(({ askName }) => askName(question, terminal)) } : {}),
  };
}
