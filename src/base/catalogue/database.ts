import type { CatalogueEntry } from './entry.ts';

/** Codes for connections, rights and locks. */
export const database = {
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
  'database.warning': {
    exit: 2,
    title: 'The server warns',
    explain:
      'A statement ran, and the server says that something is not as it was written: a name that is longer than it keeps was cut, a ' +
      'command had no effect. The sentence is the server’s own. Two long names that are cut to the same one are one name.',
    fix: ['correct the statement in a new migration', 'give shorter names: PostgreSQL keeps 63 bytes'],
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
  'database.storage': {
    exit: 2,
    title: 'The storage of the database is full or fails',
    explain:
      'The disk, a quota or a limit on the size of files is reached, or the disk could not be read or written. The statement was ' +
      'undone; what was committed ' +
      'before it is in the history or in the journal, and the next `up` continues from there.',
    fix: ['make room on the disk, or mend it, then lockstep up'],
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
