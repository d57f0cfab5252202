import type { CatalogueEntry } from './entry.ts';

/** Codes for configuration, sources and stores. */
export const configuration = {
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
  'history.no-log': {
    exit: 3,
    title: 'This history keeps no log',
    explain:
      'A history in tables has a log of everything that was ever done, which only grows. One in a file, or of a store of your own, may know ' +
      'only how each migration stands now.',
    fix: ['lockstep status --all'],
  },
  'history.foreign': {
    exit: 3,
    title: 'What bears the name of the history is not one',
    explain:
      'The table named for the history exists and lacks columns that Lockstep writes, or the file named for it holds something else. It ' +
      'is left alone. Another name can be given as `history: { table }` or `history: { file }` in the configuration.',
    fix: ['set history.table in lockstep.config.ts'],
  },
  'history.missing': {
    exit: 3,
    title: 'The tables of the history are missing and may not be made',
    explain:
      'The configuration says `history: { autoCreate: false }`, so Lockstep makes no tables by itself. Whoever may make them runs the ' +
      'statements that are shown; from then on everything works as usual.',
    fix: ['run the statements that are shown, as a user who may create tables', 'remove history.autoCreate from lockstep.config.ts'],
  },
  'history.unwritten': {
    exit: 2,
    title: 'The file of the history cannot be read or written',
    explain:
      'The history is kept in a file (`history: { file }`), and the disk or its rights do not let Lockstep use it. What was committed ' +
      'before stays; the next run says of a migration in between that nobody knows whether it is in the database.',
    fix: ['free the file, or correct its rights', 'lockstep status'],
  },
} as const satisfies Record<string, CatalogueEntry>;
