import type { CatalogueEntry } from './entry.ts';

/** Codes for the files of migrations. */
export const files = {
  'fixture.invalid': {
    exit: 65,
    title: 'A file of fixtures cannot be understood',
    explain:
      'The place is given with line and column. A fixture is rows by the names of their tables, changes under `up`, a CSV file of one table, SQL, or ' +
      'code that exports `fixture({ run })`. All files are read before anything is loaded.',
    fix: ['correct the file at the place that is named'],
  },
  'fixture.duplicate-id': {
    exit: 65,
    title: 'Two fixtures have one id',
    explain: 'The id of a fixture is its name without the ending, with module and set in front, or what `id` in the file says.',
    fix: ['rename one of the files, or give it an `id`'],
  },
  'fixture.dependency': {
    exit: 65,
    title: 'A fixture depends on something that cannot be loaded before it',
    explain:
      'What `dependsOn` names must be another fixture that is there, that is loaded already or is loaded now, and that does not depend on this one. ' +
      'A list without entries says nothing and is taken for a slip.',
    fix: ['correct `dependsOn`', 'load the set and the module that it is in, too'],
  },
  'fixture.unknown': {
    exit: 64,
    title: 'There is no fixture, or no set, of this name',
    explain: 'Sets are the folders in `fixtures`, and `main` for files directly in it. `lockstep fixtures status` lists all of them.',
    fix: ['lockstep fixtures status'],
  },
  'module.missing': {
    exit: 65,
    title: 'Something requires a module, or a version of it, that is not there',
    explain:
      'Modules and migrations may require others: `accounts`, `accounts@>=v1_1`, `core@>=1.2 <2`. What is required must be among the modules that ' +
      'are found and not excluded, in a version that will do. Nothing runs before it is.',
    fix: ['add the module, or bring it up to date', 'correct the requirement'],
  },
  'module.unknown': {
    exit: 64,
    title: 'There is no module of this name',
    explain: 'Modules are named by --module and --exclude as `lockstep module list` shows them; `app` is the project itself.',
    fix: ['lockstep module list'],
  },
  'module.circle': {
    exit: 65,
    title: 'Modules or migrations require each other in a circle',
    explain: 'None of them could run first. The circle is named.',
    fix: ['take one of the requirements out', 'require a version, in the migration that needs it, and not the whole module'],
  },
  'installer.differs': {
    exit: 1,
    title: 'An installer does not make what its migrations make',
    explain:
      'Both were run on scratch databases. New databases would differ from those with a history: in what `-` names, which the migrations make, ' +
      'in what `+` names, which only the installer makes, and in what `~` names, which differs. Of numbers and times that the engine gives ' +
      'only counts whether there are any.',
    fix: ['lockstep dump --module NAME --covers VERSION -o FILE', 'correct the hand-written part'],
  },
  'module.requirement': {
    exit: 65,
    title: 'A requirement cannot be understood',
    explain: 'A requirement names a module and, behind @, versions by `>=`, `>`, `<=`, `<` or `=`: `accounts@>=v1_1 <v2`.',
    fix: ['correct the requirement'],
  },
  'module.manifest': {
    exit: 65,
    title: 'A manifest cannot be understood, or its files are not what it lists',
    explain:
      'A manifest (info.xml, lockstep.module.yaml or .json) gives a module its name, its version and its files. Each file must be there for the engine ' +
      'of the database, and the version of each update must be certain: it is never guessed.',
    fix: ['lockstep module check NAME', 'correct the manifest at the place that is named'],
  },
  'module.kept': {
    exit: 3,
    title: 'A module is not to be uninstalled',
    explain:
      'Its manifest says so (`removable: false`), or a module that is installed requires it. Taking it away would break what is there.',
    fix: ['uninstall first what requires it', 'lockstep module list'],
  },
  'module.not-undone': {
    exit: 2,
    title: 'A part of a module could not be removed',
    explain:
      'The statements that remove a module were run one by one, and some of them failed or were left out because they concern what was there before. ' +
      'Each is named with the reason.',
    fix: ['remove by hand what is named'],
  },
  'migration.invalid': {
    exit: 65,
    title: 'A migration file cannot be understood',
    explain: 'The place is given with line and column. All pending files are read before anything runs, so the database is as it was.',
    fix: ['correct the file at the place that is named'],
  },
  'migration.unknown-change': {
    exit: 65,
    title: 'A migration names a change that does not exist',
    explain: 'The changes are listed by `lockstep explain changes`, in docs/changes/ and in the JSON Schema that ships with the package.',
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
      'would expect. All files are listed with the scheme that they were taken for. Versions with and without a leading v are a mixture, ' +
      'too: compared part by part, v0.0.7 would come before 0.0.3.',
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
  'schema.invalid': {
    exit: 65,
    title: 'A file that describes a structure cannot be run',
    explain: 'Such files are run on an empty scratch database, so that the engine itself says what they mean. The place is given.',
    fix: ['correct the file at the place that is named'],
  },
  'schema.unseen': {
    exit: 2,
    title: 'The user may not see the whole structure',
    explain:
      'MySQL and MariaDB leave out what a user has no rights on, without saying so. What cannot be seen would be missing from a dump, ' +
      'and a comparison would take it for missing. Nothing was changed.',
    fix: ['grant what is named, or use another user'],
  },
  'diff.refused': {
    exit: 2,
    title: 'No safe way leads from one structure to the other',
    explain: 'The engine cannot make one of the changes, or could only by dropping what holds rows. Nothing was changed.',
    fix: ['write a migration by hand for what is named, and compare again'],
  },
  'diff.undecided': {
    exit: 5,
    title: 'Something may have been renamed, or dropped with what it holds',
    explain:
      'A table or column is gone and a new one may be what became of it. Renamed, it keeps its rows or values; dropped and added, it loses ' +
      'them. That is never guessed: a flag, a line `-- lockstep:rename users.name:full_name` in the file of the wanted structure, a line in ' +
      '`lockstep.renames`, or an answer at a terminal decides it.',
    fix: ['lockstep diff --rename users.name:full_name', 'lockstep diff --drop users.name', 'lockstep diff --renames auto'],
  },
  'diff.unproven': {
    exit: 2,
    title: 'The changes did not arrive on a scratch database',
    explain:
      'Every difference is tried before it is shown: from a copy of the structure to the wanted one and back. This one failed or left ' +
      'something different, so it is not offered. Neither side was changed.',
    fix: ['lockstep diff --debug', 'report it with both structures: it is a fault of Lockstep'],
  },
  'change.unsupported': {
    exit: 65,
    title: 'The engine cannot do that',
    explain: 'The message says why and what to do instead. Nothing was run.',
    fix: ['use what the message proposes'],
  },
} as const satisfies Record<string, CatalogueEntry>;
