/** Floor 6: where the history is kept: in the database, by SQL that travels with a migration, or in a file. */
export { type FileStoreOptions, fileStore } from './file.ts';
export { type TableStoreOptions, tableStore } from './table.ts';
