import { referenceTo, type Schema } from './model.ts';
import { formatName, keyOf, type ObjectKind, type ObjectReference } from './names.ts';
import { type Refusal, refuse } from './refusal.ts';

const word: Readonly<Record<ObjectKind, string>> = {
  table: 'table',
  view: 'view',
  sequence: 'sequence',
  enum: 'enum type',
  domain: 'domain',
  composite: 'composite type',
  routine: 'routine',
  trigger: 'trigger',
  policy: 'policy',
  extension: 'extension',
  namespace: 'schema',
  opaque: 'object',
};

/** `view "active_users"`, `trigger "audit" of "users"`. */
export function describe(reference: ObjectReference): string {
  const owner = reference.on === undefined ? '' : ` of "${formatName(reference.on)}"`;
  return `${word[reference.kind]} "${formatName(reference.name)}"${owner}`;
}

function article(kind: ObjectKind): string {
  return /^[aeiou]/.test(word[kind]) ? 'an' : 'a';
}

/** The kinds that columns can have as their type. */
export const typeKinds: readonly ObjectKind[] = ['enum', 'domain', 'composite'];
/** Kinds of which one name can stand for one object only: https://www.postgresql.org/docs/current/catalog-pg-class.html */
const sharedNames: readonly (readonly ObjectKind[])[] = [['table', 'view', 'sequence'], typeKinds];

/** Refuses a name that is taken by an object of the same kind or of one that shares its names. */
export function nameTaken(schema: Schema, reference: ObjectReference): Refusal | undefined {
  const kinds = sharedNames.find((group) => group.includes(reference.kind)) ?? [reference.kind];
  for (const kind of kinds) {
    const object = schema.objects.get(keyOf({ ...reference, kind }));
    if (object !== undefined) return refuse(`there is already ${article(object.kind)} ${describe(referenceTo(object))}`);
  }
  return undefined;
}
