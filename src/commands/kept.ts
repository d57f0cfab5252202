import { Failure } from '../base/index.ts';

/** The parts of an installer that are written by hand, with the lines that mark them, before and behind what is generated. */
export interface Kept {
  readonly before: readonly string[];
  readonly behind: readonly string[];
}

const marks = /^[ \t]*--[ \t]*lockstep:(keep|end-keep)[ \t]*$/;

/** Where there is no installer yet: room for what is written by hand. */
export const emptyKept: Kept = { before: [], behind: ['-- lockstep:keep\n-- lockstep:end-keep\n'] };

/** Whether a file says what of it is kept. */
export function hasMarks(text: string): boolean {
  return text.split(/\r?\n/).some((line) => marks.test(line));
}

/**
 * Finds what stands between `-- lockstep:keep` and `-- lockstep:end-keep`, with these lines, as it is. What comes before the first
 * statement of the generated part stays there. Refuses marks that do not pair.
 */
export function readKept(text: string, file: string): Kept {
  const [before, behind]: [string[], string[]] = [[], []];
  let isBefore = true;
  let open: { readonly lines: string[]; readonly line: number } | undefined;
  for (const [i, line] of text.split('\n').entries()) {
    const mark = marks.exec(line.replace(/\r$/, ''))?.[1];
    if (mark === (open === undefined ? 'end-keep' : 'keep')) throw unpaired(mark, file, i + 1);
    if (mark === 'keep') open = { lines: [line], line: i + 1 };
    else if (open === undefined) isBefore &&= /^\s*(--.*)?$/.test(line);
    else open.lines.push(line);
    if (mark !== 'end-keep' || open === undefined) continue;
    (isBefore ? before : behind).push(open.lines.map((one) => `${one}\n`).join(''));
    open = undefined;
  }
  if (open !== undefined) throw unpaired('keep', file, open.line);
  return { before, behind };
}

function unpaired(mark: string, file: string, line: number): Failure {
  return new Failure('migration.invalid', `"lockstep:${mark}" stands alone: each "keep" has one "end-keep" behind it`, {
    place: { file, line, column: 1 },
    state: 'nothing was written',
  });
}

/** What an installer in SQL says of itself, and its parts. */
export interface InstallerText {
  readonly module: string;
  readonly covers: string;
  readonly requires: readonly string[];
  /** Lines for whoever reads it. */
  readonly notes: readonly string[];
  readonly up: string;
  /** The way back of what is generated; left out where the hand-written part begins sections of its own. */
  readonly down: string | undefined;
}

/** The text of an installer in SQL. The same structure and the same hand-written part give the same text. */
export function installerText({ module, covers, requires, notes, up, down }: InstallerText, { before, behind }: Kept): string {
  const hasSections = [...before, ...behind].some((one) => /^[ \t]*--[ \t]*lockstep:(up|down|verify)\b/m.test(one));
  return [
    `-- lockstep:installer covers=${covers}\n`,
    ...(requires.length === 0 ? [] : [`-- lockstep:requires ${requires.join(', ')}\n`]),
    `-- Written by \`lockstep dump --module ${module}\`, which keeps only what stands between lockstep:keep and lockstep:end-keep.\n`,
    ...notes.map((note) => `-- ${note.replace(/\s+/g, ' ')}\n`),
    '-- lockstep:up\n',
    ...before,
    up,
    ...behind,
    ...(down === undefined || hasSections ? [] : [`-- lockstep:down\n${down}`]),
  ].join('');
}
