import { flags } from './flags.ts';
import type { Command } from './spec.ts';

/** `lockstep install` */
export const installCommand: Command = {
  name: 'install',
  group: 'EVERYDAY',
  stops: true,
  summary: 'build a database from nothing',
  flags: [
    ...flags('late', 'on-error', 'transaction', 'allow', 'verify', 'lock-timeout', 'no-installer'),
    { name: 'demo', summary: 'load the fixtures of the set `demo`, too' },
  ],
  examples: [
    ['lockstep install', 'all modules in the order of what they require, by their installers where they have one, and their fixtures'],
    ['lockstep install --demo', 'with data for trying out'],
  ],
  about:
    'Runs the installers of all modules, each behind what it requires, and the versions behind them. A database that has a history already is brought up to ' +
    'date, which is what `up` does, and that is said. Where nothing failed, the fixtures of the set `main` are loaded.',
};

/** `lockstep module` */
export const moduleCommand: Command = {
  name: 'module',
  group: 'EVERYDAY',
  stops: true,
  summary: 'modules: what is installed, installing, updating, checking and removing them',
  takes: '[list | install NAME | update NAME | uninstall NAME | check [NAME]]',
  flags: [
    ...flags('late', 'on-error', 'transaction', 'allow', 'verify', 'lock-timeout', 'no-installer', 'through-installer'),
    { name: 'as', value: 'VERSION', summary: 'install: it is there at this version by other hands; nothing is run' },
    { name: 'strict', summary: 'install, update: exit with 1 when there is nothing to do' },
  ],
  examples: [
    ['lockstep module list', 'every module with its version here and the newest one'],
    ['lockstep module install blog', 'blog, and before it what it requires'],
    ['lockstep module install blog --as 0.0.2', 'the history is told that it is there; later updates follow'],
    ['lockstep module check', 'manifests and files that contradict each other; exit 1 when anything is found'],
    ['lockstep module uninstall blog', 'takes it away, after naming what would be lost'],
    ['lockstep status --module blog', 'its migrations'],
  ],
  about:
    'Every folder in `modules` is a module: an independent stream of migrations with a name, in files of its own or in folders for versions. ' +
    '`install` and `update` are one: they run what is pending of a module and of those that it requires; a module that has no history is built by ' +
    'its installer where it has one. There is no number for a module: its version is what the history says. `uninstall` runs the file that ' +
    'removes the module (`uninstall.sql`, or what its manifest names), or else takes its migrations back; it refuses what is required by ' +
    'installed modules and what a manifest keeps. With --on-error ignore it goes on behind statements that fail, and lists them.',
};
