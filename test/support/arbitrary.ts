/** What property tests are fed with: changes of every kind with any values, small schemas, and changes that fit a schema. */
export { change, changesByKind } from './arbitrary-change.ts';
export { fittingByKind, fittingChange } from './arbitrary-fitting.ts';
export { smallSchema } from './arbitrary-schema.ts';
export { index } from './arbitrary-table.ts';
export { columnType, name, qualifiedName } from './arbitrary-value.ts';
