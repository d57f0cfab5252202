/** Floor 6: where the history is kept. Each store turns a `HistoryWrite` into what travels with a migration. */
export { type TableStoreOptions, tableStore } from './table.ts';
