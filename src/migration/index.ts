/** Floor 2: what a migration is called, where it stands in the order, and what state it is in. Pure. */
export { byNatural, type Collected, collect, type FormatHeader, formatOf, type HeadedFile, type Header } from './collect.ts';
export { baseOf, type Covered, coveredUpTo } from './covered.ts';
export {
  type CodeProgress,
  fixturePrefix,
  type HistoryRow,
  type Intent,
  isFixture,
  isInDatabase,
  isOfMigration,
  isPartial,
  type JournalNote,
  protectionId,
  type RowState,
} from './history.ts';
export { isInstaller, isOfManifest, withInstallers } from './installer.ts';
export { interleave } from './interleave.ts';
export { listedFiles, type Manifest, type ManifestFile, type ReadManifest, versionInName } from './manifest.ts';
export { type Chosen, type ChosenFile, chooseFiles, type EngineSpellings, missingForEngines, partsOf } from './manifest-files.ts';
export { idOf, type Migration, type Module, type ModuleConfig, rootModule, type SourceFile } from './migration.ts';
export { compareLabels, detectScheme, isVersionFolder, type Label, readLabel, type Scheme } from './order.ts';
export { type Placeholders, type Substituted, substitute } from './placeholders.ts';
export { readRequirement } from './requirement.ts';
export { inScope, type Scope, unknownModule } from './scope.ts';
export { type Entry, entriesOf, type Flag, isPending, type State } from './state.ts';
export { checkTagName, readTags, type Tags, tagsFile, unknownTag, withTags, writeTags } from './tags.ts';
export { movedBy, resolve, resolveTarget } from './target.ts';
export { compareVersions } from './version.ts';
