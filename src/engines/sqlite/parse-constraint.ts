import type { Constraint, Deferrable, ReferentialAction } from '../../schema/index.ts';
import { expressionText, type Scope } from './expression.ts';
import { lower } from './quote.ts';
import { listItems, type Reader, reader, type Token } from './tokens.ts';

/** A constraint as it is written, with what only matters until the columns of the table are known. */
export interface ParsedConstraint {
  readonly constraint: Constraint;
  readonly autoincrement?: true;
  /** `PRIMARY KEY DESC` behind a column: such a key is no alias of the rowid (https://www.sqlite.org/lang_createtable.html#rowid). */
  readonly descending?: true;
}

interface KeyPart {
  readonly column: string;
  readonly order: string;
  readonly collation: string;
  readonly autoincrement: boolean;
}

/**
 * A constraint of the table, after its name if it has one. Nothing when it is not understood; the reader then stands where that was
 * noticed.
 */
export function readTableConstraint(read: Reader, name: string | undefined, scope: Scope): ParsedConstraint | undefined {
  if (read.accept('PRIMARY', 'KEY')) return readKey(read, 'primaryKey', name, scope);
  if (read.accept('UNIQUE')) return readKey(read, 'unique', name, scope);
  if (read.accept('CHECK')) {
    const check = readCheck(read, name, scope);
    // Accepted and without effect: https://www.sqlite.org/lang_conflict.html
    readConflict(read);
    return check;
  }
  if (!read.accept('FOREIGN', 'KEY')) return undefined;
  const columns = columnNames(read.group(), scope);
  return columns === undefined ? undefined : readReferences(read, columns, name, scope);
}

/** A constraint behind a column; `undefined` when none begins here. */
export function readColumnConstraint(
  read: Reader,
  column: string,
  about: { readonly name: string | undefined; readonly scope: Scope },
): ParsedConstraint | undefined {
  const { name, scope } = about;
  if (read.accept('PRIMARY', 'KEY')) {
    const descending = read.accept('DESC');
    if (!descending) read.accept('ASC');
    const conflict = readConflict(read);
    const autoincrement = read.accept('AUTOINCREMENT');
    return {
      constraint: {
        kind: 'primaryKey',
        ...named(name),
        columns: [column],
        ...extras({ inline: descending ? 'desc' : '', onConflict: conflict ?? '' }),
      },
      ...(autoincrement ? { autoincrement } : {}),
      ...(descending ? { descending } : {}),
    };
  }
  if (read.accept('UNIQUE')) {
    const conflict = readConflict(read);
    return { constraint: { kind: 'unique', ...named(name), columns: [column], ...extras({ onConflict: conflict ?? '' }) } };
  }
  if (read.accept('CHECK')) return readCheck(read, name, scope);
  return read.at('REFERENCES') ? readReferences(read, [column], name, scope) : undefined;
}

/** `ON CONFLICT REPLACE` and the like, in small letters. */
export function readConflict(read: Reader): string | undefined {
  if (!read.accept('ON', 'CONFLICT')) return undefined;
  const action = read.next()?.text;
  return action === undefined ? undefined : lower(action);
}

/** Whether and how a foreign key can be put off; nothing when no such clause begins here. */
export function readDeferral(read: Reader): { readonly deferrable: Deferrable | undefined } | undefined {
  const not = read.accept('NOT', 'DEFERRABLE');
  if (!not && !read.accept('DEFERRABLE')) return undefined;
  const deferred = read.accept('INITIALLY', 'DEFERRED');
  if (!deferred) read.accept('INITIALLY', 'IMMEDIATE');
  return { deferrable: not ? undefined : deferred ? 'deferred' : 'immediate' };
}

function readCheck(read: Reader, name: string | undefined, scope: Scope): ParsedConstraint | undefined {
  const inside = read.group();
  return inside === undefined ? undefined : { constraint: { kind: 'check', ...named(name), sql: expressionText(inside, scope) } };
}

