import { commands } from './commands.ts';
import { globalFlags } from './flags.ts';
import type { Command, CommandGroup, Flag } from './spec.ts';
import { columns, type Style } from './terminal.ts';

const groups: readonly CommandGroup[] = ['START', 'EVERYDAY', 'AUTHOR', 'TEAM', 'CARE'];
const promised = ['json', 'yes', 'url', 'env', 'dir', 'C', 'quiet', 'verbose'];

/** The screen of `lockstep --help`. */
export function showOverview(style: Style): readonly string[] {
  const lines = ['lockstep: versions the structure and data of databases', '', `  ${style.bold('lockstep COMMAND [FLAGS]')}`, ''];
  for (const group of groups) {
    const rows = commands.filter((command) => command.group === group).map((command) => [`  ${command.name}`, command.summary]);
    lines.push(style.bold(group), ...columns(rows, '   '));
  }
  const shown = globalFlags.filter((flag) => promised.includes(flag.name));
  lines.push('', style.bold('FLAGS'), ...flagLines(shown));
  lines.push(
    '',
    '  lockstep COMMAND --help      more about a command, with examples',
    '  lockstep explain CODE        what an error means',
  );
  return lines;
}

/** Help for one command: examples first, then its flags, then those of every command. */
export function showCommand(command: Command, style: Style): readonly string[] {
  const takes = command.takes === undefined ? '' : ` ${command.takes}`;
  const lines = [
    `lockstep ${command.name}: ${command.summary}`,
    '',
    ...columns(
      command.examples.map(([text, what]) => [`  ${style.bold(text)}`, what]),
      '   ',
    ),
    '',
  ];
  lines.push(`  lockstep ${command.name}${takes} [FLAGS]`, '');
  if (command.flags.length > 0) lines.push(style.bold('FLAGS'), ...flagLines(command.flags), '');
  lines.push(style.bold('FLAGS OF EVERY COMMAND'), ...flagLines(globalFlags));
  if (command.aliases !== undefined) lines.push('', `Also: ${command.aliases.join(', ')}`);
  return lines;
}

function flagLines(flags: readonly Flag[]): readonly string[] {
  return columns(
    flags.map((flag) => [
      `  ${flagText(flag)}`,
      flag.choices === undefined ? flag.summary : `${flag.summary} (${flag.choices.join(', ')})`,
    ]),
  );
}

/** `-e, --env NAME`, `--json[=stream]`. */
export function flagText(flag: Flag): string {
  if (flag.name.length === 1) return `-${flag.name} ${flag.value ?? ''}`.trimEnd();
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  const value = flag.value === undefined ? '' : flag.bare === undefined ? ` ${flag.value}` : `[=${flag.value}]`;
  return `${short}--${flag.name}${value}`;
}
