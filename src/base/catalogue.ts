/**
 * Every error code: its exit code, what it means and what helps. `lockstep explain CODE` and docs/errors are made of it.
 * Exit codes: 0 done · 1 a check found something · 2 failed · 3 refused by policy · 4 busy · 5 needs an answer
 * · 6 cannot reach · 64 usage · 65 bad migration file · 70 a bug · 78 bad configuration · 130 interrupted.
 */
export interface CatalogueEntry {
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 64 | 65 | 70 | 78 | 130;
  readonly title: string;
  readonly explain: string;
  readonly fix: readonly string[];
}

const usage = {
  'usage.unknown-command': {
    exit: 64,
    title: 'There is no such command',
    explain: 'The first word that is not a flag names the command. A near match is suggested when there is one.',
    fix: ['lockstep --help'],
  },
  'usage.unknown-flag': {
    exit: 64,
    title: 'There is no such flag',
    explain: 'Flags may stand before or after the command; each command accepts the global flags and its own.',
    fix: ['lockstep COMMAND --help'],
  },
  'usage.invalid-value': {
    exit: 64,
    title: 'A flag or an argument has a value that it cannot take',
    explain: 'The message names the value and what is accepted: a duration such as 20s, one word of a list, a number.',
    fix: ['lockstep COMMAND --help'],
  },
  'usage.missing-argument': {
    exit: 64,
    title: 'The command needs an argument',
    explain: 'Some commands work on something that must be named, for example `lockstep to REF` or `lockstep new NAME`.',
    fix: ['lockstep COMMAND --help'],
  },
  'ref.unknown': {
    exit: 64,
    title: 'No migration has that name',
    explain:
      'A reference is an id, an unambiguous beginning of one, a version, or one of `first`, `latest`, `next`, `prev`. ' +
      'It is looked up among the files and the history together.',
    fix: ['lockstep status --all'],
  },
  'ref.ambiguous': {
    exit: 64,
    title: 'Several migrations begin like that',
    explain: 'A prefix is taken only when exactly one migration has it. The message lists those that match.',
    fix: ['give more of the id'],
  },
} as const satisfies Record<string, CatalogueEntry>;

const configuration = {
  'config.invalid': {
    exit: 78,
    title: 'The configuration cannot be used',
    explain:
      'The configuration file has a property that is unknown or of the wrong type, or the file itself cannot be run. ' +
      'Nothing was connected and nothing was changed.',
    fix: ['correct the property that the message names', 'lockstep doctor'],
  },
  'config.no-database': {
    exit: 78,
    title: 'No database was named',
    explain:
      'A database comes from `--url`, from the environment chosen with `--env`, from `url` in the configuration, or from ' +
      'DATABASE_URL, in that order.',
    fix: ['lockstep COMMAND --url sqlite:./app.db', 'lockstep init'],
  },
  'config.invalid-url': {
    exit: 78,
    title: 'The database URL cannot be read',
    explain:
      'Accepted are sqlite:./app.db, sqlite::memory:, pglite:./dir, postgres://user@host/name, mysql://user@host/name and ' +
      'mariadb://user@host/name. A reserved character in a user name or password must be percent-encoded.',
    fix: ['lockstep COMMAND --url sqlite:./app.db'],
  },
  'config.unknown-environment': {
    exit: 78,
    title: 'The configuration has no environment of that name',
    explain: '`--env NAME` chooses one of the entries below `environments` in the configuration.',
    fix: ['add it to `environments` in lockstep.config.ts'],
  },
  'driver.missing': {
    exit: 78,
    title: 'The client library for this database is not installed',
    explain:
      'SQLite and PGlite work at once. The clients of database servers are installed by the project that uses them: ' +
      '`pg` for PostgreSQL, `mysql2` for MySQL and MariaDB.',
    fix: ['npm install pg', 'npm install mysql2'],
  },
  'source.missing': {
    exit: 78,
    title: 'The folder of migrations does not exist',
    explain: 'Migrations lie in `migrations/` beside the configuration unless `--dir` or `migrations` says otherwise.',
    fix: ['lockstep new NAME', 'lockstep COMMAND --dir DIR'],
  },
  'source.unreadable': {
    exit: 65,
    title: 'A migration file cannot be read',
    explain:
      'The file or folder exists but could not be read, or is not UTF-8 text. Nothing was run: the order of migrations is known ' +
      'only when all files have been read.',
    fix: ['check the rights of the file', 'save the file as UTF-8'],
  },
  'history.foreign': {
    exit: 3,
    title: 'A table bears the name of the history but is not one',
    explain:
      'The table named for the history exists and lacks columns that Lockstep writes. It is left alone. Another name can be ' +
      'given as `history: { table }` in the configuration.',
    fix: ['set history.table in lockstep.config.ts'],
  },
} as const satisfies Record<string, CatalogueEntry>;

