/** Floor 5: parsed migrations become ordered statements with their risks. Pure. */
export { wayBackOf } from './back.ts';
export { type Rendering, renderChanges } from './changes.ts';
export { formatLoss, possibleLosses, risksBefore } from './losses.ts';
export { groupsOf, type Read, readScript, type ScriptContext } from './script.ts';
