import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { catalogue, type Failure, formatPlace, type Place } from '../../base/index.ts';
import type { Style } from '../terminal.ts';

/** A failure in the one shape: sentence, place with a frame, the engine's words, what remains, what helps, where to read more. */
export function showFailure(
  failure: Failure,
  style: Style,
  where: { readonly folder: string; readonly command?: string },
): readonly string[] {
  const { problems } = failure.details;
  if (problems !== undefined && problems.length > 1) return showMany(failure, problems, style, where);
  const { place, source, state, fix } = failure.details;
  const lines = [`${style.red(`${style.sign.fail} ${failure.code}`)}  ${failure.message}`];
  if (place !== undefined) lines.push(...frame(place, source ?? readSource(place, where.folder), style));
  lines.push(...causeOf(failure));
  if (state !== undefined) lines.push(...labelled('State', state));
  const fixes = fix ?? catalogue[failure.code].fix;
  for (const [i, one] of fixes.entries()) lines.push(`  ${i === 0 ? 'Fix:  ' : '      '}  ${forCommand(one, where.command)}`);
  lines.push(style.dim(`  Docs:   lockstep explain ${failure.code}`));
  return lines;
}

/** The catalogue speaks of any command; whoever is told wants to read their own. */
export function forCommand(fix: string, command: string | undefined): string {
  return command === undefined ? fix : fix.replaceAll('COMMAND', command);
}

/** What the engine said, where that is more than the sentence says already. */
function causeOf({ message, details: { engine } }: Failure): readonly string[] {
  if (engine === undefined) return [];
  const code = engine.code === undefined || engine.code === '' ? '' : ` (${engine.code})`;
  const said = message.includes(engine.message) && (code === '' || message.includes(engine.code ?? ''));
  return [
    ...(said ? [] : [`  Cause:  ${engine.message}${code}`]),
    ...(engine.detail === undefined ? [] : [`          ${engine.detail}`]),
    ...(engine.hint === undefined ? [] : [`          hint: ${engine.hint}`]),
  ];
}

function labelled(label: string, text: string): readonly string[] {
  return text.split('\n').map((line, i) => `  ${i === 0 ? `${label}:`.padEnd(6) : '      '}  ${line}`);
}

function showMany(
  failure: Failure,
  problems: readonly Failure[],
  style: Style,
  where: Parameters<typeof showFailure>[2],
): readonly string[] {
  const lines = [`${style.red(`${style.sign.fail} ${failure.code}`)}  ${failure.message}`];
  for (const problem of problems.slice(0, 20)) {
    const { place, source } = problem.details;
    lines.push('', `  ${style.red(problem.code)}  ${problem.message}`);
    if (place !== undefined) lines.push(...frame(place, source ?? readSource(place, where.folder), style));
    const [fix] = problem.details.fix ?? catalogue[problem.code].fix;
    if (fix !== undefined) lines.push(`  Fix:    ${forCommand(fix, where.command)}`);
  }
  if (problems.length > 20) lines.push('', `  … and ${problems.length - 20} more`);
  const { state } = failure.details;
  if (state !== undefined) lines.push('', ...labelled('State', state));
  lines.push(style.dim(`  Docs:   lockstep explain ${failure.code}`));
  return lines;
}

/** The line that is meant, the two before it, and a mark below the place. */
export function frame(place: Place, source: string | undefined, style: Style): readonly string[] {
  const head = `  ┌─ ${formatPlace(place)}`;
  const text = source?.split(/\r\n|\r|\n/);
  const meant = text?.[place.line - 1];
  if (text === undefined || meant === undefined || (place.line === 1 && place.column === 1 && text.length > 1)) return [head];
  const width = String(place.line).length;
  const lines = [head];
  for (let line = Math.max(1, place.line - 2); line <= place.line; line++) {
    lines.push(`${style.dim(`${String(line).padStart(width + 2)}│`)} ${harmless(clip(text[line - 1] ?? '', place.column))}`);
  }
  const before = clip(meant, place.column).slice(0, Math.max(0, Math.min(place.column - 1, 119)));
  lines.push(`${' '.repeat(width + 2)}${style.dim('│')} ${before.replace(/[^\t]/g, ' ')}${style.red('^')}`);
  return lines;
}

/** A file may hold characters that steer a terminal. */
function harmless(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are meant
  return line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\uFFFD');
}

/** Long lines are cut; what stands before the place stays. */
function clip(line: string, column: number): string {
  return line.length > 160 ? `${line.slice(0, Math.max(160, Math.min(column + 20, 400)))}…` : line;
}

function readSource(place: Place, folder: string): string | undefined {
  try {
    return readFileSync(isAbsolute(place.file) ? place.file : join(folder, place.file), 'utf8');
  } catch {
    // The place may be in a list handed over by code; without its text the place alone is shown.
    return undefined;
  }
}
