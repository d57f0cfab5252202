/** Floor 6 (I/O): where migrations come from. Each source gives files; what they mean is decided elsewhere. */
export type { FileContext } from './files.ts';
export { globSource, isGlob } from './glob.ts';
export { type ListedMigration, listSource } from './list.ts';
export { type CodeLoader, codeLoader } from './loader.ts';
export { pathSource } from './path.ts';
