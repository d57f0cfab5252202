/** Floor 6 (I/O): where migrations come from. Each source gives files; what they mean is decided elsewhere. */

export { type FixtureFile, findFixtures } from './fixtures.ts';
export { globSource } from './glob.ts';
export { type ListedMigration, listSource } from './list.ts';
export { type FoundModule, findModules } from './modules.ts';
export { fileSource, pathSource } from './path.ts';
export type { FileContext } from './shared/files.ts';
export { type CodeLoader, codeLoader } from './shared/loader.ts';
export { chosenFiles, listsFiles, manifestFiles, presentFiles } from './shared/manifest.ts';
export { isGlob } from './shared/pattern.ts';
