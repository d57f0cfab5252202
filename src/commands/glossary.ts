import { authoredKinds } from '../schema/index.ts';

/** The words of Lockstep: one word, one meaning, the same in code, commands and documents. */
export const glossary: readonly { readonly word: string; readonly meaning: string }[] = [
  { word: 'migration', meaning: 'One file (or pair, or folder) with an id: what goes up, maybe what comes down, and maybe checks.' },
  { word: 'module', meaning: 'An independently versioned stream of migrations with a name. A project without modules has one, `app`.' },
  { word: 'version', meaning: 'The label that migrations of a module are ordered by: a number, a date, or a label such as v1_2.' },
  { word: 'history', meaning: 'What one database says it has had: a row for each migration, in the table lockstep_history.' },
  { word: 'pending', meaning: 'Not applied in this database. `lockstep up` applies what is pending.' },
  { word: 'applied', meaning: 'Ran in this database, and finished.' },
  {
    word: 'failed',
    meaning: 'Was tried and failed. Partial: some statements stay; `up` goes on behind them, `down --partial` undoes them.',
  },
  { word: 'covered', meaning: 'Not run, because an installer built what it would have built.' },
  { word: 'baseline', meaning: 'Marked as applied without being run.' },
  { word: 'reverted', meaning: 'Was applied and taken back. `lockstep up` applies it again.' },
  {
    word: 'edited',
    meaning: 'The file differs from the text that was applied here, in more than comments, white space and the case of keywords.',
  },
  { word: 'file-missing', meaning: 'The history names a migration that no file describes.' },
  { word: 'late', meaning: 'Pending, and older than the newest applied migration of its module. `--late` decides what happens.' },
  {
    word: 'plan',
    meaning: 'The ordered statements that would run, with risk and way back. A saved plan is bound to one state of one database.',
  },
  {
    word: 'journal',
    meaning: 'The count of finished statements where an engine cannot undo structural statements, and which one is under way.',
  },
  { word: 'run lock', meaning: 'Held for seconds by one run, in the database; it ends with the connection.' },
  { word: 'drift', meaning: 'The real structure differs from what the history says it should be.' },
  {
    word: 'changes',
    meaning: `What YAML, JSON and TypeScript migrations are made of; docs/changes/ describes each: ${authoredKinds.join(', ')}.`,
  },
];
