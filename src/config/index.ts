/** Floor 7 (I/O): finds, reads and checks the configuration, and the URL of the database. Used by commands. */
export { checkConfig } from './check.ts';
export { type Config, defineConfig, type Environment, type LatePolicy, type OnError, type TransactionScope } from './config.ts';
export { chosenExtensions } from './extensions.ts';
export { type FoundConfig, findConfig, type LoadCode, readEnvironmentFile } from './find.ts';
export { targetOf } from './url.ts';
