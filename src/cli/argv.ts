import { parseArgs } from 'node:util';
import { closest, Failure } from '../base/index.ts';
import { commands } from './commands.ts';
import { globalFlags } from './flags.ts';
import type { Command, Flag } from './spec.ts';

/** A command line that was understood. */
export interface Parsed {
  readonly command: Command | undefined;
  readonly arguments: readonly string[];
  has(flag: string): boolean;
  /** The value of a flag; the last one wins. */
  value(flag: string): string | undefined;
  values(flag: string): readonly string[];
}

/** Reads a command line. Flags may stand before and after the command. Refuses what it does not know, with the nearest name. */
export function parseCommandLine(argv: readonly string[]): Parsed {
  // Where a command gives a flag of all another meaning, what comes behind it is none of its arguments for certain only later.
  const everything = [...commands.flatMap((command) => command.flags), ...globalFlags];
  const rough = parse(argv, everything, false);
  const [name] = rough.positionals;
  const command = name === undefined ? undefined : findCommand(name);
  const known = command === undefined ? globalFlags : [...globalFlags, ...command.flags];
  const { values, positionals } = parse(argv, known, true, command?.name);
  const all = (flag: string): readonly string[] => {
    const value = values[flag];
    return value === undefined ? [] : (Array.isArray(value) ? value : [value]).map(String);
  };
  for (const flag of known) checkChoices(flag, all(flag.name), command?.name);
  return {
    command,
    arguments: positionals.slice(1).map(unguarded),
    has: (flag) => values[flag] !== undefined,
    value: (flag) => all(flag).at(-1),
    values: all,
  };
}

function findCommand(name: string): Command {
  const found = commands.find((command) => command.name === name || command.aliases?.includes(name));
  if (found !== undefined) return found;
  const near = closest(
    name,
    commands.flatMap((command) => [command.name, ...(command.aliases ?? [])]),
  );
  throw new Failure('usage.unknown-command', `there is no command "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`, {
    fix: [near === undefined ? 'lockstep --help' : `lockstep ${near}`],
  });
}

function parse(argv: readonly string[], known: readonly Flag[], strict: boolean, command?: string): ReturnType<typeof parseArgs> {
  const options = Object.fromEntries(
    known.map((flag) => [
      flag.name,
      {
        type: flag.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(flag.short === undefined ? {} : { short: flag.short }),
        multiple: flag.repeatable === true,
      },
    ]),
  );
  try {
    return parseArgs({ args: argv.map((argument) => withBareValue(argument, known)), options, strict, allowPositionals: true });
  } catch (error) {
    throw usageFailure(error, known, command);
  }
}

/** A number with a minus is an argument (`to -2`), a flag gets its own name, and one that may stand alone the value that this means. */
function withBareValue(argument: string, known: readonly Flag[]): string {
  if (/^-\d+$/.test(argument)) return `\u0000${argument}`;
  const flag = known.find(({ name, aliases = [] }) => [name, ...aliases].some((one) => argument === `--${one}`));
  return flag === undefined ? argument : `--${flag.name}${flag.bare === undefined ? '' : `=${flag.bare}`}`;
}

function unguarded(argument: string): string {
  return argument.startsWith('\u0000') ? argument.slice(1) : argument;
}

function checkChoices(flag: Flag, values: readonly string[], command: string | undefined): void {
  if (flag.choices === undefined) return;
  for (const value of values) {
    if (flag.choices.includes(value)) continue;
    const near = closest(value, flag.choices);
    throw new Failure(
      'usage.invalid-value',
      `--${flag.name} takes ${flag.choices.join(', ')}, not "${value}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      { fix: [helpOf(command)] },
    );
  }
}

function helpOf(command: string | undefined): string {
  return command === undefined ? 'lockstep --help' : `lockstep ${command} --help`;
}

function usageFailure(error: unknown, known: readonly Flag[], command: string | undefined): Failure {
  const { code, message = '' } = error as { code?: string; message?: string };
  const flag = /'(-{1,2}[^' ]+)/.exec(message)?.[1]?.split('=')[0] ?? '';
  const help = helpOf(command);
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = closest(
      flag.replace(/^-+/, ''),
      known.map((candidate) => candidate.name),
    );
    const of = command === undefined ? '' : ` of \`${command}\``;
    return new Failure('usage.unknown-flag', `there is no flag ${flag}${of}${near === undefined ? '' : `; did you mean --${near}?`}`, {
      fix: [help],
    });
  }
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
    const wants = known.find((candidate) => flag === `--${candidate.name}` || flag === `-${candidate.short}`)?.value;
    const what = wants === undefined ? `${flag} takes no value` : `${flag} needs a value: ${flag} ${wants}`;
    return new Failure('usage.invalid-value', what, { fix: [help] });
  }
  throw error;
}
