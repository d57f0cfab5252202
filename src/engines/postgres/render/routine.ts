import { type RenderContext, type Rendered, unsupported } from '../../../contracts/index.ts';
import { formatName, isAbsent, keyOf, type Opaque, type Routine, referenceTo, type Trigger } from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import { quote } from '../quote.ts';
import { reader } from '../reader.ts';
import { commentStatement, definition, inTurn, statement } from './statement.ts';

/** A definition that begins with CREATE, with or without OR REPLACE as asked for; nothing when it begins otherwise. */
function withVerb(sql: string, verb: 'CREATE' | 'CREATE OR REPLACE'): string | undefined {
  const r = reader(sql);
  if (!r.take('CREATE')) return undefined;
  r.take('OR', 'REPLACE');
  return `${verb} ${sql.slice(r.peek().start)}`;
}

function defined(sql: string, verb: 'CREATE' | 'CREATE OR REPLACE', context: RenderContext): Rendered {
  if (withVerb(sql, verb) === undefined) return unsupported('the definition does not begin with CREATE', 'give the whole CREATE statement');
  return definition(sql, context, (first) => withVerb(first, verb) ?? first);
}

/** `FUNCTION "f"(integer)`; ROUTINE fits functions, procedures and aggregates alike. */
export function routineTarget({ name, arguments: signature }: Pick<Routine, 'name' | 'arguments'>): string {
  return `ROUTINE ${quote.name(name)}${signature === undefined ? '' : `(${signature})`}`;
}

/** A new routine must be new: OR REPLACE, which the catalogue prints, is taken out. */
export function createRoutine(routine: Routine, context: RenderContext): Rendered {
  const said = routine.comment === undefined ? [] : [commentStatement(routineTarget(routine), routine.comment, context)];
  return inTurn(defined(routine.definition, 'CREATE', context), said);
}

export function replaceRoutine(routine: Routine, context: RenderContext): Rendered {
  const before = context.before.objects.get(keyOf(referenceTo(routine)));
  const comment = routine.comment ?? null;
  const said = comment === (before?.comment ?? null) ? [] : [commentStatement(routineTarget(routine), comment, context)];
  return inTurn(defined(routine.definition, 'CREATE OR REPLACE', context), said);
}

export function triggerTarget({ name, on }: Pick<Trigger, 'name' | 'on'>): string {
  return `TRIGGER ${quote.identifier(name.name)} ON ${quote.name(on)}`;
}

export function createTrigger(trigger: Trigger, context: RenderContext): Rendered {
  const said = trigger.comment === undefined ? [] : [commentStatement(triggerTarget(trigger), trigger.comment, context)];
  return inTurn(defined(trigger.definition, 'CREATE', context), said);
}

/** Constraint triggers, and all before version 14, are dropped and made anew: https://www.postgresql.org/docs/current/sql-createtrigger.html */
export function replaceTrigger(trigger: Trigger, context: RenderContext): Rendered {
  const key = keyOf(referenceTo(trigger));
  if (isAbsent(context.before, key)) return createTrigger(trigger, context);
  const isConstraint = /^\s*CREATE\s+(OR\s+REPLACE\s+)?CONSTRAINT\b/i.test(trigger.definition);
  if (isConstraint || !has(context.server, 'replaceTrigger')) {
    return inTurn(
      [statement(`DROP ${triggerTarget(trigger).replace(/^TRIGGER/, 'TRIGGER IF EXISTS')}`, context)],
      createTrigger(trigger, context),
    );
  }
  const before = context.before.objects.get(key);
  const comment = trigger.comment ?? null;
  const said = comment === (before?.comment ?? null) ? [] : [commentStatement(triggerTarget(trigger), comment, context)];
  return inTurn(defined(trigger.definition, 'CREATE OR REPLACE', context), said);
}

export function createOpaque(object: Opaque, context: RenderContext): Rendered {
  return definition(object.definition, context);
}

/** Only its author knows how it is changed in place, so it is dropped and made anew. */
export function replaceOpaque(object: Opaque, context: RenderContext): Rendered {
  const key = keyOf(referenceTo(object));
  if (isAbsent(context.before, key)) return createOpaque(object, context);
  return inTurn(dropOpaque(object, context), createOpaque(object, context));
}

export function dropOpaque(object: Pick<Opaque, 'name'> & Partial<Opaque>, context: RenderContext): Rendered {
  const before = context.before.objects.get(keyOf({ kind: 'opaque', name: object.name }));
  const drop = before?.kind === 'opaque' ? before.drop : object.drop;
  if (drop === undefined) return unsupported(`how "${formatName(object.name)}" is dropped is not known`, 'write SQL');
  return definition(drop, context);
}
