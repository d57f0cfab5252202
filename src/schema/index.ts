/** Floor 1: the structure of a database and what can happen to it, as plain data and pure functions. Imports base only. */
export { apply, applyAll } from './apply.ts';
export { affectedBy, alteredColumn, emptiesKey } from './apply-column.ts';
export { describe } from './apply-names.ts';
export { dropOf, findConstraint } from './apply-table.ts';
export * from './authoring/index.ts';
export {
  type Change,
  type ChangeKind,
  type ColumnChange,
  type CommentTarget,
  isReference,
  type MadeNames,
  type Of,
  type RowNames,
  referencesOf,
  type Script,
  type StandaloneObject,
  tablesNamedBy,
} from './change.ts';
export { canonicalSchema, sameSchema } from './equal.ts';
export { mentions } from './expression.ts';
export { invert, invertAll } from './invert.ts';
export { asMeant } from './meant.ts';
export * from './model.ts';
export {
  formatName,
  type Key,
  keyOf,
  type Name,
  type ObjectKind,
  type ObjectReference,
  type PartKind,
  parseName,
  partKey,
  type QualifiedName,
  sameName,
  tableKey,
} from './names.ts';
export type { Irreversible, Refusal } from './refusal.ts';
export type { ColumnType, Default, Row, RowReference, RowValue, Where } from './types.ts';
