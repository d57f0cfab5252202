import {
  type Deferred,
  type Render,
  type RenderContext,
  type Rendered,
  type Server,
  type Statement,
  type Unsupported,
  unsupported,
} from '../../../contracts/index.ts';
import {
  describe,
  isAbsent,
  keyOf,
  type ObjectReference,
  type Of,
  type Opaque,
  type QualifiedName,
  referenceTo,
  type SchemaObject,
  type Sequence,
  type StandaloneObject,
  type View,
} from '../../../schema/index.ts';
import { alteredEvent, orReplace, renamedDefinition } from '../definitions.ts';
import { has } from '../flavours.ts';
import { definitionText, quote } from '../quote.ts';
import { definerText, definitionParts } from '../settings.ts';
import { renderComment } from './comment.ts';
import { commentText } from './definition.ts';
import { columnList, type Piece, statement } from './parts.ts';
import { underSettings } from './settings.ts';

type ObjectKinds = 'createObject' | 'replaceObject' | 'dropObject' | 'renameObject' | 'addEnumValue' | 'renameEnumValue';

const enumChange = unsupported(
  'the values of an enum belong to its column in MySQL',
  "alterColumn with the type { kind: 'enum', values: […] }",
);

/** What MySQL does not have at all, and what stands in its place. */
const missing = {
  enum: unsupported('MySQL has no enum types by name', "columns of the type { kind: 'enum', values: […] }"),
  domain: unsupported('MySQL has no domains', 'the type and a check at each column'),
  composite: unsupported('MySQL has no composite types', 'columns of their own, or { kind: "json" }'),
  policy: unsupported('MySQL has no row security', 'views with SQL SECURITY, and rights on those'),
  extension: unsupported('MySQL has no extensions; plugins belong to the server', 'INSTALL SONAME, by whoever runs the server'),
  namespace: unsupported('a namespace of MySQL is a database of its own', 'create the database, and connect to it'),
} as const satisfies Partial<Record<SchemaObject['kind'], Unsupported>>;

export const renderObject = {
  createObject: ({ object }, { server }) => created(object, server),

  replaceObject: ({ object }, context) => {
    const { server, before } = context;
    const key = keyOf(referenceTo(object));
    const previous = before.objects.get(key);
    if (object.kind === 'view') {
      const text = viewText(object, 'CREATE OR REPLACE');
      return typeof text === 'string' ? madeView(object, text, server) : text;
    }
    if (previous === undefined && isAbsent(before, key)) return created(object, server);
    if (object.kind === 'trigger' || object.kind === 'routine') return replacedDefinition(object, context);
    if (object.kind !== 'sequence' && object.kind !== 'opaque') return missing[object.kind];
    if (previous === undefined) return deferred(referenceTo(object));
    if (object.kind === 'opaque') return previous.kind === 'opaque' ? replacedOpaque(previous, object, server) : deferred(previous);
    const text = sequenceText(object, 'ALTER', server);
    if (typeof text !== 'string') return text;
    const note = previous.comment === object.comment ? [] : renderComment.setComment(noting(object), context);
    return 'length' in note ? [statement(text, server), ...note] : note;
  },

  dropObject: ({ object }, context) => {
    const sql = dropText(object, context);
    return typeof sql === 'string' ? made(sql, context.server) : sql;
  },

  renameObject: ({ object: reference, to }, context) => {
    const { server, before } = context;
    const { kind, name } = reference;
    if (kind === 'view' || kind === 'sequence') return [statement(`RENAME TABLE ${quote.name(name)} TO ${quote.name(to)}`, server)];
    const object = before.objects.get(keyOf(reference));
    if (kind in missing) return missing[kind as keyof typeof missing];
    if (object === undefined) return deferred(reference);
    const drop = dropText(reference, context);
    if (typeof drop !== 'string') return drop;
    if (object.kind !== 'trigger' && object.kind !== 'routine')
      return unsupported(`MySQL cannot rename a ${kind}`, 'drop it and create it under the new name');
    return [
      statement(drop, server),
      ...made(object.definition, server, (create) => renamedDefinition(create, to, server)),
      ...noteOn({ ...object, name: to }, server),
    ];
  },

  addEnumValue: () => enumChange,
  renameEnumValue: () => enumChange,
} satisfies Pick<Render, ObjectKinds>;

