import { mentions } from '../expression.ts';
import type { Constraint, Index } from '../model.ts';
import type { Name, QualifiedName } from '../names.ts';
import { type NamingPolicy, prefixedName } from './prefixed-names.ts';

/** What is named after a table: a constraint or an index, whose own name does not matter here. */
export type Nameable = Constraint | ({ readonly kind: 'index' } & Omit<Index, 'name'>);

const labels = { primaryKey: 'pkey', unique: 'key', foreignKey: 'fkey', check: 'check', exclude: 'excl', index: 'idx' } as const;

const prefixes = { primaryKey: 'pk', unique: 'uniq', foreignKey: 'fk', check: 'chk', exclude: 'excl', index: 'idx' } as const;

/** PostgreSQL's limit; MySQL's is 64 characters: https://www.postgresql.org/docs/current/limits.html */
const longest = 63;

/** What a name is made from and must differ from. */
export interface Naming {
  readonly table: QualifiedName;
  /** The columns of the table, as far as they are known where the constraint is written. */
  readonly columns: readonly Name[];
  /** Names that are taken; each name given is added. */
  readonly taken: Set<Name>;
  /** Absent: PostgreSQL's own style. */
  readonly policy?: NamingPolicy;
}

/**
 * The name that a constraint or index gets when its author gives none: PostgreSQL's own style, `users_pkey`, `users_email_key`,
 * `orders_coupon_id_fkey`, `users_age_check`, `users_email_idx`, on every engine. A check is named after the column that it mentions
 * when it is exactly one of those known. Names over 63 bytes are cut and carry a hash of the whole; a number tells names that are
 * taken apart: `users_email_key1`.
 */
export function freeName({ table, columns, taken, policy }: Naming, item: Nameable): Name {
  if (policy !== undefined) {
    const prefix = item.kind === 'index' && item.unique === true ? prefixes.unique : prefixes[item.kind];
    const name = prefixedName({ prefix, table: table.name, columns: namedParts(item, columns) }, policy.max, taken);
    taken.add(name);
    return name;
  }
  return free([table.name, ...namedParts(item, columns)].join('_'), labels[item.kind], taken);
}

/**
 * The name that a constraint or index gets from the new names of its table and columns, where its old one was made from theirs in the style
 * of the policy; nothing for a name that somebody chose, and for one that stays what it is.
 */
export function followingName(
  was: { readonly naming: Naming; readonly item: Nameable & { readonly name?: Name } },
  is: Naming,
  item: Nameable,
): Name | undefined {
  const { name } = was.item;
  if (name === undefined) return undefined;
  const made = freeName({ ...was.naming, taken: new Set() }, was.item);
  const numbered = name.startsWith(made) && /^[1-9]\d*$/.test(name.slice(made.length));
  if (name !== made && !numbered) return undefined;
  const [wanted, unnumbered] = [freeName(is, item), freeName({ ...is, taken: new Set() }, item)];
  return unnumbered === made || wanted === name ? undefined : wanted;
}

/** The name of a check of a domain: `email_check`. */
export function domainCheckName(domain: QualifiedName, taken: Set<Name>): Name {
  return free(domain.name, labels.check, taken);
}

function free(stem: string, label: string, taken: Set<Name>): Name {
  let name = fitted(stem, label);
  for (let n = 1; taken.has(name); n++) name = fitted(stem, `${label}${n}`);
  taken.add(name);
  return name;
}

function namedParts(item: Nameable, columns: readonly Name[]): readonly string[] {
  switch (item.kind) {
    case 'primaryKey':
      return [];
    case 'unique':
    case 'foreignKey':
      return item.columns;
    case 'check': {
      const mentioned = columns.filter((column) => mentions(item.sql, column));
      return mentioned.length === 1 ? mentioned : [];
    }
    case 'exclude':
      return item.elements.map(({ sql }) => nameOfExpression(sql));
    case 'index':
      return item.parts.map((part) => part.column ?? nameOfExpression(part.sql ?? ''));
  }
}

/** The column or function that an expression begins with. */
function nameOfExpression(sql: string): string {
  return /^[\s(]*([\p{L}_][\p{L}\p{N}_]*)\s*(?:\(|$)/u.exec(sql)?.[1] ?? 'expr';
}

function fitted(stem: string, label: string): Name {
  const whole = `${stem}_${label}`;
  if (bytes(whole) <= longest) return whole;
  const tail = `_${hash(whole)}_${label}`;
  let cut = '';
  for (const character of stem) {
    if (bytes(cut) + bytes(character) + bytes(tail) > longest) break;
    cut += character;
  }
  return `${cut}${tail}`;
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** FNV-1a, 32 bits, as eight hexadecimal digits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}
