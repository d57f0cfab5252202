import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure, parseDuration } from '../base/index.ts';
import type { CommonOptions } from '../commands/index.ts';
import type { Parsed } from './argv.ts';

/** What the flags of every command say, as options of the commands. */
export function commonOptions(parsed: Parsed): CommonOptions {
  const value = (flag: string): string | undefined => parsed.value(flag);
  const folder = folderOf(parsed);
  const url = value('url') ?? urlFromFile(value('url-file'), folder);
  const lockTimeout = time(parsed, 'lock-timeout');
  const wait = time(parsed, 'wait');
  const [environment, dir, configFile, confirm] = [value('env'), value('dir'), value('config'), value('confirm')];
  return {
    cwd: folder,
    ...(url === undefined ? {} : { url }),
    ...(environment === undefined ? {} : { environment }),
    ...(dir === undefined ? {} : { dir }),
    ...(configFile === undefined ? {} : { configFile }),
    ...(parsed.has('module') ? { modules: parsed.values('module') } : {}),
    ...(parsed.has('exclude') ? { exclude: parsed.values('exclude') } : {}),
    ...(confirm === undefined ? {} : { confirm }),
    ...(lockTimeout === undefined ? {} : { lockTimeoutMs: lockTimeout }),
    ...(wait === undefined ? {} : { waitMs: wait }),
    ...(parsed.has('var') ? { variables: variables(parsed.values('var')) } : {}),
    ...(parsed.has('yes') || parsed.has('force') ? { yes: true } : {}),
  };
}

/** The folder to work in. */
export function folderOf(parsed: Parsed): string {
  return resolve(parsed.value('C') ?? '.');
}

function urlFromFile(file: string | undefined, folder: string): string | undefined {
  return file === undefined ? undefined : textOfFile('url-file', file, folder).trim();
}

/** What a file says that a flag names, or standard input with `-`. */
export function textOfFile(flag: string, file: string, folder: string): string {
  try {
    return readFileSync(file === '-' ? 0 : resolve(folder, file), 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('usage.invalid-value', `--${flag} ${file} cannot be read: ${why}`, {}, error);
  }
}

function time(parsed: Parsed, flag: string): number | undefined {
  const text = parsed.value(flag);
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined) throw new Failure('usage.invalid-value', `--${flag} takes a time such as 20s, 5m or 500ms, not "${text}"`);
  return ms;
}

function variables(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf('=');
      if (at < 1) throw new Failure('usage.invalid-value', `--var takes NAME=VALUE, not "${one}"`);
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );
}

/** A number that an argument must be. */
export function wholeNumber(text: string, what: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  throw new Failure('usage.invalid-value', `${what} takes a whole number above 0, not "${text}"`);
}

/** The argument that a command cannot do without. */
export function needed(parsed: Parsed, position: number, what: string): string {
  const given = parsed.arguments[position];
  if (given !== undefined && given !== '') return given;
  const { command } = parsed;
  throw new Failure(
    'usage.missing-argument',
    `\`lockstep ${command?.name}\` needs ${what}: lockstep ${command?.name} ${command?.takes ?? ''}`.trimEnd(),
    {
      fix: [`lockstep ${command?.name} --help`],
    },
  );
}

/** Refuses arguments that nobody would look at. */
export function atMost(parsed: Parsed, n: number): void {
  const extra = parsed.arguments[n];
  if (extra !== undefined) throw new Failure('usage.invalid-value', `\`lockstep ${parsed.command?.name}\` does not take "${extra}"`);
}
