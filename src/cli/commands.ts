import { fixturesCommand } from './commands-fixtures.ts';
import { markCommand, refreshCommand, tagCommand } from './commands-history.ts';
import { installCommand, moduleCommand } from './commands-modules.ts';
import { teamCommands } from './commands-team.ts';
import { flags } from './flags.ts';
import type { Command } from './spec.ts';

const formats = ['sql', 'ts', 'js', 'yaml', 'json', 'xml', 'ini'] as const;

/** Every command: help, completion, the pages in docs/commands and the parser are made of this list. */
export const commands: readonly Command[] = [
  {
    name: 'init',
    group: 'START',
    summary: 'set Lockstep up in this folder',
    takes: '[URL]',
    flags: [
      { name: 'no-example', summary: 'write no example migration' },
      { name: 'from-db', summary: 'take a database over: its structure becomes the first migration, marked as applied' },
    ],
    examples: [
      ['lockstep init', 'asks for engine and folder'],
      ['lockstep init --yes', 'an embedded SQLite database, nothing asked'],
      ['lockstep init --url postgres://localhost/shop', 'a server that is there'],
      ['lockstep init --from-db postgres://localhost/shop', 'a project that is running already'],
    ],
    about:
      'Writes lockstep.config.ts, a folder of migrations with an example, and a line in .gitignore. Files that exist are kept as they are, ' +
      'and nothing is run on a database. A URL with a password goes to .env, not into the configuration. With --from-db the structure of a ' +
      'database is written down as the first migration, run on a scratch database to see that it gives the same structure, and marked as ' +
      'applied. Of the database nothing is changed; only the table of the history is added. Rows, and the histories of other migration ' +
      'tools, are not part of it; what cannot be read is named.',
  },
  {
    name: 'status',
    group: 'EVERYDAY',
    summary: 'what is applied, pending, edited, missing',
    flags: [
      ...flags('exit-code'),
      { name: 'all', summary: 'every applied migration, not only the newest' },
      { name: 'pending', summary: 'pending migrations only' },
    ],
    examples: [
      ['lockstep status', 'pending first, then the newest applied'],
      ['lockstep status --exit-code', 'exit with 1 unless everything is applied and nothing contradicts the files'],
      ['lockstep status --env staging,prod', 'migrations by databases; `all` for every one of the configuration'],
      ['lockstep status --json', 'data.migrations[] with module, id, state, flags[]'],
    ],
    about: 'Compares the files with the history of the database. Writes nothing, not even the table of the history.',
    aliases: ['info', 'list', 'show'],
  },
  {
    name: 'up',
    group: 'EVERYDAY',
    stops: true,
    summary: 'apply what is pending',
    flags: [
      ...flags('dry-run', 'show-sql', 'late', 'on-error', 'transaction', 'allow', 'verify', 'lock-timeout', 'no-installer'),
      { name: 'to', value: 'REF', summary: 'only up to this migration' },
      { name: 'plan', value: 'FILE', summary: 'run exactly what a saved plan says' },
      { name: 'rehearse', summary: 'run everything in one transaction and roll it back' },
    ],
    examples: [
      ['lockstep up', 'everything that is pending, in order'],
      ['lockstep up --dry-run --show-sql', 'the SQL that would run'],
      ['lockstep up --plan plan.json', 'a plan saved by `lockstep plan -o plan.json`'],
      ['lockstep up --allow destructive:legacy', 'may lose the rows of the table legacy'],
    ],
    about:
      'Applies pending migrations one after another under the run lock; each is recorded as it is done. All files are read and everything ' +
      'that can be refused is refused before the first statement runs. A migration that failed half way goes on behind its last finished statement.',
    aliases: ['migrate', 'apply', 'deploy'],
  },
  installCommand,
  {
    name: 'down',
    group: 'EVERYDAY',
    stops: true,
    summary: 'take back what was applied',
    takes: '[COUNT | all | ID]',
    flags: [
      ...flags('dry-run', 'show-sql', 'on-error', 'transaction', 'lock-timeout', 'allow'),
      { name: 'as-applied', summary: 'use the way back that the history kept, not the file' },
      ...flags('through-installer'),
      { name: 'partial', summary: 'undo the finished part of the migration that failed half way' },
    ],
    examples: [
      ['lockstep down', 'the newest one'],
      ['lockstep down 3', 'the newest three'],
      ['lockstep down all --yes', 'everything, without being asked'],
      ['lockstep down --partial', 'what is left of a failed migration'],
    ],
    about:
      'Takes migrations back, newest first, after naming what would be lost. Without a terminal it needs --yes. When one of them has no way ' +
      'back, nothing is touched.',
    aliases: ['rollback'],
    completes: 'migrations',
  },
  {
    name: 'to',
    group: 'EVERYDAY',
    stops: true,
    summary: 'go to a migration, either way',
    takes: 'REF',
    flags: flags('dry-run', 'show-sql', 'late', 'on-error', 'transaction', 'allow', 'lock-timeout', 'verify', 'no-installer'),
    examples: [
      ['lockstep to 20261122T0900', 'an id, or the beginning of one'],
      ['lockstep to prev', 'one back; also first, latest, next, +2, -2, zero'],
      ['lockstep to blog@v1_2', 'only the module blog; also blog@prev, blog@latest, blog@zero'],
    ],
    about:
      'Takes back what lies behind the migration and applies what is missing up to it. A REF is an id, a version, a beginning of one, or a word. ' +
      'MODULE@VERSION moves that module alone: it is refused where another applied one requires what would go, or what it requires is pending.',
    completes: 'migrations',
  },
  {
    name: 'redo',
    group: 'EVERYDAY',
    stops: true,
    summary: 'take the newest back and apply it again',
    takes: '[COUNT]',
    flags: flags('on-error', 'allow', 'lock-timeout', 'verify'),
    examples: [['lockstep redo', 'while you work on a migration']],
    about: 'The same as `down` and `up` of the same migrations, under one run lock.',
  },
  {
    name: 'new',
    group: 'AUTHOR',
    summary: 'write an empty migration',
    takes: 'NAME',
    flags: [
      { name: 'format', value: 'F', choices: [...formats], summary: 'how it is written (sql)' },
      { name: 'change', value: 'KIND:NAME', summary: 'a change to begin with, such as createTable:coupon' },
      { name: 'version', value: 'LABEL', summary: 'in a module with a manifest: the version that it leads to; by default the next one' },
    ],
    examples: [
      ['lockstep new "add users"', 'migrations/20261122T101500_add_users.sql'],
      ['lockstep new "split name" --format ts', 'with typed changes and queries'],
      ['lockstep new coupons --format xml --change createTable:coupon', 'a table with an `id`'],
      ['lockstep new tags --module cms --version 0.0.5', 'an update, which the manifest of cms then lists'],
    ],
    about:
      'Writes a file with the next label of the order that stands in the folder. No database is touched and no file overwritten. In a module with a ' +
      'manifest it is an update, for each engine that the module has files for; after asking, the manifest lists it and gets its version, and all else ' +
      'in it stays as it is.',
    aliases: ['create', 'generate', 'make'],
  },
  {
    name: 'convert',
    group: 'AUTHOR',
    summary: 'say a migration in another format',
    takes: 'FILE',
    flags: [
      { name: 'format', value: 'F', choices: [...formats], summary: 'the format wanted' },
      { name: 'output', short: 'o', value: 'FILE', summary: 'where it is written; otherwise it is printed' },
    ],
    examples: [
      ['lockstep convert migrations/007_roles.yaml --format xml', 'prints it'],
      ['lockstep convert migrations/007_roles.yaml --format sql -o 007_roles.sql', 'for the engine of the database'],
    ],
    about:
      'Reads a migration and writes it in another format, with its way back, what it verifies and what else belongs to the file. Into SQL goes ' +
      'what the engine of the database would run, on the structure that the migrations before it make. A script becomes `sql` changes. What the ' +
      'new text does not say, such as comments, is listed; code that does more than change the structure is refused. The file itself stays: take ' +
      'it away before both are run.',
  },
  {
    name: 'plan',
    group: 'AUTHOR',
    summary: 'show exactly what `up` would run',
    flags: [
      ...flags('late', 'allow'),
      { name: 'to', value: 'REF', summary: 'the way to this migration, up or down' },
      ...flags('no-installer'),
      { name: 'down', value: 'COUNT', summary: 'what taking back so many would run' },
      { name: 'sql', summary: 'only the SQL, ready to run' },
      { name: 'output', short: 'o', value: 'FILE', summary: 'save the plan for `up --plan`' },
    ],
    examples: [
      ['lockstep plan', 'what appears, differs and goes, with risks and locks'],
      ['lockstep plan --sql > up.sql', 'a script for somebody else to run'],
      ['lockstep plan -o plan.json', 'bound to the state of this database'],
    ],
    about:
      'Reads files and database and writes neither. Code migrations are evaluated until their first query; what follows is marked as decided ' +
      'at run time. A saved plan holds for one structure, one history and one text of the files: anything else makes it stale.',
  },
  {
    name: 'diff',
    group: 'AUTHOR',
    stops: true,
    summary: 'what leads from one structure to another',
    flags: [
      { name: 'from', value: 'X', summary: 'what is there: db (the default), a URL, a file, a folder, or empty' },
      { name: 'to', value: 'Y', summary: 'what it shall become: the same choice' },
      { name: 'write', value: 'NAME', summary: 'write a migration that does it, and its way back' },
      {
        name: 'format',
        value: 'F',
        choices: [...formats],
        summary: 'how it is written: SQL where that says it all, else YAML',
      },
      ...flags('rename', 'drop', 'renames'),
      {
        name: 'online',
        summary: 'let others go on working (PostgreSQL): indexes concurrently, constraints validated later; not whole or not at all',
      },
      { name: 'sql', summary: 'only the SQL, ready to run' },
      ...flags('exit-code'),
    ],
    examples: [
      ['lockstep diff --to schema.sql', 'from the database of the project to what a file describes'],
      ['lockstep diff --from migrations --to db', 'what somebody changed by hand'],
      ['lockstep diff --from migrations@007 --to migrations', 'what came behind a migration'],
      ['lockstep diff --to schema.sql --write "split name"', 'a migration with a way back'],
      ['lockstep diff --to schema.sql --rename users.name:full_name', 'a column that keeps its values under another name'],
    ],
    about:
      'Compares tables with all that belongs to them, views, routines, triggers, types and whatever else the engine knows. Files are run on a ' +
      'scratch database of the same build, so that both sides are written down by the same server. Nothing is shown that did not arrive there, ' +
      'and lead back. Neither side is changed. A table or column that is gone may have been renamed: that is asked, with what would be lost, ' +
      'and never guessed. Flags answer it, and lines `-- lockstep:rename users.name:full_name` and `-- lockstep:drop users.name` in the file of the ' +
      'wanted structure; what a person answers is kept in `lockstep.renames`. Odd names stand in double quotes, other things with their kind in ' +
      'front: `--rename \'index users."a.b":c\'`.',
  },
  {
    name: 'dump',
    group: 'AUTHOR',
    stops: true,
    summary: 'write a structure down',
    flags: [
      { name: 'from', value: 'X', summary: 'what is written down: db (the default), a URL, a file or a folder' },
      { name: 'format', value: 'F', choices: [...formats], summary: 'how it is written (sql)' },
      { name: 'output', short: 'o', value: 'FILE', summary: 'the file to write, or with --split the folder' },
      { name: 'split', summary: 'a file for each object' },
      {
        name: 'covers',
        value: 'VERSION',
        summary: 'with --module: the version up to which the installer stands for migrations (the newest)',
      },
    ],
    examples: [
      ['lockstep dump -o schema.sql', "the structure of the project's database"],
      ['lockstep dump --from migrations --format yaml', 'what the migrations make, for any engine'],
      ['lockstep dump --split -o schema', 'a folder with a file for each object, which `diff --to schema` reads again'],
      ['lockstep dump --module blog --covers v1_3 -o modules/blog/install.sql', 'the installer of a module, of its migrations'],
    ],
    about:
      'Running the text on an empty database makes the structure again. Its order follows from what needs what and from the names, so that ' +
      'equal structures give equal files. Lockstep’s own tables are no part of it. With --module it writes the installer of a module, of what its ' +
      'migrations make on a scratch database. Lines between `-- lockstep:keep` and `-- lockstep:end-keep` in the file that is there are kept.',
  },
  {
    name: 'replicate',
    group: 'AUTHOR',
    stops: true,
    summary: 'copy a structure, and its rows, to another engine or a file',
    flags: [
      { name: 'from', value: 'X', summary: 'what is copied: db (the default), a URL, a file or a folder' },
      { name: 'to', value: 'Y', summary: 'an empty database by its URL, or a file to write: .sql, .yaml, .json, .xml, .ini' },
      { name: 'data', summary: 'copy the rows too' },
      { name: 'allow-lossy', value: 'NAME,…', repeatable: true, summary: 'let these losses happen' },
      ...flags('dry-run'),
    ],
    examples: [
      ['lockstep replicate --to sqlite:./copy.db --dry-run', 'what would be lost, and what would run'],
      ['lockstep replicate --from mysql://… --to postgres://… --data', 'with all rows, counted and compared'],
      ['lockstep replicate --to postgres://… --allow-lossy trigger,view', 'without triggers and views'],
      ['lockstep replicate --to backup.sql --data', 'a file that the same engine runs'],
    ],
    about:
      'Says the structure in the words of the other engine. What it cannot hold is named and refused unless it is allowed by name; what is ' +
      'mapped without a loss stands in docs/replicate.md. The target must be empty, and nothing in it is ever dropped. Rows go over in ' +
      'transactions with their progress, so a copy that broke off goes on when the same command is run again; in the end both sides are ' +
      'counted and summed up. Nobody should write into the source meanwhile.',
  },
  {
    name: 'test',
    group: 'AUTHOR',
    stops: true,
    summary: 'up, down and up again on scratch databases',
    takes: '[ID]',
    completes: 'migrations',
    flags: [{ name: 'engines', value: 'LIST', summary: 'sqlite, pglite, or others with a URL of their own in the configuration' }],
    examples: [
      ['lockstep test', 'on a throw-away database of the configured engine'],
      ['lockstep test --engines sqlite,pglite', 'on both embedded engines'],
      ['lockstep test 003_orders', 'only this one, behind those before it, and what it makes of the structure'],
    ],
    about:
      'Every migration goes up, comes down and goes up again; the structures must be equal each time. Its checks run too. The real database is not touched.',
  },
  {
    name: 'drift',
    group: 'CARE',
    stops: true,
    summary: 'what differs from what the history says',
    takes: '[NAME]',
    flags: [
      { name: 'record', summary: 'write the drift as a migration NAME and mark it as applied here; other databases get it by `up`' },
      { name: 'plan-back', summary: 'the way back to what is expected, and what it would destroy' },
      { name: 'write', value: 'NAME', summary: 'with --plan-back: a migration of which `down` takes the database back' },
      { name: 'ignore', value: 'NAME', summary: 'live with a difference for a while; `*` stands for anything' },
      { name: 'until', value: 'DATE', summary: 'with --ignore: the last day on which it holds, 2026-12-31' },
      { name: 'reason', short: 'm', value: 'WHY', summary: 'with --ignore: why' },
      {
        name: 'format',
        value: 'F',
        choices: [...formats],
        summary: 'how a migration is written: SQL where that says it all, else YAML',
      },
      { name: 'sql', summary: 'with --plan-back: only the SQL, ready to run' },
      ...flags('rename', 'drop', 'renames', 'exit-code', 'lock-timeout'),
    ],
    examples: [
      ['lockstep drift --env production', 'what somebody changed by hand'],
      ['lockstep drift --exit-code', 'exit with 1 when something differs'],
      ['lockstep drift --record "index on orders"', 'a migration out of what is there'],
      ['lockstep drift --record "better name" --rename users.name:full_name', 'which keeps the values elsewhere'],
      ['lockstep drift --plan-back', 'what would undo it'],
      ['lockstep drift --ignore orders.note --until 2026-12-31 -m "ticket 812"', 'kept in lockstep.drift.json'],
    ],
    about:
      'Runs the applied migrations on a scratch database of the same build, by their files or by the text that the history keeps where a file ' +
      'was edited or is gone, and compares what they made with what is there. Pending migrations are no drift, and neither is another order ' +
      'of columns. No statement runs on the database. Exceptions are kept in lockstep.drift.json, which is committed.',
  },
  fixturesCommand,
  moduleCommand,
  ...teamCommands,
  markCommand,
  refreshCommand,
  tagCommand,
  {
    name: 'verify',
    group: 'CARE',
    stops: true,
    summary: 'compare history and files, run the checks',
    flags: [{ name: 'installer', summary: 'build each installer and the migrations that it stands for on scratch databases, and compare' }],
    examples: [['lockstep verify', 'exit with 1 when something does not hold']],
    about:
      'Looks for edited and missing files and half-applied migrations, and runs the `verify` part of every applied one in a transaction that is rolled back.',
  },
  {
    name: 'doctor',
    group: 'CARE',
    summary: 'find problems, print fixes',
    flags: [],
    examples: [['lockstep doctor', 'configuration, files, connection, history, clock, indexes']],
    about: 'Looks at everything that a run needs. Exit code 1 when something would stop it.',
  },
  {
    name: 'explain',
    group: 'CARE',
    summary: 'what an error code or a word means',
    takes: '[CODE | WORD]',
    flags: [],
    examples: [
      ['lockstep explain migration.edited', 'why it happens and what helps'],
      ['lockstep explain', 'everything that can be explained'],
    ],
    about: 'Works offline. Every error names its code.',
    completes: 'codes',
  },
  {
    name: 'completion',
    group: 'CARE',
    summary: 'completion for your shell',
    takes: '(bash | zsh | fish | powershell)',
    flags: [],
    examples: [['source <(lockstep completion bash)', 'in ~/.bashrc']],
    about: 'Prints a script for the shell. Commands, flags, environments and migrations are completed, without asking a database.',
    completes: 'shells',
  },
];
