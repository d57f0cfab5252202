// The rules of the folders, made from the list of floors. `scripts/layers.ts` runs them and makes sure that they saw every file.

/** Floors from the ground up; a folder may import only what stands on a lower one. */
const floors = [
  ['base'],
  ['schema'],
  ['migration', 'neutral'],
  ['diff'],
  ['contracts'],
  ['plan', 'lint', 'engines', 'formats'],
  ['drivers', 'sources', 'stores', 'config'],
  ['scratch'],
  ['runner'],
  ['fixtures', 'replicate', 'team', 'adopt'],
  ['commands'],
  ['server'],
  ['cli'],
];

/** Up to this floor there is no input or output, hence no module of Node. */
const pure = floors.slice(0, 6).flat();
/** The packages that a pure folder may use, loaded when they are needed like all others. */
const parsers = { formats: ['yaml', 'zod'] };
/** Folders of plug-ins: what two of them share lies in `shared/` or on a lower floor. */
const plugInFiles = ['drivers', 'sources', 'stores'];
/** The shells see the use cases and nothing behind them, so that they cannot drift apart. */
const shells = { cli: ['commands', 'contracts', 'base', 'server'], server: ['commands', 'team', 'contracts', 'base'] };
/** Packages that the program takes in, so that they need no import() of their own; see scripts/build.ts. */
const inlined = ['picocolors', 'lilconfig', 'yaml', 'zod'];

const source = '^src/';
const test = '\\.test\\.ts$';
const any = (names) => `(?:${names.join('|')})`;
const folder = (names) => `^src/${any(names)}/`;
const packages = (names) => `node_modules/${any(names)}/`;
const npm = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const onlyDown = floors.flatMap((names, floor) =>
  names.map((name) => {
    const above = floors
      .slice(floor)
      .flat()
      .filter((other) => other !== name);
    return rule('only-down', 'A folder imports only folders of lower floors.', { path: folder([name]) }, { path: folder(above) });
  }),
);

const pureCore = pure.flatMap((name) => {
  const allowed = parsers[name] ?? [];
  return [
    rule(
      'pure-core-node',
      'Up to floor 5 nothing does input or output.',
      { path: folder([name]), pathNot: test },
      { dependencyTypes: ['core'] },
    ),
    rule(
      'pure-core-packages',
      'Up to floor 5 only formats may use a package, and only a parser.',
      { path: folder([name]), pathNot: test },
      { dependencyTypes: npm, ...(allowed.length > 0 ? { pathNot: packages(allowed) } : {}) },
    ),
  ];
});

const islands = [
  rule(
    'plug-in-islands',
    'Engines never import each other.',
    { path: '^src/engines/([^/]+)/' },
    { path: '^src/engines/[^/]+/', pathNot: '^src/engines/$1/' },
  ),
  rule(
    'plug-in-islands',
    'Plug-ins of one folder never import each other.',
    { path: `^src/(${plugInFiles.join('|')})/(?!index\\.ts|shared/)([^/]+?)(?:/|\\.ts$)`, pathNot: test },
    { path: '^src/$1/', pathNot: ['^src/$1/shared/', '^src/$1/$2(?:/|\\.ts$)'] },
  ),
];

const thinShells = Object.entries(shells).map(([name, seen]) =>
  rule(
    'thin-shells',
    'The shells see commands, contracts and base alone; the server also what the calls of a team are.',
    { path: folder([name]), pathNot: test },
    { path: source, pathNot: folder([name, ...seen]) },
  ),
);

export default {
  forbidden: [
    ...onlyDown,
    rule(
      'through-the-door',
      'Another folder is imported through its index.ts.',
      { path: '^src/([^/]+)/' },
      { path: '^src/[^/]+/', pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$'] },
    ),
    rule(
      'through-the-door',
      'The public door imports folders through theirs.',
      { path: '^src/[^/]+\\.ts$' },
      { path: '^src/[^/]+/', pathNot: '^src/[^/]+/index\\.ts$' },
    ),
    rule(
      'not-the-own-door',
      'Inside a folder files import each other.',
      { path: '^src/([^/]+)/.', pathNot: test },
      { path: '^src/$1/index\\.ts$' },
    ),
    rule('not-the-public-door', 'Nothing inside imports the public door.', { path: '^src/[^/]+/' }, { path: '^src/[^/]+\\.ts$' }),
    rule('nothing-imports-the-shell', 'Nothing imports cli.', { path: source, pathNot: '^src/cli/' }, { path: '^src/cli/' }),
    rule('no-cycle', 'Nothing imports itself by a detour.', { path: source }, { circular: true }),
    rule(
      'source-stands-alone',
      'What ships does not import tests, scripts or the benchmark.',
      { path: source, pathNot: test },
      { path: '^(?:test|scripts|bench)/' },
    ),
    rule('source-stands-alone', 'What ships does not import tests.', { path: source, pathNot: test }, { path: test }),
    rule('known-floor', 'Every folder of src stands on a floor.', { path: '^src/[^/]+/', pathNot: folder(floors.flat()) }, {}),
    rule(
      'known-floor',
      'Every folder of src stands on a floor.',
      { path: source },
      { path: '^src/[^/]+/', pathNot: folder(floors.flat()) },
    ),
    ...pureCore,
    ...islands,
    ...thinShells,
    rule(
      'packages-late',
      'A package is loaded with import() where it is used; a static import is paid at every start.',
      { path: source, pathNot: test },
      { dependencyTypes: npm, dependencyTypesNot: ['type-only', 'type-import'], dynamic: false, pathNot: packages(inlined) },
    ),
    rule(
      'declared-packages',
      'A package that is imported is one that users of the package have.',
      { path: source, pathNot: test },
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'type-only', 'type-import'],
      },
    ),
    rule('resolvable', 'What is imported exists.', { path: source }, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
