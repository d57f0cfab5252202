import type { CatalogueEntry } from './entry.ts';

/** Codes for copying a database to another one. */
export const replicate = {
  'replicate.lossy': {
    exit: 3,
    title: 'Something cannot go to the other engine as it is',
    explain:
      'Each loss has a name and says what becomes of the objects it concerns. Nothing is lost unless its name is allowed; docs/replicate.md ' +
      'lists all names, and what is mapped without a loss.',
    fix: ['lockstep replicate … --allow-lossy NAME,NAME', 'lockstep replicate … --dry-run'],
  },
  'replicate.not-empty': {
    exit: 3,
    title: 'The target of a copy is not empty',
    explain:
      'A copy drops and overwrites nothing, so its target must be an empty database. Only what the same copy has left there when it was broken ' +
      'off is no hindrance: it goes on with that.',
    fix: ['name another database as the target', 'empty the target yourself'],
  },
  'replicate.value': {
    exit: 2,
    title: 'A value cannot be copied',
    explain:
      'The source holds a value that its type does not have (in SQLite any column may hold any value), or one that the target cannot hold. ' +
      'The table, the key of the row and the value are named. Values are never cut, rounded or replaced.',
    fix: ['correct the value in the source, then run the same command again'],
  },
  'replicate.failed': {
    exit: 2,
    title: 'A copy could not be finished',
    explain:
      'The target refused a statement, for example a key that rows of the source do not keep. The engine says why; what is in the target stays.',
    fix: ['correct the cause, then run the same command again'],
  },
  'replicate.differs': {
    exit: 2,
    title: 'The two sides of a copy are not the same',
    explain:
      'Rows are counted and summed up on both sides. They differ when somebody wrote into a side while the copy ran, or when a value did not ' +
      'arrive as it was.',
    fix: ['empty the target and copy again while nobody writes into the two'],
  },
} as const satisfies Record<string, CatalogueEntry>;
