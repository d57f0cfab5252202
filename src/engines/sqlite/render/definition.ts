import type { Column, Constraint, Default, Index, IndexPart, QualifiedName, Table } from '../../../schema/index.ts';
import { atPosition } from '../parse-constraint.ts';
import { beside, local, parenthesised, plain, quote, text } from '../quote.ts';
import { type TypeContext, typeText } from '../types.ts';

/** A column that only stands in for another while a table is rebuilt: it holds nothing. */
interface Ghost {
  readonly name: string;
}

/**
 * A CREATE TABLE statement, under another name where one is given. The table must be one that SQLite can have; see `faultInTable`.
 * Constraints stand behind the columns, except a primary key that only means what it should behind its column.
 */
export function tableDefinition(table: Table, name: QualifiedName = table.name, ghosts: readonly Ghost[] = []): string {
  const key = primaryKey(table);
  const inline = key !== undefined && isInline(table, key) ? key : undefined;
  const lines = [
    ...table.columns.map((column) => columnDefinition(column, table, inline)),
    ...ghosts.map((ghost) => `${quote.identifier(ghost.name)}${table.options['strict'] ? ' ANY' : ''} GENERATED ALWAYS AS (NULL) VIRTUAL`),
    ...table.constraints.filter((constraint) => constraint !== inline).map(constraintDefinition),
  ];
  return `CREATE TABLE ${quote.name(local(name))} (\n  ${lines.join(',\n  ')}\n)${tableOptions(table)}`;
}

function tableOptions(table: Table): string {
  const options = [
    table.options['strict'] === true ? 'STRICT' : '',
    table.options['withoutRowid'] === true ? 'WITHOUT ROWID' : '',
    typeof table.options['other'] === 'string' ? table.options['other'] : '',
  ].filter((option) => option !== '');
  return options.length === 0 ? '' : ` ${options.join(', ')}`;
}

/** The text of a column as it stands in CREATE TABLE and ALTER TABLE ADD COLUMN. `inlineKey` is a primary key of this column alone. */
export function columnDefinition(column: Column, table?: Table, inlineKey?: Constraint): string {
  const context = contextOf(column, table);
  const type = typeText(column.type, context);
  const ownKey = inlineKey?.kind === 'primaryKey' && inlineKey.columns[0] === column.name ? inlineKey : undefined;
  const impliedKey = table !== undefined && ownKey === undefined && context.identity && primaryKey(table) === undefined;
  return [
    quote.identifier(column.name),
    'sql' in type ? type.sql : '',
    ownKey !== undefined || impliedKey ? inlinePrimaryKey(column, ownKey) : '',
    column.nullable || context.identity ? '' : `NOT NULL${conflict(column.extras?.['notNullConflict'])}`,
    column.default === undefined ? '' : `DEFAULT ${defaultText(column.default)}`,
    column.collation === undefined ? '' : `COLLATE ${plain(column.collation)}`,
    column.generated === undefined
      ? ''
      : `GENERATED ALWAYS AS ${parenthesised(column.generated.sql)} ${column.generated.stored ? 'STORED' : 'VIRTUAL'}`,
    column.type.kind === 'enum' ? `CHECK (${quote.identifier(column.name)} IN (${column.type.values.map(text).join(', ')}))` : '',
    column.extras?.['unknown'] ?? '',
  ]
    .filter((clause) => clause !== '')
    .join(' ');
}

/** How the column stands in its table. In SQLite a column that counts up is the primary key, so without one it becomes it. */
export function contextOf(column: Column, table: Table | undefined): TypeContext {
  const key = table === undefined ? undefined : primaryKey(table);
  const hasRowid = table?.options['withoutRowid'] !== true;
  const isSole = key !== undefined && key.columns.length === 1 && key.columns[0] === column.name;
  const identity = column.identity !== undefined && hasRowid && (isSole || key === undefined);
  return { soleKey: isSole && hasRowid && key.extras?.['inline'] === undefined, identity };
}

export function primaryKey(table: Table): Extract<Constraint, { kind: 'primaryKey' }> | undefined {
  return table.constraints.find((constraint) => constraint.kind === 'primaryKey');
}

