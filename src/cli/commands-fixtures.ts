import { flags } from './flags.ts';
import type { Command } from './spec.ts';

/** The command for sets of data. */
export const fixturesCommand: Command = {
  name: 'fixtures',
  group: 'EVERYDAY',
  stops: true,
  summary: 'sets of data: what is loaded, loading and removing it',
  takes: '[status | load | remove]',
  flags: [
    { name: 'set', value: 'NAME', repeatable: true, summary: 'a set; `main` is loaded where none is named' },
    { name: 'reload', value: 'ID', repeatable: true, summary: 'load this fixture again, whatever its version is' },
    ...flags('dry-run', 'show-sql', 'allow', 'lock-timeout'),
  ],
  examples: [
    ['lockstep fixtures status', 'every fixture, its set and what is loaded of it'],
    ['lockstep fixtures load', 'what is new in the set main'],
    ['lockstep fixtures load --set main --set demo', 'and the demonstration data'],
    ['lockstep fixtures remove --set demo --yes', 'take the rows of a set away'],
  ],
  about:
    'Fixtures are rows, SQL or code in `fixtures/` of the project and of its modules: files directly in it are of the set `main`, those in a folder ' +
    'of the set that it is named after. One without a version is loaded once, one with a version again when it rises. They are loaded behind all ' +
    'migrations, each set in one transaction; `remove` takes away what a set loaded, newest first.',
};
