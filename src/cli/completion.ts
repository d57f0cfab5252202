import { resolve } from 'node:path';
import { Failure } from '../base/index.ts';
import { explainable, projectNames } from '../commands/index.ts';
import { commands } from './commands.ts';
import { globalFlags } from './flags.ts';
import type { Command } from './spec.ts';

const shells = ['bash', 'zsh', 'fish', 'powershell'];

/** The script that makes a shell ask `lockstep __complete` for what may come next. */
export function completionScript(shell: string): string {
  switch (shell) {
    case 'bash':
      return `_lockstep() {
  local IFS=$'\\n'
  COMPREPLY=( $(lockstep __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) )
  local i
  for i in "\${!COMPREPLY[@]}"; do COMPREPLY[i]=$(printf %q "\${COMPREPLY[i]}"); done
}
complete -o default -F _lockstep lockstep`;
    case 'zsh':
      return `#compdef lockstep
_lockstep() {
  local -a found
  found=("\${(@f)$(lockstep __complete "\${words[@]:1:$((CURRENT-1))}" 2>/dev/null)}")
  (( \${#found} )) && compadd -- "\${found[@]}"
}
compdef _lockstep lockstep`;
    case 'fish':
      return `complete -c lockstep -f -a '(lockstep __complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'`;
    case 'powershell':
      return `Register-ArgumentCompleter -Native -CommandName lockstep -ScriptBlock {
  param($word, $ast, $position)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '' }
  lockstep __complete @words 2>$null | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}`;
    default:
      throw new Failure('usage.invalid-value', `completion takes ${shells.join(', ')}, not "${shell}"`);
  }
}

/** Words that `to` takes in place of a migration. */
const targets = ['latest', 'first', 'prev', 'next', 'zero'];

/** What may stand in place of the last word. Asks no database. */
export async function completions(words: readonly string[], folder: string): Promise<readonly string[]> {
  const last = words.at(-1) ?? '';
  // Some shells hand over `--late=w` as one word, others cut it at the sign.
  const before = words.slice(0, -1);
  const cut = before.at(-1) === '=';
  const [inline, typed = last] = /^(--[^=]+=)(.*)$/.exec(last)?.slice(1) ?? [];
  const previous = inline?.slice(0, -1) ?? (cut ? before.at(-2) : before.at(-1)) ?? '';
  const command = before.map(commandNamed).find((one) => one !== undefined);
  const flags = [...globalFlags, ...(command?.flags ?? [])];
  const asked = flags.find(
    (flag) => flag.value !== undefined && (previous === `--${flag.name}` || (flag.short !== undefined && previous === `-${flag.short}`)),
  );
  const project = (): ReturnType<typeof projectNames> => namesOf(before, folder);
  if (asked !== undefined && (asked.bare === undefined || inline !== undefined || cut)) {
    const values = asked.choices ?? (asked.name === 'env' ? (await project()).environments : []);
    return values.filter((value) => value.startsWith(cut ? last : typed)).map((value) => `${inline ?? ''}${value}`);
  }
  const candidates = last.startsWith('-') ? flags.map((flag) => `--${flag.name}`) : await argumentsOf(command, before, project);
  return candidates.filter((candidate) => candidate.startsWith(last));
}

function commandNamed(word: string): Command | undefined {
  return commands.find((one) => one.name === word || one.aliases?.includes(word));
}

/** The project that the words so far mean. */
function namesOf(before: readonly string[], folder: string): ReturnType<typeof projectNames> {
  const value = (...flags: readonly string[]): string | undefined =>
    before[before.findIndex((word) => flags.includes(word)) + 1 || Number.NaN];
  const [dir, configFile, elsewhere] = [value('--dir'), value('--config'), value('-C', '--C')];
  return projectNames({
    cwd: resolve(folder, elsewhere ?? '.'),
    ...(dir === undefined ? {} : { dir }),
    ...(configFile === undefined ? {} : { configFile }),
  });
}

async function argumentsOf(
  command: Command | undefined,
  before: readonly string[],
  project: () => ReturnType<typeof projectNames>,
): Promise<readonly string[]> {
  if (command === undefined) return commands.map((one) => one.name);
  if (command.name === 'module' && before.at(-1) === 'module') return ['list', 'install', 'update'];
  if (command.name === 'mark' && before.at(-1) === 'mark') return ['applied', 'pending', 'accept', 'forget'];
  switch (command.completes) {
    case 'migrations':
      return [...(await project()).migrations, ...(command.name === 'to' ? targets : [])];
    case 'codes':
      return explainable();
    case 'shells':
      return shells;
    default:
      return [];
  }
}
