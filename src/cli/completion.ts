import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../base/index.ts';
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

/** What may stand in place of the last word. Asks no database; migrations are read by their file names. */
export async function completions(words: readonly string[], folder: string): Promise<readonly string[]> {
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const command = commands.find((one) => before.some((word) => word === one.name || one.aliases?.includes(word)));
  const flags = [...globalFlags, ...(command?.flags ?? [])];
  const previous = before.at(-1) ?? '';
  const asked = flags.find((flag) => previous === `--${flag.name}` || (flag.short !== undefined && previous === `-${flag.short}`));
  const candidates =
    asked?.choices ?? (last.startsWith('-') ? flags.map((flag) => `--${flag.name}`) : await argumentsOf(command, before, folder));
  return candidates.filter((candidate) => candidate.startsWith(last));
}

async function argumentsOf(command: Command | undefined, before: readonly string[], folder: string): Promise<readonly string[]> {
  if (command === undefined) return commands.map((one) => one.name);
  if (command.name === 'mark' && before.at(-1) === 'mark') return ['applied', 'pending', 'accept', 'forget'];
  switch (command.completes) {
    case 'migrations':
      return migrationNames(folder);
    case 'codes':
      return (await import('./run/care.ts')).allCodes();
    case 'shells':
      return shells;
    default:
      return [];
  }
}

function migrationNames(folder: string): readonly string[] {
  try {
    const names = readdirSync(join(folder, 'migrations')).map((name) => name.replace(/(\.(up|down))?\.[^.]+$/, ''));
    return [...new Set(names)].sort();
  } catch {
    // Without a folder of migrations there is nothing to propose, and nobody to tell.
    return [];
  }
}
