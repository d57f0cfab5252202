import type { CatalogueEntry } from './entry.ts';

/** Codes for a command line that was not understood. */
export const usage = {
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
      'A reference is an id, an unambiguous beginning of one, a version, a tag, or one of `first`, `latest`, `next`, `prev`. ' +
      'It is looked up among the files and the history together.',
    fix: ['lockstep status --all'],
  },
  'ref.rounded': {
    exit: 64,
    title: 'Nothing is called exactly that, so the last one before it is meant',
    explain:
      'A number, date or version that no migration has means the highest one before it; `+n` and `-n` beyond the last or the first stop ' +
      'there. What was meant in the end is always told.',
    fix: ['lockstep status --all'],
  },
  'tag.name': {
    exit: 64,
    title: 'This can be no tag',
    explain:
      'A tag stands where a target is named, so it must not be what a target can be already: a word such as `latest`, a version, ' +
      'an id or the beginning of one, a module. It begins with a letter.',
    fix: ['lockstep tag release-2.1'],
  },
  'tag.exists': {
    exit: 64,
    title: 'The tag stands for a state already',
    explain: 'A tag is never moved in passing: others may have gone to the state that it stands for.',
    fix: ['lockstep tag NAME --remove', 'lockstep tag'],
  },
  'tag.unknown': {
    exit: 64,
    title: 'There is no such tag',
    explain: 'Tags are kept in `lockstep.tags.json` beside the configuration.',
    fix: ['lockstep tag'],
  },
  'tag.lost': {
    exit: 64,
    title: 'The migration that a tag ends with has no file any more',
    explain: 'What a state was whose last migration is gone is not known. Nothing else is taken in its place.',
    fix: ['lockstep tag', 'restore the file'],
  },
  'tag.file': {
    exit: 78,
    title: 'The file of tags cannot be understood',
    explain: '`lockstep.tags.json` holds one JSON object: names, each with the id of the migration that the state ends with.',
    fix: ['{ "release-2.1": "007_roles" }'],
  },
  'ref.ambiguous': {
    exit: 64,
    title: 'Several migrations begin like that',
    explain: 'A prefix is taken only when exactly one migration has it. The message lists those that match.',
    fix: ['give more of the id'],
  },
} as const satisfies Record<string, CatalogueEntry>;
