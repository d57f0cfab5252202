/** Floor 0: words, places, errors and small pure tools. Imports nothing; everybody imports it. */
export { type BlockFollower, countBlocks, followBlocks } from './blocks.ts';
export { type CatalogueEntry, type Code, catalogue } from './catalogue.ts';
export { parseDuration } from './duration.ts';
export { type EngineMessage, Failure, type FailureDetails, together } from './failure.ts';
export { topological } from './graph.ts';
export { calledFrom, formatPlace, lineStarts, type Place, placeAt, placeInStack, withCaller } from './place.ts';
export type { Clock, Digest, RandomHex } from './ports.ts';
export { type Problem, problemOf } from './problem.ts';
export { type Cursor, type ScanRules, scan, type TokenKind } from './scan.ts';
export { secretsOf, withoutSecrets } from './secrets.ts';
export { type Split, type SplitFault, type SplitRules, type SplitStatement, significantTokens, splitScript } from './split.ts';
export { byText, closest, count, grouped, joined } from './text.ts';
export { canonicalJson, exactNumber, fromHex, type JsonObject, type JsonValue, same, toHex, type Value } from './value.ts';
