/** A name as the catalogue holds it: never quoted, its case as it is stored. */
export type Name = string;

/** A name with its namespace; without one it lies in the connection's default namespace. */
export interface QualifiedName {
  readonly schema?: Name;
  readonly name: Name;
}

export type ObjectKind =
  | 'table'
  | 'view'
  | 'sequence'
  | 'enum'
  | 'domain'
  | 'composite'
  | 'routine'
  | 'trigger'
  | 'policy'
  | 'extension'
  | 'namespace'
  | 'opaque';

/** Which object is meant. `on` is the table of a trigger or policy, `arguments` tells overloaded routines apart. */
export interface ObjectReference {
  readonly kind: ObjectKind;
  readonly name: QualifiedName;
  readonly on?: QualifiedName;
  readonly arguments?: string;
}

/** A readable text that is equal exactly for equal references: `table public.users`, `trigger users/audit`. */
export type Key = string;

export function keyOf(reference: ObjectReference): Key {
  const owner = reference.on === undefined ? '' : `${formatName(reference.on)}/`;
  const signature = reference.arguments === undefined ? '' : `(${reference.arguments})`;
  return `${reference.kind} ${owner}${formatName(reference.name)}${signature}`;
}

export function tableKey(name: QualifiedName): Key {
  return `table ${formatName(name)}`;
}

/** What hangs on a table, or on a view: it is made, altered and dropped by itself. */
export type PartKind = 'column' | 'default' | 'constraint' | 'index';

/** `column users/email`: a readable text that is equal exactly for the same part of the same table or view. */
export function partKey(kind: PartKind, owner: QualifiedName, name: Name): Key {
  return `${kind} ${formatName(owner)}/${formatPart(name)}`;
}

/** `users` or `audit.users`; a part with a dot, a slash or a quote in it stands in double quotes. */
export function formatName(name: QualifiedName): string {
  return name.schema === undefined ? formatPart(name.name) : `${formatPart(name.schema)}.${formatPart(name.name)}`;
}

function formatPart(part: Name): string {
  return /[./" ()]/.test(part) || part === '' ? `"${part.replaceAll('"', '""')}"` : part;
}

/** The opposite of `formatName`; a text without dots and quotes is one plain name. */
export function parseName(text: string): QualifiedName {
  const parts = [...text.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map((match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
  const [first = '', second] = parts;
  return second === undefined ? { name: first } : { schema: first, name: parts.slice(1).join('.') };
}

export function sameName(a: QualifiedName, b: QualifiedName): boolean {
  return a.name === b.name && a.schema === b.schema;
}