function noting({ name, comment }: Sequence): Of<'setComment'> {
  return { kind: 'setComment', on: { kind: 'sequence', name }, comment: comment ?? null };
}

function deferred(reference: ObjectReference): Deferred {
  return { deferred: `how ${describe(reference)} looks is not known yet` };
}

function created(object: StandaloneObject, server: Server): Rendered {
  switch (object.kind) {
    case 'view': {
      const text = viewText(object, 'CREATE');
      return typeof text === 'string' ? madeView(object, text, server) : text;
    }
    case 'sequence': {
      const text = sequenceText(object, 'CREATE', server);
      return typeof text === 'string' ? [statement(text, server)] : text;
    }
    case 'trigger':
    case 'routine':
      return [...made(object.definition, server), ...noteOn(object, server)];
    case 'opaque':
      return made(object.definition, server);
    default:
      return missing[object.kind];
  }
}

/** Runs a definition, or what is made of its CREATE statement, under the settings that stand in it. */
function made(definition: string, server: Server, change: (create: string) => string = (create) => create): readonly Statement[] {
  const { settings, create } = definitionParts(definition);
  return underSettings(settings, [statement(change(create), server)], server);
}

/** An event is altered, and keeps the moment when it began, unless it is to run at other times. */
function replacedOpaque(previous: Opaque, object: Opaque, server: Server): readonly Statement[] {
  const altered = object.type === 'event' ? alteredEvent(previous.definition, definitionParts(object.definition).create) : undefined;
  return altered === undefined
    ? [...made(previous.drop, server), ...made(object.definition, server)]
    : made(object.definition, server, () => altered);
}

function madeView({ options = {} }: View, text: string, server: Server): readonly Statement[] {
  const { collation_connection: collation } = options;
  return underSettings(collation === undefined ? {} : { collation_connection: collation }, [statement(text, server)], server);
}

/** The comment of a routine, which is no part of its definition in the model. */
function noteOn(object: StandaloneObject, server: Server): readonly Statement[] {
  if (object.kind !== 'routine' || object.comment === undefined) return [];
  return [
    statement(`ALTER ${object.routine.toUpperCase()} ${quote.name(object.name)} COMMENT ${definitionText(object.comment, server)}`, server),
  ];
}

function replacedDefinition(object: Extract<StandaloneObject, { kind: 'trigger' | 'routine' }>, context: RenderContext): Rendered {
  const { server, before } = context;
  const previous = before.objects.get(keyOf(referenceTo(object)));
  const sameKind = object.kind === 'trigger' || previous?.kind !== 'routine' || previous.routine === object.routine;
  if (has(server, 'orReplace') && sameKind)
    return [...made(object.definition, server, (create) => orReplace(create, server)), ...noteOn(object, server)];
  const old = previous?.kind === 'routine' ? previous.routine : object.kind === 'routine' ? object.routine : 'trigger';
  return [
    statement(`DROP ${old.toUpperCase()} IF EXISTS ${quote.name(inDatabaseOf(object))}`, server),
    ...made(object.definition, server),
    ...noteOn(object, server),
  ];
}

/** A trigger lies in the database of its table. */
function inDatabaseOf(object: { readonly name: QualifiedName; readonly on?: QualifiedName }): QualifiedName {
  return object.on?.schema === undefined ? object.name : { schema: object.on.schema, name: object.name.name };
}

