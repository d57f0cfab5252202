import type { Question } from '../commands/index.ts';
import type { Terminal } from './terminal.ts';

/** Asks on the terminal. Enter, Esc, Ctrl-C and the end of input mean No. */
export async function askPerson(question: Question, terminal: Terminal): Promise<boolean> {
  const { confirm, isCancel, text } = await import('@clack/prompts');
  for (const loss of question.losses) terminal.note(`  ${terminal.err.red('-')} LOSES ${loss}`);
  if (question.type === undefined) {
    const answer = await confirm({ message: question.text, initialValue: false, output: process.stderr });
    return answer === true;
  }
  const typed = await text({ message: `${question.text} Type ${question.type} to go on:`, output: process.stderr });
  return !isCancel(typed) && typed === question.type;
}
