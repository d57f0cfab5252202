/** Floor 9 (I/O): structure and rows from one open database into another, resumable. Pure mapping lies in `neutral`; `commands` starts it. */
export type { Tally } from './checksum.ts';
export { checkProgress, type Progress, readProgress } from './progress.ts';
export type { TableCopy } from './reading.ts';
export {
  type Begin,
  type Building,
  buildingOf,
  type CopiedTable,
  type Copy,
  numbersOf,
  type Part,
  runCopy,
  tryBuilding,
} from './replicate.ts';
export { batchesOf } from './rows.ts';
