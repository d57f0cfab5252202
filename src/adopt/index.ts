/** Floor 9: what is known of other migration tools, one file for what they are asked about. */
export { type ForeignTable, foreignHistories } from './histories.ts';
