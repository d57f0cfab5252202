import { createColors } from 'picocolors';
import type { Parsed } from './argv.ts';

type Paint = (text: string) => string;

/** How something is said on one of the two streams: colours and signs as far as it can show them. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly cyan: Paint;
  readonly sign: {
    readonly ok: string;
    readonly fail: string;
    readonly open: string;
    readonly warn: string;
    readonly arrow: string;
    readonly wait: string;
  };
}

/** The two streams of the program. `out` is for the answer, `err` for everything else. */
export interface Terminal {
  readonly out: Style;
  readonly err: Style;
  readonly width: number;
  readonly quiet: boolean;
  readonly verbose: number;
  /** A person can be asked. */
  readonly interactive: boolean;
  /** Standard error is a terminal: a line may be rewritten. */
  readonly live: boolean;
  print(text: string): void;
  note(text: string): void;
}

const unicodeSigns = { ok: '✔', fail: '✖', open: '○', warn: '⚠', arrow: '→', wait: '⏳' };
const asciiSigns = { ok: 'ok', fail: 'FAIL', open: '..', warn: '!', arrow: '->', wait: '..' };

export function openTerminal(parsed: Parsed, redact: (text: string) => string): Terminal {
  const { env, stdin, stdout, stderr } = process;
  const json = parsed.has('json');
  const ascii = parsed.has('ascii') || !speaksUnicode(env);
  const style = (isTerminal: boolean): Style => {
    const colours = createColors(!json && usesColour(parsed, env, isTerminal));
    const { bold, dim, red, green, yellow, cyan } = colours;
    return { bold, dim, red, green, yellow, cyan, sign: ascii ? asciiSigns : unicodeSigns };
  };
  const automatic = json || parsed.has('no-input') || (env['CI'] ?? '') !== '';
  const plain = ascii ? toAscii : (text: string): string => text;
  return {
    out: style(stdout.isTTY === true),
    err: style(stderr.isTTY === true),
    width: Math.max(40, stdout.columns ?? 100),
    quiet: parsed.has('quiet') || json,
    verbose: parsed.values('verbose').length,
    interactive: !automatic && stdin.isTTY === true && stderr.isTTY === true,
    live: !automatic && stderr.isTTY === true && env['TERM'] !== 'dumb',
    print: (text) => void stdout.write(`${plain(redact(text))}\n`),
    note: (text) => void stderr.write(`${plain(redact(text))}\n`),
  };
}

/** https://no-color.org: any non-empty NO_COLOR; FORCE_COLOR and the flags win over what the stream is. */
function usesColour(parsed: Parsed, env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (parsed.has('no-color') || parsed.value('color') === 'never') return false;
  if (parsed.value('color') === 'always') return true;
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}

function speaksUnicode(env: NodeJS.ProcessEnv): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return process.platform === 'win32' || locale === '' || /utf-?8/i.test(locale);
}

function toAscii(text: string): string {
  return text
    .replace(/[│┌└─]/g, (line) => ({ '│': '|', '┌': '+', '└': '+', '─': '-' })[line] ?? line)
    .replaceAll('…', '...')
    .replaceAll('·', '-')
    .replaceAll('–', '-')
    .replaceAll('→', '->')
    .replaceAll(' ', ' ');
}

/** Three significant digits: `12 ms`, `1.24 s`, `4 m 09 s`. */
export function duration(ms: number): string {
  if (ms < 10) return `${ms < 1 ? ms.toFixed(2) : ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toPrecision(3)} s`;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return hours > 0 ? `${hours} h ${two(minutes)} m` : `${minutes} m ${two(rest)} s`;
}

/** `2 days ago`, from RFC 3339 text. */
export function ago(at: string, now: Date): string {
  const seconds = (now.getTime() - Date.parse(at)) / 1000;
  if (Number.isNaN(seconds)) return at;
  if (seconds < 60) return 'just now';
  const steps: readonly (readonly [number, string])[] = [
    [86_400 * 365, 'year'],
    [86_400 * 30, 'month'],
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ];
  const [size, unit] = steps.find(([length]) => seconds >= length) ?? [60, 'minute'];
  const n = Math.floor(seconds / size);
  return `${n} ${unit}${n === 1 ? '' : 's'} ago`;
}

/** Rows with columns that begin at the same place; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[], gap = '  '): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, visible(cell));
  }
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell + ' '.repeat((widths[i] ?? 0) - visible(cell))))
      .join(gap)
      .trimEnd(),
  );
}

function visible(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  return text.replace(/\u001b\[\d+m/g, '').length;
}
