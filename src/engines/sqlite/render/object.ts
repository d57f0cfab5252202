import { type Render, type RenderContext, type Rendered, type Statement, type Unsupported, unsupported } from '../../../contracts/index.ts';
import {
  apply,
  formatName,
  isAbsent,
  keyOf,
  type ObjectKind,
  type ObjectReference,
  type Opaque,
  type QualifiedName,
  referenceTo,
  type StandaloneObject,
  type Trigger,
  type View,
} from '../../../schema/index.ts';
import { local, quote } from '../quote.ts';
import { tokensOf } from '../tokens.ts';
import { effect } from '../traits.ts';
import { commentFault } from './faults.ts';
import { guard, triggersOn } from './guard.ts';
import { statement } from './statement.ts';

type Kinds = 'createObject' | 'replaceObject' | 'dropObject' | 'renameObject' | 'addEnumValue' | 'renameEnumValue' | 'setComment';

const noEnumTypes = unsupported(
  'SQLite has no enum types with a name',
  'use an enum with its values as the type of the column, and alterColumn to give it other values',
);

export const object = {
  createObject: ({ object: created }, context): Rendered => create(created, context),

  replaceObject: ({ object: next }, context) => {
    const created = create(next, context);
    if (!Array.isArray(created)) return created;
    const dropped = dropIfThere(next, context);
    if (!Array.isArray(dropped)) return dropped;
    const key = keyOf(referenceTo(next));
    const effects = [effect('~', `${next.kind} ${formatName(next.name)}`, key)];
    const again = next.kind === 'view' ? triggersOf(next.name, context) : [];
    return [...dropped, ...created.map((part: Statement) => ({ ...part, effects })), ...again];
  },

  dropObject: ({ object: reference }, context) => drop(reference, context),

  renameObject: ({ object: reference, to }, context): Rendered => {
    const found = context.before.objects.get(keyOf(normal(reference)));
    if (found === undefined || found.kind === 'table') return { deferred: `how ${reference.kind} "${formatName(reference.name)}" looks` };
    const effects = [effect('~', `${found.kind} ${formatName(found.name)} → ${formatName(local(to))}`, keyOf(referenceTo(found)))];
    if (found.kind === 'opaque') {
      return [statement(`ALTER TABLE ${quote.name(local(found.name))} RENAME TO ${quote.identifier(to.name)}`, context, { effects })];
    }
    const created = create(renamed(found, local(to)), context);
    const dropped = drop(reference, context);
    if (!Array.isArray(created) || !Array.isArray(dropped)) return created;
    const guarded = found.kind === 'view' ? [statement(guard(context, found.name), context)] : [];
    return [
      ...guarded,
      ...dropped.map((part: Statement) => ({ ...part, effects: [] })),
      ...created.map((part: Statement) => ({ ...part, effects })),
      ...(found.kind === 'view' ? triggersAfter(reference, to, context) : []),
    ];
  },

  addEnumValue: () => noEnumTypes,
  renameEnumValue: () => noEnumTypes,
  setComment: ({ comment }) => (comment === null ? [] : commentFault),
} satisfies Pick<Render, Kinds>;

/** What SQLite lacks, by kind, and what to do instead. */
const lacking: Readonly<Partial<Record<ObjectKind, Unsupported>>> = {
  sequence: unsupported('SQLite has no sequences', 'let a column count up: identity'),
  enum: noEnumTypes,
  domain: unsupported('SQLite has no domains', 'write the type and its check on each column'),
  composite: unsupported('SQLite has no composite types', 'use the type json, or a column for each part'),
  routine: unsupported('SQLite has no routines', 'use a trigger, or do it in the program'),
  policy: unsupported('SQLite has no row security', 'use a view, or do it in the program'),
  extension: unsupported('SQLite loads extensions for a connection, not for a database', 'load it where the connection is opened'),
  namespace: unsupported('SQLite has no namespaces', 'use another database file, or a prefix for the names'),
};

function create(created: StandaloneObject, context: RenderContext): Rendered {
  if (created.comment !== undefined) return commentFault;
  switch (created.kind) {
    case 'view':
      return faultInView(created) ?? [statement(viewDefinition(created), context)];
    case 'trigger':
      return [statement(withoutTerminator(created.definition), context, touching(created))];
    case 'opaque':
      return [statement(withoutTerminator(created.definition), context, touching(created))];
    default:
      return lacking[created.kind] ?? unsupported(`SQLite has no objects of the kind ${created.kind}`, 'leave it out for SQLite');
  }
}

