import type { Flag } from './spec.ts';

/** Flags of every command. */
export const globalFlags: readonly Flag[] = [
  { name: 'url', value: 'URL', summary: 'the database: sqlite:./app.db, pglite:./dir, postgres://…, mysql://…, mariadb://…' },
  { name: 'url-file', value: 'FILE', summary: 'read the URL from a file, or from standard input with -' },
  {
    name: 'env',
    short: 'e',
    value: 'NAME',
    summary: 'an environment of the configuration, or one of its databases: prod/eu-07; status also takes several, or all',
  },
  { name: 'dir', value: 'DIR', summary: 'where the migrations are' },
  { name: 'module', value: 'NAME', repeatable: true, summary: 'only this module' },
  { name: 'exclude', value: 'NAME', repeatable: true, summary: 'not this module' },
  { name: 'C', short: 'C', value: 'DIR', summary: 'work in another folder' },
  { name: 'config', value: 'FILE', summary: 'the configuration file' },
  { name: 'var', value: 'NAME=VALUE', repeatable: true, summary: 'the value of a placeholder <NAME>' },
  { name: 'wait', value: 'TIME', bare: '60s', summary: 'keep trying while the server cannot be reached' },
  { name: 'yes', short: 'y', summary: 'answer questions with yes' },
  { name: 'force', summary: 'the same as --yes' },
  { name: 'no-input', summary: 'never ask; fail where an answer is needed' },
  { name: 'confirm', value: 'NAME', summary: 'the name of the protected database that is meant' },
  {
    name: 'json',
    value: 'stream',
    bare: 'object',
    choices: ['object', 'stream'],
    summary: 'answer in JSON; =stream writes events as lines',
  },
  { name: 'quiet', short: 'q', summary: 'print only the answer and errors' },
  { name: 'verbose', short: 'v', repeatable: true, summary: 'print more; twice prints most' },
  { name: 'color', value: 'WHEN', bare: 'always', choices: ['auto', 'always', 'never'], summary: 'when to use colours' },
  { name: 'no-color', summary: 'no colours' },
  { name: 'ascii', summary: 'plain characters only' },
  { name: 'debug', summary: 'print the stack of unexpected errors' },
  { name: 'help', short: 'h', summary: 'help for the command' },
  { name: 'version', short: 'V', summary: 'the version of Lockstep' },
];

/** Flags that several commands share. */
const shared = {
  'lock-timeout': { name: 'lock-timeout', value: 'TIME', summary: 'how long to wait for the run lock and for locks of others (60s)' },
  'no-installer': { name: 'no-installer', summary: 'run every migration by itself, also where an installer would build the module' },
  'on-error': {
    name: 'on-error',
    value: 'WHAT',
    choices: ['halt', 'ignore', 'backout'],
    summary: 'after a failure: stop, go on and list it at the end, or take this run back',
  },
  late: {
    name: 'late',
    value: 'POLICY',
    choices: ['run', 'warn', 'refuse'],
    summary: 'migrations older than the newest applied one (warn)',
  },
  allow: {
    name: 'allow',
    value: 'destructive[:TABLE]',
    repeatable: true,
    summary: 'allow data to be lost, of all tables or of one; down: changed-rows overwrites what was changed since',
  },
  transaction: {
    name: 'transaction',
    value: 'SCOPE',
    choices: ['each', 'all'],
    summary: 'one transaction for each migration, or one for all',
  },
  'through-installer': { name: 'through-installer', summary: 'take what an installer covers back by its own way, as if it had run' },
  verify: { name: 'verify', summary: 'run the checks of each migration before it is committed' },
  'show-sql': { name: 'show-sql', aliases: ['show-queries'], summary: 'print each statement as it runs' },
  'dry-run': { name: 'dry-run', summary: 'show what would happen; write nothing' },
  'exit-code': { name: 'exit-code', summary: 'exit with 1 when something was found' },
  rename: {
    name: 'rename',
    value: 'OLD:NEW',
    repeatable: true,
    summary: 'what has got another name: users.name:full_name, old_table:new_table',
  },
  drop: {
    name: 'drop',
    value: 'NAME',
    repeatable: true,
    summary: 'a table or column that goes, though something new looks like it',
  },
  renames: {
    name: 'renames',
    value: 'HOW',
    choices: ['ask', 'auto', 'never'],
    summary: 'what may have been renamed: ask (the default), take what is certain, or drop and add',
  },
  reason: { name: 'reason', value: 'WHY', summary: 'why; kept in the history' },
} as const satisfies Record<string, Flag>;

export function flags(...names: readonly (keyof typeof shared)[]): readonly Flag[] {
  return names.map((name) => shared[name]);
}
