import { flags } from './flags.ts';
import type { Command } from './spec.ts';

/** `lockstep mark` */
export const markCommand: Command = {
  name: 'mark',
  group: 'CARE',
  stops: true,
  summary: 'tell the history what it cannot know',
  takes: '(applied | pending | accept | forget) ID',
  flags: [
    ...flags('reason', 'lock-timeout'),
    { name: 'statement', value: 'N', summary: 'of a broken migration: the statement that is meant' },
  ],
  examples: [
    ['lockstep mark applied 007_roles --reason "run by hand"', 'its state is then baseline'],
    ['lockstep mark pending 007_roles --reason "restored a backup"', 'it will run again'],
    ['lockstep mark accept 007_roles --reason "only a typo"', 'the edited text counts as applied'],
    ['lockstep mark forget 007_roles --reason "never merged"', 'the row of a missing file goes'],
  ],
  about: 'Changes the history only; nothing of the migration is run. The reason is kept in the log.',
  completes: 'migrations',
};

/** `lockstep refresh` */
export const refreshCommand: Command = {
  name: 'refresh',
  group: 'CARE',
  stops: true,
  summary: 'hold the sources against the history, or begin the history anew',
  flags: [
    { name: 'restart', summary: 'take every migration out of the history; all of them are then pending' },
    { name: 'keep-applied', summary: 'with --restart: what is in the database keeps its rows, what is only remembered goes' },
    ...flags('lock-timeout'),
  ],
  examples: [
    ['lockstep refresh', 'what is new, what vanished, what changed; writes nothing'],
    ['lockstep refresh --restart --keep-applied', 'forget what failed or was taken back'],
    ['lockstep refresh --restart --yes', 'the database is empty again, and the history shall be, too'],
  ],
  about:
    'Sources are read by every command, so that nothing has to be refreshed for `up`: it tells what is new in them, what was applied and has ' +
    'vanished, and what was changed since it was recorded. With --restart rows leave the history, each with a line in its log; tables and ' +
    'rows of the database, fixtures and their rows, and the files are never touched. That anything is applied is only forgotten with --yes or an ' +
    'answer, and on a protected database with --confirm NAME; a half applied migration is never forgotten. Where the structure stays, ' +
    '`mark applied` tells the history again what is there.',
};

/** `lockstep tag` */
export const tagCommand: Command = {
  name: 'tag',
  group: 'CARE',
  summary: 'name a state of the migrations, or list the names',
  takes: '[NAME [REF]]',
  flags: [{ name: 'remove', summary: 'take the name away; no migration is touched' }],
  examples: [
    ['lockstep tag release-2.1', 'all migrations that there are now, up to the last'],
    ['lockstep tag release-2.0 007_roles', 'the state that ends with this migration'],
    ['lockstep to release-2.0', 'go there, on any database'],
    ['lockstep diff --from migrations@release-2.0 --to migrations', 'what came since'],
    ['lockstep tag', 'all tags'],
  ],
  about:
    'A tag names a place in the order of the migrations, not what one database has had: it is kept in lockstep.tags.json, which is committed, ' +
    'so that it means the same to every database and everybody. Wherever a target is named it may be given: `to`, `up --to`, `plan --to`, ' +
    'and behind `migrations@`. A migration that is added later but sorts before that place belongs to the state from then on. No database is opened.',
};