/** AUTOINCREMENT, and DESC on a column that must not become an alias of the rowid, can only stand behind the column. */
function isInline(table: Table, key: Extract<Constraint, { kind: 'primaryKey' }>): boolean {
  const column = table.columns.find((candidate) => candidate.name === key.columns[0]);
  if (key.columns.length !== 1 || column === undefined) return false;
  return contextOf(column, table).identity || key.extras?.['inline'] !== undefined;
}

function inlinePrimaryKey(column: Column, key: Extract<Constraint, { kind: 'primaryKey' }> | undefined): string {
  const name = key?.name === undefined ? '' : `CONSTRAINT ${quote.identifier(key.name)} `;
  const order = column.identity === undefined ? ' DESC' : '';
  const counted = column.identity !== undefined && column.identity.reuse !== true;
  return `${name}PRIMARY KEY${order}${conflict(key?.extras?.['onConflict'])}${counted ? ' AUTOINCREMENT' : ''}`;
}

function conflict(action: string | undefined): string {
  return action === undefined ? '' : ` ON CONFLICT ${action.toUpperCase()}`;
}

/** What stands behind DEFAULT. Everything but a plain value is in parentheses, as SQLite wants it. */
function defaultText(value: Default): string {
  if ('sql' in value) return /^CURRENT_(TIME|DATE|TIMESTAMP)$/i.test(value.sql.trim()) ? value.sql.trim() : parenthesised(value.sql);
  if (typeof value.value === 'boolean') return value.value ? 'TRUE' : 'FALSE';
  // As it was written; only rows need every bit.
  if (typeof value.value === 'number' && !Number.isInteger(value.value)) return String(value.value);
  return quote.literal(value.value);
}

/** A constraint as it stands behind the columns of CREATE TABLE. */
function constraintDefinition(constraint: Constraint): string {
  const name = constraint.name === undefined ? '' : `CONSTRAINT ${quote.identifier(constraint.name)} `;
  switch (constraint.kind) {
    case 'primaryKey':
      return `${name}PRIMARY KEY (${keyParts(constraint)})${conflict(constraint.extras?.['onConflict'])}`;
    case 'unique':
      return `${name}UNIQUE (${keyParts(constraint)})${conflict(constraint.extras?.['onConflict'])}`;
    case 'check':
      return `${name}CHECK ${parenthesised(constraint.sql)}`;
    case 'foreignKey':
      return `${name}FOREIGN KEY (${identifiers(constraint.columns)}) ${references(constraint)}`;
    case 'exclude':
      return '';
  }
}

function keyParts(constraint: Extract<Constraint, { kind: 'primaryKey' | 'unique' }>): string {
  return constraint.columns
    .map((column, index) => {
      const collation = atPosition(constraint.extras?.['collations'], index);
      const order = atPosition(constraint.extras?.['orders'], index);
      return `${quote.identifier(column)}${collation === '' ? '' : ` COLLATE ${plain(collation)}`}${order === '' ? '' : ` ${order.toUpperCase()}`}`;
    })
    .join(', ');
}

function references(constraint: Extract<Constraint, { kind: 'foreignKey' }>): string {
  const { table, columns } = constraint.references;
  return [
    `REFERENCES ${quote.identifier(table.name)}${columns.length === 0 ? '' : ` (${identifiers(columns)})`}`,
    constraint.onDelete === undefined ? '' : `ON DELETE ${constraint.onDelete.toUpperCase()}`,
    constraint.onUpdate === undefined ? '' : `ON UPDATE ${constraint.onUpdate.toUpperCase()}`,
    constraint.deferrable === undefined ? '' : `DEFERRABLE INITIALLY ${constraint.deferrable.toUpperCase()}`,
  ]
    .filter((clause) => clause !== '')
    .join(' ');
}

function identifiers(names: readonly string[]): string {
  return names.map(quote.identifier).join(', ');
}

/** A CREATE INDEX statement. */
export function indexDefinition(index: Index, table: QualifiedName): string {
  const owner = local(table);
  const name = quote.name(beside(owner, index.name));
  const where = index.where === undefined ? '' : ` WHERE ${index.where}`;
  return `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${name} ON ${quote.identifier(owner.name)} (${index.parts.map(indexPart).join(', ')})${where}`;
}

function indexPart(part: IndexPart): string {
  const what = part.column === undefined ? (part.sql ?? '') : quote.identifier(part.column);
  const collation = part.collation === undefined ? '' : ` COLLATE ${plain(part.collation)}`;
  return `${what}${collation}${part.order === undefined ? '' : ' DESC'}`;
}
