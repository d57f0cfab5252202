/** Floor 5: parsed migrations become ordered statements with their risks. Pure. */
export { wayBackOf } from './back.ts';
export { bookName, booksOf, withoutBooks } from './books.ts';
export { type Rendering, renderChanges } from './changes.ts';
export { changedRows } from './keep.ts';
export { formatLoss, possibleLosses, risksBefore } from './losses.ts';
export { namedUpsert, nameQuery, unknownRow } from './references.ts';
export { groupsOf, type Read, readScript, type ScriptContext } from './script.ts';
