import { type Render, type RenderContext, type Rendered, type Unsupported, unsupported } from '../../../contracts/index.ts';
import {
  formatName,
  isAbsent,
  keyOf,
  type ObjectKind,
  type ObjectReference,
  type Of,
  type Policy,
  referenceTo,
  type StandaloneObject,
} from '../../../schema/index.ts';
import { quote, text } from '../quote.ts';
import { columnTarget } from './column-sql.ts';
import { constraintTarget } from './constraint.ts';
import {
  createOpaque,
  createRoutine,
  createTrigger,
  dropOpaque,
  replaceOpaque,
  replaceRoutine,
  replaceTrigger,
  routineTarget,
  triggerTarget,
} from './routine.ts';
import { createSequence, replaceSequence } from './sequence.ts';
import { besideTable, commentStatement, inParentheses, inTurn, isUnsupported, statement } from './statement.ts';
import { moved } from './table.ts';
import { createType, replaceType } from './type.ts';
import { createView, replaceView, viewWord } from './view.ts';

type Kind = StandaloneObject['kind'];
type Like<K extends Kind> = Extract<StandaloneObject, { readonly kind: K }>;
type Make = { readonly [K in Kind]: (object: Like<K>, context: RenderContext) => Rendered };

const creators: Make = {
  view: createView,
  sequence: createSequence,
  enum: createType,
  domain: createType,
  composite: createType,
  routine: createRoutine,
  trigger: createTrigger,
  policy: (policy, context) => withComment(policy, [statement(policySql(policy), context)], context),
  extension: (extension, context) => {
    const { name, version } = extension;
    const where = name.schema === undefined ? '' : ` SCHEMA ${quote.identifier(name.schema)}`;
    const which = version === undefined ? '' : ` VERSION ${text(version)}`;
    return withComment(extension, [statement(`CREATE EXTENSION ${quote.identifier(name.name)}${where}${which}`, context)], context);
  },
  namespace: (namespace, context) =>
    withComment(namespace, [statement(`CREATE SCHEMA ${quote.identifier(namespace.name.name)}`, context)], context),
  opaque: createOpaque,
};

const replacers: Make = {
  view: replaceView,
  sequence: replaceSequence,
  enum: replaceType,
  domain: replaceType,
  composite: replaceType,
  routine: replaceRoutine,
  trigger: replaceTrigger,
  policy: (policy, context) => {
    const key = keyOf(referenceTo(policy));
    const drop = isAbsent(context.before, key) ? [] : [statement(`DROP POLICY IF EXISTS ${policyName(policy)}`, context)];
    return inTurn(drop, creators.policy(policy, context));
  },
  extension: (extension, context) => {
    const name = quote.identifier(extension.name.name);
    if (isAbsent(context.before, keyOf(referenceTo(extension)))) return creators.extension(extension, context);
    const version = extension.version === undefined ? '' : ` TO ${text(extension.version)}`;
    return inTurn([statement(`ALTER EXTENSION ${name} UPDATE${version}`, context)], commentChange(extension, context));
  },
  namespace: (namespace, context) => {
    const name = quote.identifier(namespace.name.name);
    return inTurn([statement(`CREATE SCHEMA IF NOT EXISTS ${name}`, context)], commentChange(namespace, context));
  },
  opaque: replaceOpaque,
};

function make(makers: Make, object: StandaloneObject, context: RenderContext): Rendered {
  const maker = makers[object.kind] as (object: StandaloneObject, context: RenderContext) => Rendered;
  return maker(object, context);
}

function withComment(object: StandaloneObject, made: Rendered, context: RenderContext): Rendered {
  if (object.comment === undefined) return made;
  const target = targetOf(referenceTo(object), context);
  return isUnsupported(target) ? target : inTurn(made, [commentStatement(target, object.comment, context)]);
}

function commentChange(object: StandaloneObject, context: RenderContext): Rendered {
  const before = context.before.objects.get(keyOf(referenceTo(object)));
  const comment = object.comment ?? null;
  const target = targetOf(referenceTo(object), context);
  if (isUnsupported(target)) return target;
  return comment === (before?.comment ?? null) ? [] : [commentStatement(target, comment, context)];
}

function policyName({ name, on }: Pick<Policy, 'name' | 'on'>): string {
  return `${quote.identifier(name.name)} ON ${quote.name(on)}`;
}

/** Words that are roles by themselves. */
const roleWords: ReadonlySet<string> = new Set(['public', 'current_user', 'session_user', 'current_role']);

function policySql(policy: Policy): string {
  const roles = policy.roles?.map((role) => (roleWords.has(role) ? role.toUpperCase() : quote.identifier(role)));
  return [
    `CREATE POLICY ${policyName(policy)}`,
    policy.restrictive === true ? ' AS RESTRICTIVE' : '',
    policy.command === undefined ? '' : ` FOR ${policy.command.toUpperCase()}`,
    roles === undefined ? '' : ` TO ${roles.join(', ')}`,
    policy.using === undefined ? '' : ` USING ${inParentheses(policy.using)}`,
    policy.check === undefined ? '' : ` WITH CHECK ${inParentheses(policy.check)}`,
  ].join('');
}

