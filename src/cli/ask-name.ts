import { held, type NameAnswer, type NameQuestion } from '../commands/index.ts';
import { untilEnd } from './ask.ts';
import type { Terminal } from './terminal.ts';

const later = -2;
const dropped = -1;

/** Asks what became of a table or column. What keeps the rows or values comes first; Esc, Ctrl-C and the end of input decide nothing. */
export async function askName(question: NameQuestion, terminal: Terminal): Promise<NameAnswer> {
  const { isCancel, select } = await import('@clack/prompts');
  const { bold, dim, red } = terminal.err;
  const { arrow } = terminal.err.sign;
  const { candidates, gone, kind } = question;
  const alike = (one: NameQuestion['candidates'][number]): string =>
    dim(`similarity ${one.similarity.toFixed(2)}${one.sameType && kind === 'column' ? ', same type' : ''}`);
  const answer = await untilEnd((signal) =>
    select<number>({
      output: process.stderr,
      signal,
      message: `${bold(gone)} is gone, and ${candidates.length === 1 ? 'something new looks' : 'new things look'} like it. What happened?`,
      initialValue: 0,
      options: [
        ...candidates.map((one, value) => ({
          value,
          label: `~ rename  ${one.rename.replace('→', arrow)}   keeps ${held(question)}   ${alike(one)}`,
        })),
        { value: dropped, label: `- drop ${gone} and create what is new   ${red(`LOSES ${held(question)}`)}` },
        { value: later, label: '  decide later' },
      ],
    }),
  );
  if (isCancel(answer) || answer === later) return undefined;
  return answer === dropped ? 'drop' : { candidate: answer };
}
