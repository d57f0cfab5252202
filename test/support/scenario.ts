import type { Flavour } from './database.ts';
import { flavours } from './database.ts';

/** A fenced block of a scenario. */
export type Block =
  | { readonly kind: 'file'; readonly path: string; readonly text: string; readonly only: readonly Flavour[] }
  | {
      readonly kind: 'console';
      readonly calls: readonly Call[];
      readonly only: readonly Flavour[];
      readonly lines: readonly [from: number, to: number];
    }
  | {
      readonly kind: 'rows';
      readonly sql: string;
      readonly rows: readonly string[];
      readonly only: readonly Flavour[];
      /** It asks the second database, the live one. */
      readonly live: boolean;
      readonly lines: readonly [from: number, to: number];
    };

/** One command of a console block and what it must say. Lines for standard error begin with `2> `. */
export interface Call {
  readonly command: string;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  readonly exit: number;
}

/** A scenario in Markdown: files, commands with their output, and rows, one after another on an empty database. */
export interface Scenario {
  readonly title: string;
  readonly blocks: readonly Block[];
  /** Why it does not hold for a kind of database. */
  readonly skips: ReadonlyMap<Flavour, string>;
  /** It has a second database, which LIVE_URL names. */
  readonly live: boolean;
}

/** Reads a scenario. Refuses a block that it does not know, so that nothing is passed over by mistake. */
export function readScenario(markdown: string): Scenario {
  const lines = markdown.split('\n');
  const title = /^# (.+)$/m.exec(markdown)?.[1] ?? 'without a title';
  const blocks: Block[] = [];
  const skips = new Map<Flavour, string>();
  for (let at = 0; at < lines.length; at++) {
    const skip = /^> skip (\w+): (.+)$/.exec(lines[at] ?? '');
    if (skip !== null) skips.set(flavourOf(skip[1] ?? ''), skip[2] ?? '');
    const fence = /^```(\S*)(.*)$/.exec(lines[at] ?? '');
    if (fence === null) continue;
    const end = lines.indexOf('```', at + 1);
    blocks.push(readBlock(fence[1] ?? '', (fence[2] ?? '').trim(), lines.slice(at + 1, end), [at + 1, end]));
    at = end;
  }
  return { title, blocks, skips, live: markdown.includes('LIVE_URL') };
}

function readBlock(language: string, rest: string, body: readonly string[], lines: readonly [number, number]): Block {
  if (language === 'rows') {
    const live = rest.startsWith('live: ');
    return { kind: 'rows', sql: live ? rest.slice('live: '.length) : rest, rows: body, only: [], live, lines };
  }
  const words = rest.split(/\s+/).filter((word) => word !== '');
  if (language === 'console') return { kind: 'console', calls: readCalls(body), only: words.map(flavourOf), lines };
  const path = words.find((word) => word.startsWith('file:'))?.slice('file:'.length);
  if (path === undefined) throw new Error(`a block "${language} ${rest}" means nothing in a scenario`);
  const text = body.length === 0 ? '' : `${body.join('\n')}\n`;
  return { kind: 'file', path, text, only: words.filter((word) => !word.startsWith('file:')).map(flavourOf) };
}

function flavourOf(word: string): Flavour {
  const found = flavours.find((flavour) => flavour === word);
  if (found === undefined) throw new Error(`"${word}" is no kind of database`);
  return found;
}

function readCalls(body: readonly string[]): readonly Call[] {
  const calls: { command: string; stdout: string[]; stderr: string[]; exit: number }[] = [];
  for (const line of body) {
    const call = calls.at(-1);
    if (line.startsWith('$ ')) calls.push({ command: line.slice(2), stdout: [], stderr: [], exit: 0 });
    else if (call === undefined) throw new Error(`"${line}" stands before the first command`);
    else if (/^\[exit \d+\]$/.test(line)) call.exit = Number(line.slice(6, -1));
    else if (line.startsWith('2> ') || line === '2>') call.stderr.push(line.slice(3));
    else call.stdout.push(line);
  }
  return calls;
}

/** Whether text has the lines that are wanted: `…` stands for anything, a line of `…` alone for any number of lines. */
export function matches(wanted: readonly string[], got: string): boolean {
  const pattern = wanted.map((line) => (line === '…' ? '(?:.*\\n)*?' : `${line.split(/ *… */).map(escaped).join('.*')}\\n`)).join('');
  return new RegExp(`^${pattern}$`).test(got === '' || got.endsWith('\n') ? got : `${got}\n`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** What was said, with everything that differs from run to run as `…`, for writing a scenario down. */
export function written(text: string, databases: readonly { readonly url: string }[]): readonly string[] {
  const own = [...databases.map(({ url }) => url), ...databases.map(({ url }) => url.split('/').at(-1) ?? '')];
  return own
    .reduce((said, name) => said.replaceAll(name, '…'), text.replace(/\n$/, ''))
    .replace(/\b(SQLite|PostgreSQL|MariaDB|PGlite) [\d.]+\S*/g, '…')
    .replace(/\b\d+(\.\d+)? (ms|s)\b/g, '…')
    .replace(/\b\d{8}T\d{6}/g, '…')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…')
    .replace(/(failed at statement \d+ of \d+|a check does not hold): .*/g, '$1: …')
    .replace(/^ {2}Cause: .*(\n {10}\S.*)*/gm, '…')
    .replace(/(nothing of it remains): .*/g, '$1: …')
    .replace(/it gives \w+/g, 'it gives …')
    .split('\n')
    .filter((_line, _i, all) => !(all.length === 1 && all[0] === ''));
}