const database = {
  'connection.failed': {
    exit: 6,
    title: 'The database cannot be reached',
    explain:
      'No connection could be opened: the server is down, the host or port is wrong, the file or its folder does not exist, or a ' +
      'certificate was refused. Nothing was changed. `--wait 60s` keeps trying while a server starts.',
    fix: ['check that the server runs and the URL names it', 'lockstep COMMAND --wait 60s'],
  },
  'connection.refused': {
    exit: 6,
    title: 'The server refused the user or the password',
    explain: 'The server was reached and did not accept the user name, the password or the host it was called from.',
    fix: ['check the user and the password in the URL'],
  },
  'connection.no-database': {
    exit: 6,
    title: 'The server has no database of that name',
    explain: 'The server was reached and the user accepted, but the database does not exist. Lockstep does not create databases.',
    fix: ['create the database', 'correct the name in the URL'],
  },
  'connection.lost': {
    exit: 2,
    title: 'The connection broke while work was going on',
    explain:
      'The server ended the connection, or the network did. What was not committed is undone by the server; what was committed ' +
      'is in the history or in the journal, and the next `up` continues from there.',
    fix: ['lockstep status', 'lockstep up'],
  },
  'database.read-only': {
    exit: 2,
    title: 'The database does not accept changes',
    explain: 'The database was opened read-only, is a standby, or its file or folder cannot be written.',
    fix: ['use a URL that can write'],
  },
  'database.no-rights': {
    exit: 2,
    title: 'The user lacks a right that is needed',
    explain: 'The engine refused a statement for lack of rights. The message names what it refused.',
    fix: ['grant the right to the user, or use another user'],
  },
  'database.busy': {
    exit: 2,
    title: 'Another session holds a lock that is needed',
    explain:
      'Every statement runs with a lock timeout and is tried again with growing pauses. When the time of `--lock-timeout` is over, ' +
      'Lockstep gives up and names the session that blocks, where the engine tells.',
    fix: ['end or wait for the blocking session, then lockstep up', 'lockstep up --lock-timeout 5m'],
  },
  'lock.busy': {
    exit: 4,
    title: 'Another run is at work on this database',
    explain:
      'Only one run at a time changes a database. The run lock is held by the connection of that run and ends with it, ' +
      'so there is nothing to unlock by hand.',
    fix: ['wait for it', 'lockstep up --lock-timeout 10m'],
  },
  'lock.lost': {
    exit: 2,
    title: 'The run lock was lost while work was going on',
    explain: 'The session that held the run lock ended, or its lease was taken over. The run stopped before it wrote anything more.',
    fix: ['lockstep status', 'lockstep up'],
  },
} as const satisfies Record<string, CatalogueEntry>;

