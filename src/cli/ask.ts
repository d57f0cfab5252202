import type { Question } from '../commands/index.ts';
import type { Terminal } from './terminal.ts';

/** Asks on the terminal. Enter, Esc, Ctrl-C and the end of input mean No. */
export async function askPerson(question: Question, terminal: Terminal): Promise<boolean> {
  const { confirm, isCancel, text } = await import('@clack/prompts');
  for (const loss of question.losses) terminal.note(`  ${terminal.err.red('-')} LOSES ${loss}`);
  return untilEnd(async (signal) => {
    const common = { output: process.stderr, signal };
    if (question.type === undefined) return (await confirm({ ...common, message: question.text, initialValue: false })) === true;
    const typed = await text({ ...common, message: `${question.text} Type ${question.type} to go on:` });
    return !isCancel(typed) && typed === question.type;
  });
}

interface Key {
  readonly ctrl?: boolean;
  readonly name?: string;
}

/** Lets prompts be given up when the input ends or Ctrl-D says so, which they themselves would wait behind for ever. */
export async function untilEnd<T>(prompt: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { stdin, stderr } = process;
  // A terminal that has not been told its size says 0, and the prompts would set one letter below the other and hide what may be chosen.
  if (!(stderr.columns > 0)) stderr.columns = 80;
  if (!(stderr.rows > 0)) stderr.rows = 24;
  const end = new AbortController();
  const abort = (): void => end.abort();
  const onKey = (_text: string | undefined, key: Key | undefined): void => {
    if (key?.ctrl === true && key.name === 'd') abort();
  };
  stdin.once('end', abort);
  stdin.on('keypress', onKey);
  try {
    return await prompt(end.signal);
  } finally {
    stdin.off('end', abort);
    stdin.off('keypress', onKey);
  }
}