function readKey(read: Reader, kind: 'primaryKey' | 'unique', name: string | undefined, scope: Scope): ParsedConstraint | undefined {
  const inside = read.group();
  if (inside === undefined) return undefined;
  const parts: KeyPart[] = [];
  for (const item of listItems(inside)) {
    const part = readKeyPart(reader(item), scope);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  const conflict = readConflict(read);
  return {
    constraint: {
      kind,
      ...named(name),
      columns: parts.map((part) => part.column),
      ...extras({
        orders: positional(parts.map((part) => part.order)),
        collations: positional(parts.map((part) => part.collation)),
        onConflict: conflict ?? '',
      }),
    },
    ...(parts.some((part) => part.autoincrement) ? { autoincrement: true } : {}),
  };
}

function readKeyPart(read: Reader, scope: Scope): KeyPart | undefined {
  const group = read.group();
  const written = group === undefined ? read.name() : group.length === 1 ? reader(group).name() : undefined;
  if (written === undefined) return undefined;
  const collation = read.accept('COLLATE') ? (read.name() ?? '') : '';
  const order = read.accept('DESC') ? 'desc' : '';
  if (order === '') read.accept('ASC');
  const autoincrement = read.accept('AUTOINCREMENT');
  return read.done ? { column: columnNamed(written, scope), order, collation, autoincrement } : undefined;
}

/** One text for a list whose places are those of the columns; empty when nothing is said of any. */
function positional(list: readonly string[]): string {
  return list.some((entry) => entry !== '') ? list.join(',') : '';
}

/** The entries of such a list, one for each column. */
export function atPosition(list: string | undefined, index: number): string {
  return list?.split(',')[index] ?? '';
}

function readReferences(read: Reader, columns: readonly string[], name: string | undefined, scope: Scope): ParsedConstraint | undefined {
  if (!read.accept('REFERENCES')) return undefined;
  const parent = read.name();
  if (parent === undefined) return undefined;
  const own = lower(parent) === lower(scope.table);
  const group = read.group();
  const parentColumns = group === undefined ? [] : columnNames(group, own ? scope : undefined);
  if (parentColumns === undefined) return undefined;
  const actions: { onDelete?: ReferentialAction; onUpdate?: ReferentialAction } = {};
  while (readClause(read, actions));
  const deferrable = readDeferral(read)?.deferrable;
  return {
    constraint: {
      kind: 'foreignKey',
      ...named(name),
      columns,
      references: { table: { name: own ? scope.table : parent }, columns: parentColumns },
      ...actions,
      ...(deferrable === undefined ? {} : { deferrable }),
    },
  };
}

/** One ON or MATCH clause. MATCH and ON INSERT are read by SQLite and have no effect: https://www.sqlite.org/foreignkeys.html#fk_unsupported */
function readClause(read: Reader, actions: { onDelete?: ReferentialAction; onUpdate?: ReferentialAction }): boolean {
  if (read.accept('MATCH')) return read.next() !== undefined;
  const event = read.accept('ON', 'DELETE') ? 'onDelete' : read.accept('ON', 'UPDATE') ? 'onUpdate' : undefined;
  if (event === undefined && !read.accept('ON', 'INSERT')) return false;
  const action = readAction(read);
  if (event !== undefined) {
    delete actions[event];
    if (action !== undefined) actions[event] = action;
  }
  return true;
}

function readAction(read: Reader): ReferentialAction | undefined {
  if (read.accept('CASCADE')) return 'cascade';
  if (read.accept('RESTRICT')) return 'restrict';
  if (read.accept('SET', 'NULL')) return 'set null';
  if (read.accept('SET', 'DEFAULT')) return 'set default';
  read.accept('NO', 'ACTION');
  return undefined;
}

function columnNames(tokens: readonly Token[] | undefined, scope: Scope | undefined): readonly string[] | undefined {
  if (tokens === undefined) return undefined;
  const names: string[] = [];
  for (const item of listItems(tokens)) {
    const name = reader(item).name();
    if (name === undefined) return undefined;
    names.push(scope === undefined ? name : columnNamed(name, scope));
  }
  return names;
}

function columnNamed(name: string, scope: Scope): string {
  return scope.columns.get(lower(name)) ?? name;
}

function named(name: string | undefined): { readonly name?: string } {
  return name === undefined ? {} : { name };
}

function extras(given: Readonly<Record<string, string>>): { readonly extras?: Readonly<Record<string, string>> } {
  const kept = Object.entries(given).filter(([, value]) => value !== '');
  return kept.length === 0 ? {} : { extras: Object.fromEntries(kept) };
}