/** The definition may spell a name in another way; the object is the one that the change names. */
function touching(created: Trigger | Opaque): { readonly touches: readonly string[] } {
  return { touches: [keyOf(referenceTo(created))] };
}

function faultInView(view: View): Unsupported | undefined {
  if (view.materialized) return unsupported('SQLite has no materialised views', 'use a table that triggers keep up to date');
  if (view.indexes !== undefined && view.indexes.length > 0) {
    return unsupported('a view of SQLite has no indexes', 'put the index on the table behind the view');
  }
  const option = Object.keys(view.options ?? {})[0];
  return option === undefined ? undefined : unsupported(`SQLite has no view option "${option}"`, 'leave it out for SQLite');
}

function viewDefinition(view: View): string {
  const columns = view.columns === undefined ? '' : ` (${view.columns.map(quote.identifier).join(', ')})`;
  return `CREATE VIEW ${quote.name(local(view.name))}${columns} AS ${withoutTerminator(view.query)}`;
}

function withoutTerminator(sql: string): string {
  return sql.trim().replace(/;\s*$/, '');
}

function drop(reference: ObjectReference, context: RenderContext): Rendered {
  const name = quote.name(local(reference.name));
  switch (reference.kind) {
    case 'view':
      return [statement(`DROP VIEW ${name}`, context)];
    case 'trigger':
      return [statement(`DROP TRIGGER ${name}`, context, { touches: [keyOf(normal(reference))] })];
    case 'opaque': {
      const found = context.before.objects.get(keyOf(normal(reference)));
      if (found?.kind === 'opaque') return [statement(found.drop, context, { touches: [keyOf(normal(reference))] })];
      return { deferred: `how "${formatName(reference.name)}" is dropped` };
    }
    default:
      return lacking[reference.kind] ?? unsupported(`SQLite has no objects of the kind ${reference.kind}`, 'leave it out for SQLite');
  }
}

/** SQLite has no OR REPLACE. The triggers of a view go with it, so they must be known before that. */
function dropIfThere(next: StandaloneObject, context: RenderContext): Rendered {
  const name = quote.name(local(next.name));
  const reference = normal(referenceTo(next));
  const none = { effects: [], touches: [keyOf(reference)] };
  if (next.kind === 'trigger') return [statement(`DROP TRIGGER IF EXISTS ${name}`, context, none)];
  const known = context.before.objects.get(keyOf(reference));
  if (known === undefined && !isAbsent(context.before, keyOf(reference))) return { deferred: `how ${next.kind} "${next.name.name}" looks` };
  if (next.kind === 'view')
    return [statement(guard(context, next.name), context, none), statement(`DROP VIEW IF EXISTS ${name}`, context, none)];
  return known?.kind === 'opaque' ? [statement(known.drop, context, { touches: none.touches })] : [];
}

function triggersOf(view: QualifiedName, context: RenderContext): readonly Statement[] {
  return triggersOn(context, view).map((trigger) =>
    statement(trigger.definition, context, { effects: [], touches: [keyOf(referenceTo(trigger))] }),
  );
}

/** The triggers of a view go with its old name and come again with the new one. */
function triggersAfter(reference: ObjectReference, to: QualifiedName, context: RenderContext): readonly Statement[] {
  const after = apply(context.before, { kind: 'renameObject', object: reference, to });
  return 'refused' in after ? [] : triggersOf(to, { ...context, before: after });
}

function renamed(found: StandaloneObject, to: QualifiedName): StandaloneObject {
  return found.kind === 'trigger'
    ? { ...found, name: to, definition: renameTrigger(found, to) }
    : ({ ...found, name: to } as StandaloneObject);
}

/** The name is the first token behind CREATE TRIGGER and what may stand between. */
function renameTrigger(found: Trigger, to: QualifiedName): string {
  const tokens = tokensOf(found.definition);
  let at = tokens.findIndex((token) => token.upper === 'TRIGGER') + 1;
  if (tokens[at]?.upper === 'IF' && tokens[at + 1]?.upper === 'NOT') at += 3;
  if (tokens[at + 1]?.text === '.') at += 2;
  const token = tokens[at];
  if (token === undefined) return found.definition;
  return found.definition.slice(0, token.start) + quote.identifier(to.name) + found.definition.slice(token.end);
}

function normal(reference: ObjectReference): ObjectReference {
  const on = reference.on === undefined ? {} : { on: local(reference.on) };
  return { ...reference, name: local(reference.name), ...on };
}