const files = {
  'migration.invalid': {
    exit: 65,
    title: 'A migration file cannot be understood',
    explain: 'The place is given with line and column. All pending files are read before anything runs, so the database is as it was.',
    fix: ['correct the file at the place that is named'],
  },
  'migration.unknown-change': {
    exit: 65,
    title: 'A migration names a change that does not exist',
    explain: 'The changes are listed in docs/changes.md and in the JSON Schema that ships with the package.',
    fix: ['lockstep explain changes'],
  },
  'migration.duplicate-id': {
    exit: 65,
    title: 'Two files have one id',
    explain: 'The id of a migration is its name without the ending. Only one of two files with one id could ever be recorded.',
    fix: ['rename one of the files'],
  },
  'migration.down-without-up': {
    exit: 65,
    title: 'A way back without its migration',
    explain: 'A file ends in .down.sql and has no partner that ends in .up.sql.',
    fix: ['add the missing file or rename this one'],
  },
  'migration.meta-command': {
    exit: 65,
    title: 'A command of a terminal client stands in the script',
    explain:
      'Lines such as \\connect or \\i are commands of psql, SOURCE is one of the mysql client and .read one of sqlite3. ' +
      'They are no SQL, so no other program can run them. Nothing of the script was run.',
    fix: ['write the SQL that the command stands for, or remove the line'],
  },
  'migration.transaction-control': {
    exit: 65,
    title: 'The script controls transactions in a way that cannot be followed',
    explain:
      'BEGIN and COMMIT in pairs are understood: each pair becomes one transaction. ROLLBACK, a COMMIT without BEGIN and a BEGIN ' +
      'without COMMIT are refused, because the history could not tell what remained.',
    fix: ['remove the statement: Lockstep opens and ends the transaction itself'],
  },
  'migration.copy-data': {
    exit: 65,
    title: 'Rows for COPY cannot be sent by this driver',
    explain: 'COPY … FROM stdin with rows in the script needs the driver `pg` with `pg-copy-streams`, or PGlite.',
    fix: ['npm install pg-copy-streams', 'write the rows as INSERT statements'],
  },
  'migration.unmatched-file': {
    exit: 65,
    title: 'A file in the folder of migrations is none',
    explain: 'The name does not begin with a number, a date or a version, or the ending is unknown. The file is not run.',
    fix: ['rename it, or move it out of the folder'],
  },
  'version.claimed-twice': {
    exit: 65,
    title: 'Two migrations claim one version',
    explain:
      'Where versions are numbers or dates, each belongs to one migration. Two branches that took the same one must agree who goes first.',
    fix: ['rename the file that is not applied anywhere yet'],
  },
  'order.mixed-schemes': {
    exit: 65,
    title: 'Numbers, dates and version labels are mixed in one module',
    explain:
      'Migrations of one module are ordered by one scheme: sequence, datetime or version. A mixture has no order that everybody ' +
      'would expect. All files are listed with the scheme that they were taken for.',
    fix: ['rename the files of one scheme', 'set `scheme` in lockstep.config.ts'],
  },
  'order.ambiguous': {
    exit: 65,
    title: 'Two version labels cannot be told apart',
    explain: 'Labels such as v1_1 and v1_01 are equal when compared part by part, so neither comes first.',
    fix: ['rename one of the labels'],
  },
  'placeholder.missing': {
    exit: 65,
    title: 'A placeholder has no value',
    explain: 'Where placeholders are switched on, <NAME> in capital letters is replaced. A name without a value stops everything.',
    fix: ['lockstep up --var NAME=value', 'set `placeholders` in lockstep.config.ts'],
  },
  'change.refused': {
    exit: 65,
    title: 'A change does not fit the structure it would meet',
    explain:
      'Changes are applied to a model of the database before anything runs. A table that is not there, a name that is taken or a ' +
      'reference that would be orphaned is found then.',
    fix: ['correct the change at the place that is named'],
  },
  'change.unsupported': {
    exit: 65,
    title: 'The engine cannot do that',
    explain: 'The message says why and what to do instead. Nothing was run.',
    fix: ['use what the message proposes'],
  },
} as const satisfies Record<string, CatalogueEntry>;

const running = {
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
  'migration.irreversible': {
    exit: 3,
    title: 'There is no way back for a migration',
    explain: 'Structural changes are inverted without being asked; SQL scripts and code need a `down` of their own. Nothing was touched.',
    fix: ['write a `down`', 'restore a backup'],
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
  'test.failed': {
    exit: 1,
    title: 'A migration does not survive up, down and up on a scratch database',
    explain: 'The structure after going down differs from the one before, or a statement failed. The differences are listed.',
    fix: ['correct the `down` of the migration'],
  },
  'hook.failed': {
    exit: 2,
    title: 'A hook of the configuration threw an error',
    explain: 'Hooks run around runs and migrations. A failing hook before a migration stops it as if it had failed itself.',
    fix: ['correct the hook in lockstep.config.ts'],
  },
  interrupted: {
    exit: 130,
    title: 'The run was interrupted',
    explain: 'Ctrl-C stops after the statement that is running; a second one, or SIGTERM, aborts it. The state is printed.',
    fix: ['lockstep status', 'lockstep up'],
  },
  'internal.bug': {
    exit: 70,
    title: 'A fault of Lockstep itself',
    explain: 'Something happened that the program does not expect. `--debug` prints the stack.',
    fix: ['lockstep COMMAND --debug', 'report it with the output'],
  },
} as const satisfies Record<string, CatalogueEntry>;

export const catalogue: typeof usage & typeof configuration & typeof database & typeof files & typeof running = {
  ...usage,
  ...configuration,
  ...database,
  ...files,
  ...running,
};

export type Code = keyof typeof catalogue;