/** How statements call an object: `VIEW "active_users"`, `TRIGGER "audit" ON "users"`. */
function targetOf(reference: ObjectReference, context: RenderContext): string | Unsupported {
  const { kind, name, on } = reference;
  switch (kind) {
    case 'view':
      return `${viewWord(name, context) ?? 'VIEW'} ${quote.name(name)}`;
    case 'routine':
      return routineTarget(reference.arguments === undefined ? { name } : { name, arguments: reference.arguments });
    case 'trigger':
      return on === undefined ? withoutOwner : triggerTarget({ name, on });
    case 'policy':
      return on === undefined ? withoutOwner : `POLICY ${policyName({ name, on })}`;
    case 'extension':
    case 'namespace':
      return `${words[kind]} ${quote.identifier(name.name)}`;
    case 'opaque':
      return unsupported(`how "${formatName(name)}" is called in statements is not known`, 'write SQL');
    default:
      return `${words[kind]} ${quote.name(name)}`;
  }
}

const withoutOwner = unsupported('a trigger or policy is found by its table', 'name the table with `on`');

const words: Readonly<Record<Exclude<ObjectKind, 'view' | 'routine' | 'trigger' | 'policy' | 'opaque'>, string>> = {
  table: 'TABLE',
  sequence: 'SEQUENCE',
  enum: 'TYPE',
  domain: 'DOMAIN',
  composite: 'TYPE',
  extension: 'EXTENSION',
  namespace: 'SCHEMA',
};

export const object = {
  createObject: (change, context) => make(creators, change.object, context),
  replaceObject: (change, context) => make(replacers, change.object, context),

  dropObject: ({ object: reference }, context) => {
    if (reference.kind === 'opaque') return dropOpaque({ name: reference.name }, context);
    const target = targetOf(reference, context);
    return isUnsupported(target) ? target : [statement(`DROP ${target}`, context)];
  },

  renameObject: (change, context) => renamed(change, context),

  setComment: ({ on, comment }, context) => {
    const target = commentTarget(on, context);
    return isUnsupported(target) ? target : [commentStatement(target, comment, context)];
  },
} satisfies Pick<Render, 'createObject' | 'replaceObject' | 'dropObject' | 'renameObject' | 'setComment'>;

function commentTarget(on: Of<'setComment'>['on'], context: RenderContext): string | Unsupported {
  switch (on.kind) {
    case 'column':
      return columnTarget(on.table, on.name);
    case 'constraint':
      return constraintTarget(on.table, on.name);
    case 'index':
      return `INDEX ${besideTable(on.table, on.name)}`;
    default:
      return targetOf(on, context);
  }
}

function renamed({ object: reference, to }: Of<'renameObject'>, context: RenderContext): Rendered {
  const { kind, name } = reference;
  switch (kind) {
    case 'trigger':
    case 'policy': {
      const target = targetOf(reference, context);
      return isUnsupported(target) ? target : [statement(`ALTER ${target} RENAME TO ${quote.identifier(to.name)}`, context)];
    }
    case 'routine': {
      const signature = reference.arguments === undefined ? '' : `(${reference.arguments})`;
      return movedRoutine({ from: name, to, signature }, context);
    }
    case 'namespace':
      return [statement(`ALTER SCHEMA ${quote.identifier(name.name)} RENAME TO ${quote.identifier(to.name)}`, context)];
    case 'extension': {
      if (name.name !== to.name) return unsupported('an extension cannot be renamed', 'drop it and create the other one');
      const namespace = to.schema ?? context.server.namespace;
      if (namespace === undefined)
        return unsupported('the namespace that the new name means is not known', 'give the name with its namespace');
      return [statement(`ALTER EXTENSION ${quote.identifier(name.name)} SET SCHEMA ${quote.identifier(namespace)}`, context)];
    }
    case 'opaque':
      return unsupported(`how "${formatName(name)}" is renamed is not known`, 'write SQL, or drop it and create it anew');
    // ALTER TABLE renames views of every kind.
    case 'view':
      return moved(viewWord(name, context) ?? 'TABLE', { from: name, to }, context);
    default:
      return moved(words[kind], { from: name, to }, context);
  }
}

function movedRoutine(
  { from, to, signature }: { readonly from: Of<'renameObject'>['to']; readonly to: Of<'renameObject'>['to']; readonly signature: string },
  context: RenderContext,
): Rendered {
  const rendered = moved('ROUTINE', { from, to }, context);
  if ('unsupported' in rendered || 'deferred' in rendered) return rendered;
  // The signature stands behind the name, which is the first thing in quotes.
  return rendered.map((one) =>
    statement(
      one.sql.replace(/^(ALTER ROUTINE (?:"(?:[^"]|"")*"\.)?"(?:[^"]|"")*")/, (head) => head + signature),
      context,
    ),
  );
}
