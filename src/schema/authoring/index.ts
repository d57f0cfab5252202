/** How people write changes: the authored shapes, read into changes, written from changes, and built by TypeScript migrations. Pure. */
export { type SchemaBuilder, schemaBuilder } from './builder.ts';
export { conventionsText, defaultColumnProblems, withDefaultColumns } from './conventions.ts';
export { type Names, namesOf } from './names-of.ts';
export { followingName, type Naming } from './naming.ts';
export type { NamingPolicy } from './prefixed-names.ts';
export { authoredKinds, readChange, unknownChange } from './read.ts';
export { nameable } from './read-index.ts';
export { formatReference } from './reference.ts';
export type * from './spec.ts';
export type * from './spec-change.ts';
export type * from './spec-object.ts';
export type { Path, Problem, Spot } from './spot.ts';
export { typeText, typeWords } from './types-text.ts';
export { writeChange } from './write.ts';
export { type BuilderCall, writeCall } from './write-call.ts';
export { writeTypeParts } from './write-type.ts';