function dropText(reference: ObjectReference, { before }: RenderContext): Piece | Deferred {
  const { kind } = reference;
  const name = quote.name(inDatabaseOf(reference));
  const object = before.objects.get(keyOf(reference));
  switch (kind) {
    case 'view':
      return `DROP VIEW ${name}`;
    case 'sequence':
      return `DROP SEQUENCE ${name}`;
    case 'trigger':
      return `DROP TRIGGER ${name}`;
    case 'routine':
      return object?.kind === 'routine' ? `DROP ${object.routine.toUpperCase()} ${name}` : deferred(reference);
    case 'opaque':
      return object?.kind === 'opaque' ? object.drop : deferred(reference);
    case 'table':
      return unsupported('a table is no object beside tables', 'dropTable');
    default:
      return missing[kind];
  }
}

function viewText(view: View, verb: string): Piece {
  if (view.materialized) return unsupported('MySQL has no materialised views', 'a table that an event fills');
  if (view.indexes !== undefined && view.indexes.length > 0)
    return unsupported('MySQL has no indexes on views', 'an index on the table behind the view');
  if (view.comment !== undefined) return unsupported('MySQL has no comments on views', 'a comment on the table behind the view');
  const { algorithm, sql_security: security, check_option: check, definer, collation_connection: _, ...others } = view.options ?? {};
  const [odd] = Object.keys(others);
  if (odd !== undefined)
    return unsupported(`MySQL has no option "${odd}" for a view`, 'algorithm, sql_security, check_option, definer or collation_connection');
  const parts = [
    verb,
    algorithm === undefined ? '' : `ALGORITHM = ${algorithm.toUpperCase()}`,
    definer === undefined ? '' : definerText(definer),
    security === undefined ? '' : `SQL SECURITY ${security.toUpperCase()}`,
    `VIEW ${quote.name(view.name)}`,
    view.columns === undefined ? '' : `(${columnList(view.columns)})`,
    `AS ${view.query}`,
    check === undefined ? '' : `WITH ${check.toUpperCase()} CHECK OPTION`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

const widest = { 16: 32_767n, 32: 2_147_483_647n, 64: undefined } as const;

function sequenceText(sequence: Sequence, verb: 'CREATE' | 'ALTER', server: Server): Piece {
  if (!has(server, 'sequences')) return unsupported('MySQL has no sequences', 'a column that counts (identity), or a table with one row');
  if (sequence.ownedBy !== undefined) return unsupported('a sequence of MariaDB belongs to no column', 'a column that counts (identity)');
  if (sequence.unlogged) return unsupported('MariaDB keeps every sequence through a crash', 'leave out `unlogged`');
  const comment = verb === 'CREATE' ? commentText(sequence.comment, server) : '';
  if (typeof comment !== 'string') return comment;
  const tail = comment === '' ? [] : [comment.replace('COMMENT', 'COMMENT =')];
  return [`${verb} SEQUENCE ${quote.name(sequence.name)}`, ...sequenceClauses(sequence, verb === 'ALTER'), ...tail].join(' ');
}

/** What is said of a sequence; one that is changed is also told what it is to have by itself. */
function sequenceClauses({ start, increment, minimum, cache, cycle, ...sequence }: Sequence, anew: boolean): readonly string[] {
  const maximum = sequence.maximum ?? (sequence.bits === undefined ? undefined : widest[sequence.bits]);
  const clause = (words: string, value: number | bigint | undefined, usual: string): string => {
    if (value !== undefined) return `${words} ${value}`;
    return anew ? usual : '';
  };
  const first = (increment ?? 1) < 0 ? (maximum ?? -1) : (minimum ?? 1);
  return [
    clause('START WITH', start, `START WITH ${first}`),
    clause('INCREMENT BY', increment, 'INCREMENT BY 1'),
    clause('MINVALUE', minimum, 'NO MINVALUE'),
    clause('MAXVALUE', maximum, 'NO MAXVALUE'),
    clause('CACHE', cache, 'CACHE 1000'),
    cycle ? 'CYCLE' : anew ? 'NOCYCLE' : '',
  ].filter((part) => part !== '');
}
