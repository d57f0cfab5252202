import type { CatalogueEntry } from './entry.ts';

/** Codes for runs. */
export const running = {
  'fixture.failed': {
    exit: 2,
    title: 'The database refused a fixture',
    explain:
      'A set is loaded in one transaction: when one of its fixtures fails, nothing of the set is in the database and none of it counts as loaded. ' +
      'Sets that were loaded before it stay.',
    fix: ['correct the fixture and load again'],
  },
  'fixture.pending-migrations': {
    exit: 3,
    title: 'Fixtures are loaded behind all migrations',
    explain: 'Rows are written for the structure that the newest migration makes. While one is pending nobody knows whether they fit.',
    fix: ['lockstep up'],
  },
  'fixture.lower-version': {
    exit: 3,
    title: 'A newer version of a fixture is loaded than its file has',
    explain: 'Fixtures only go to higher versions. The rows that are there are left alone.',
    fix: ['bring the files up to date'],
  },
  'fixture.edited': {
    exit: 3,
    title: 'A fixture was edited after it had been loaded',
    explain: 'What is loaded is not loaded again unless its version is higher, so this edit has no effect here.',
    fix: ['raise its `version`', 'lockstep fixtures load --reload ID'],
  },
  'fixture.no-key': {
    exit: 65,
    title: 'Rows that are loaded again cannot be told apart',
    explain:
      'A fixture that is loaded again changes the rows that are there. It finds them by the primary key of the table, or by the columns that `key` names, ' +
      'and all its rows must give values to them.',
    fix: ['give `key` with columns that are unique', 'give the rows the values of the primary key'],
  },
  'fixture.not-undoable': {
    exit: 65,
    title: 'A fixture does something that no transaction can take back',
    explain:
      'A set is loaded as a whole or not at all. Statements that commit by themselves, and tables without transactions, break that promise.',
    fix: ['move the statement into a migration'],
  },
  'fixture.irreversible': {
    exit: 3,
    title: 'What a fixture loaded cannot be told from other rows',
    explain: 'Rows are removed by their keys. SQL and code are removed only by their own `remove`.',
    fix: ['write `remove` in the fixture'],
  },
  'migration.failed': {
    exit: 2,
    title: 'A statement of a migration failed',
    explain:
      'The statement, its place in the file and the words of the engine are shown. The line `State` says what remains: where the ' +
      'engine can undo structural statements, nothing does; elsewhere the finished statements are in place and journalled.',
    fix: ['correct the statement, then lockstep up', 'lockstep down --partial'],
  },
  'migration.threw': {
    exit: 2,
    title: 'The code of a migration threw an error',
    explain: 'The function of the migration ended with an error of its own. Its place in the file is shown where it is known.',
    fix: ['correct the code, then lockstep up'],
  },
  'migration.in-flight': {
    exit: 2,
    title: 'A query was still running when the migration returned',
    explain: 'Every query of a migration must be awaited; otherwise it would run inside the next migration.',
    fix: ['await the query'],
  },
  'migration.edited': {
    exit: 3,
    title: 'A file was edited after it had been applied',
    explain:
      'The tokens of the file differ from those that ran here. Comments, white space, line ends and the case of keywords do not count. ' +
      'Databases that got the old text and those that would get the new one differ for ever, so `up` stops.',
    fix: ['restore the file and write a new migration', 'lockstep mark accept ID --reason WHY'],
  },
  'migration.file-missing': {
    exit: 3,
    title: 'The file of an applied migration is gone',
    explain: 'The history names a migration that no file describes: it was deleted or renamed, or another branch is checked out.',
    fix: ['restore the file', 'lockstep down ID --as-applied', 'lockstep mark forget ID --reason WHY'],
  },
  'migration.late': {
    exit: 3,
    title: 'A pending migration is older than the newest applied one',
    explain: 'This happens when a branch is merged late. The policy `--late` decides: run it, run it and say so (the default), or refuse.',
    fix: ['lockstep up --late run', 'give the file a newer version'],
  },
  'reference.unknown': {
    exit: 65,
    title: 'No row has the name that a data step asks for',
    explain:
      'A value `@table.name` stands for the key of a row that a data step named, in this database. It must have been named by a migration ' +
      'that ran before, and the row must still be there. A text of that form is written with one more @ in front.',
    fix: ['correct the name', 'name the row: { "@": "name", … } in insert or upsert', 'write @@table.name where the text is meant'],
  },
  'reference.taken': {
    exit: 65,
    title: 'Two rows of a table would have one name',
    explain: 'A name leads to one row. An upsert that finds its row may name it again; an insert makes a new row, which needs a new name.',
    fix: ['give the row another name', 'use upsert'],
  },
  'kept.changed': {
    exit: 3,
    title: 'Rows that are to be taken back were changed since',
    explain:
      'A data step keeps what rows were before and what it made of them. Taking it back would overwrite what somebody has written since, so ' +
      'nothing was done. With --allow changed-rows the old values are brought back anyway.',
    fix: ['look at the rows', 'lockstep down --allow changed-rows'],
  },
  'migration.irreversible': {
    exit: 3,
    title: 'There is no way back for a migration',
    explain: 'Structural changes are inverted without being asked; SQL scripts and code need a `down` of their own. Nothing was touched.',
    fix: ['write a `down`', 'restore a backup'],
  },
  'migration.covered': {
    exit: 3,
    title: 'A migration that an installer stands for is taken back',
    explain:
      'It never ran in this database: the installer of its module made what it would have made. Its own way back may still do; whether it does, ' +
      '`lockstep verify` tells for a scratch database.',
    fix: ['take the installer back', 'lockstep down ID --through-installer'],
  },
  'migration.required': {
    exit: 3,
    title: 'A migration is taken back on which another module stands',
    explain:
      'A migration of another module that is applied here requires it. Taken back alone, it would leave that one on something that is not there. ' +
      'Nothing was touched.',
    fix: ['take the one that requires it back first', 'take both back with `lockstep to`'],
  },
  'resume.edited': {
    exit: 3,
    title: 'The finished part of a half-applied migration was edited',
    explain: 'Only statements that have not run yet may be changed in a migration that failed half way.',
    fix: ['restore the finished statements', 'lockstep down --partial'],
  },
  'resume.undecidable': {
    exit: 3,
    title: 'Nobody can tell whether a statement was finished',
    explain:
      'The run ended while a statement was under way whose effect the catalogue does not show (a CALL, a TRUNCATE, rows of a table ' +
      'without transactions). Only a person can decide: look, then say which it was.',
    fix: [
      'lockstep mark applied ID --statement N --reason WHY   it was finished',
      'lockstep mark pending ID --statement N --reason WHY   it was not',
    ],
  },
  'destructive.not-allowed': {
    exit: 3,
    title: 'Data would be lost',
    explain:
      'Dropping a table or a column that holds rows, TRUNCATE, DELETE and a narrower type need an allowance that names the table. ' +
      'Objects made earlier in the same run do not count.',
    fix: ['lockstep up --allow destructive:TABLE', 'lockstep plan'],
  },
  'confirm.needed': {
    exit: 5,
    title: 'A question must be answered',
    explain: 'Without a terminal nothing is guessed: the answer must be given as the flag that the message names.',
    fix: ['lockstep COMMAND --yes'],
  },
  'confirm.rejected': {
    exit: 3,
    title: 'The question was answered with No',
    explain: 'Enter, Esc and the end of input mean No. Nothing was changed.',
    fix: ['lockstep COMMAND --yes'],
  },
  'run.not-one-transaction': {
    exit: 3,
    title: 'The run does not fit into one transaction',
    explain:
      '`--transaction all` and `--rehearse` need every statement to be one that can be undone. The engine, a statement that must run ' +
      'outside a transaction, or a migration that asks for none stands against it. Nothing was run.',
    fix: ['lockstep up --transaction each'],
  },
  'plan.stale': {
    exit: 3,
    title: 'The world has changed since the plan was saved',
    explain: 'A saved plan is bound to the structure and the history of one database and to the text of the files.',
    fix: ['lockstep plan -o plan.json'],
  },
  'verify.failed': {
    exit: 1,
    title: 'A check of a migration does not hold',
    explain:
      'A statement of the `verify` part failed, or gave a single value that is false, zero or empty. It ran in a transaction that was rolled back.',
    fix: ['look at the statement that is named'],
  },
  'verify.rows': {
    exit: 2,
    title: 'Keys point to rows that do not exist',
    explain:
      'SQLite checks foreign keys here before a migration is committed. The migration would have left rows whose parent is gone, so it was rolled back.',
    fix: ['delete or correct the rows in the migration'],
  },
  'scratch.beyond': {
    exit: 3,
    title: 'A statement reaches beyond the scratch database',
    explain:
      'Migrations and structures are tried on scratch databases of the same server. A statement there that changes another database, or users ' +
      'and settings of the server, would do so for good, and is not sent. Where it is known before the run that a statement of a migration ' +
      'concerns the server only, it is passed over instead.',
    fix: ['leave the name of the database out of the statement', 'move the statement into a file for the server that is no migration'],
  },
  'test.failed': {
    exit: 1,
    title: 'A migration does not survive up, down and up on a scratch database',
    explain: 'The structure after going down differs from the one before, or a statement failed. The differences are listed.',
    fix: ['correct the `down` of the migration'],
  },
  'drift.no-history': {
    exit: 3,
    title: 'The database has no history to compare it with',
    explain:
      'Drift is the difference between what the history says a database should have and what it has. This one was never migrated or ' +
      'taken over by Lockstep.',
    fix: ['lockstep init --from-db   take it over as it is', 'lockstep diff --to FILE   compare it with something else'],
  },
  'drift.unknown': {
    exit: 3,
    title: 'What the history says cannot be made anew',
    explain:
      'The applied migrations are run on a scratch database to see what they make: by their files, or by the text that the history keeps ' +
      'where a file was edited or is gone. One of them does not run there, is code whose file is not at hand, or is half applied.',
    fix: ['correct what is named', 'lockstep status'],
  },
  'takeover.refused': {
    exit: 3,
    title: 'The database or the folder is in use already',
    explain:
      '`init --from-db` writes the first migration of a project and marks it as applied. That makes sense only where nothing was migrated by ' +
      'Lockstep yet: no history in the database, no migration in the folder, and something to take over.',
    fix: ['lockstep status', 'lockstep init --from-db --dir DIR'],
  },
  'hook.failed': {
    exit: 2,
    title: 'A hook of the configuration threw an error',
    explain:
      'Hooks run around runs and migrations. A failing hook before a migration stops it as if it had failed itself; one behind a ' +
      'migration stops the run and leaves the migration done; one behind the run changes nothing that the run did.',
    fix: ['correct the hook in lockstep.config.ts'],
  },
  interrupted: {
    exit: 130,
    title: 'The run was interrupted',
    explain:
      'Ctrl-C stops after the statement that is running; a second one, or SIGTERM, aborts it. The state is printed. A signal behind ' +
      'these ends the process at once, which the next run takes up as after a crash.',
    fix: ['lockstep status', 'lockstep up'],
  },
  'internal.bug': {
    exit: 70,
    title: 'A fault of Lockstep itself',
    explain: 'Something happened that the program does not expect. `--debug` prints the stack.',
    fix: ['lockstep COMMAND --debug', 'report it with the output'],
  },
} as const satisfies Record<string, CatalogueEntry>;
