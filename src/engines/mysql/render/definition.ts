import { type Server, type Unsupported, unsupported } from '../../../contracts/index.ts';
import type { Column, ColumnChange, Constraint, Index, IndexPart, QualifiedName, ReferentialAction, Table } from '../../../schema/index.ts';
import { defaultText } from '../defaults.ts';
import { has } from '../flavours.ts';
import { constraintName, ownIndexes } from '../own-index.ts';
import { definitionText, fitsDefinition, quote } from '../quote.ts';
import { parenthesised } from '../text.ts';
import { isText, typeText } from '../types.ts';
import { tableOptions } from './options.ts';
import { allOf, columnList, isRefused, type Piece } from './parts.ts';

/** Clauses of a column that only this engine has. */
const extras: ReadonlySet<string> = new Set(['charset', 'onUpdate', 'invisible', 'width', 'zerofill', 'check', 'srid', 'withoutHistory']);

/** A column as CREATE TABLE, ADD COLUMN and MODIFY COLUMN define it, with its name. */
export function columnText(column: Column, server: Server): Piece {
  const unknown = Object.keys(column.extras ?? {}).find((name) => !extras.has(name));
  if (unknown !== undefined) return unsupported(`MySQL has no clause "${unknown}" for a column`, `one of ${[...extras].join(', ')}`);
  const pieces = allOf([
    quote.identifier(column.name),
    typeWithWidth(column, server),
    collationText(column),
    column.generated === undefined ? valueText(column, server) : generatedText(column, column.generated, server),
    sridText(column, server),
    invisibleText(column, server),
    column.extras?.['withoutHistory'] === undefined ? '' : 'WITHOUT SYSTEM VERSIONING',
    commentText(column.comment, server),
    checkClause(column.extras?.['check'], server),
  ]);
  return isRefused(pieces) ? pieces : pieces.filter((piece) => piece !== '').join(' ');
}

/**
 * Why a column cannot be defined again from what was read of it: what lies beyond three-byte Unicode is shown as a question mark, so a
 * value that is carried along and has one may have been something else.
 */
export function carriedText(column: Column, set: ColumnChange, server: Server): Unsupported | undefined {
  const values = set.type === undefined && column.type.kind === 'enum' ? column.type.values : [];
  const value = set.default === undefined && column.default !== undefined && 'value' in column.default ? column.default.value : undefined;
  const doubtful = [...values, value].find((text) => typeof text === 'string' && text.includes('?'));
  if (doubtful === undefined) return undefined;
  return unsupported(
    `${server.title} shows characters beyond U+FFFF as "?", and "${String(doubtful)}" of column "${column.name}" may have been one`,
    'write the ALTER TABLE in SQL, with the whole definition of the column',
  );
}

function typeWithWidth({ type, extras: own }: Column, server: Server): Piece {
  const text = typeText(type, server);
  const width = own?.['width'];
  const zerofill = own?.['zerofill'] === undefined ? '' : ' zerofill';
  if (typeof text !== 'string' || type.kind !== 'integer') return text;
  return `${width === undefined ? text : text.replace(/^\w+/, (word) => `${word}(${Number(width)})`)}${zerofill}`;
}

function collationText({ type, collation, extras: own }: Column): Piece {
  const charset = own?.['charset'];
  if (collation === undefined && charset === undefined) return '';
  if (!isText(type)) return unsupported(`a column of type "${type.kind}" has no collation`, 'leave the collation out');
  const odd = [charset, collation].find((name) => name !== undefined && !/^\w+$/.test(name));
  if (odd !== undefined) return unsupported(`"${odd}" is no collation of MySQL`, 'a name such as utf8mb4_bin');
  return [charset === undefined ? '' : `CHARACTER SET ${charset}`, collation === undefined ? '' : `COLLATE ${collation}`].join(' ').trim();
}

function generatedText(column: Column, generated: NonNullable<Column['generated']>, server: Server): Piece {
  if (/^ROW (START|END)$/.test(generated.sql)) return `GENERATED ALWAYS AS ${generated.sql}`;
  const text = `GENERATED ALWAYS AS ${parenthesised(generated.sql)} ${generated.stored ? 'STORED' : 'VIRTUAL'}`;
  if (column.nullable) return text;
  if (has(server, 'generatedNotNull')) return `${text} NOT NULL`;
  return unsupported('MariaDB knows no NOT NULL for a generated column', 'a check constraint that refuses NULL');
}

function valueText(column: Column, server: Server): Piece {
  const { type, nullable, default: value, identity } = column;
  if (identity !== undefined) return `${nullable ? 'NULL' : 'NOT NULL'} AUTO_INCREMENT`;
  const moment = column.extras?.['onUpdate'];
  const update = moment === undefined ? '' : defaultText({ type, default: { sql: moment } }, server);
  if (typeof update !== 'string') return update;
  const bare = type.kind === 'timestamp' && type.zone && !nullable && value === undefined;
  // With explicit_defaults_for_timestamp off such a column would follow the clock at every update, without having been asked to.
  if (bare && !has(server, 'explicitTimestamps')) {
    return unsupported(
      'this server gives a timestamp that is NOT NULL a default and an ON UPDATE of its own',
      'give the column a default, or set explicit_defaults_for_timestamp = ON on the server',
    );
  }
  const text = value === undefined ? '' : defaultText(column, server);
  if (typeof text !== 'string') return text;
  return [nullable ? 'NULL' : 'NOT NULL', text === '' ? '' : `DEFAULT ${text}`, update === '' ? '' : `ON UPDATE ${update}`]
    .filter((part) => part !== '')
    .join(' ');
}

/** The reference system of a place on the earth. */
function sridText(column: Column, server: Server): Piece {
  const srid = column.extras?.['srid'];
  if (srid === undefined) return '';
  return has(server, 'srsId') ? `SRID ${Number(srid)}` : unsupported(`${server.title} keeps no SRID with a column`, 'a column without it');
}

function invisibleText(column: Column, server: Server): Piece {
  if (column.extras?.['invisible'] === undefined) return '';
  return has(server, 'invisibleColumns') ? 'INVISIBLE' : unsupported(`${server.title} has no invisible columns`, 'a visible column');
}

/** A comment clause; the dictionary would keep a question mark for what lies beyond three bytes. */
export function commentText(comment: string | undefined, server: Server): Piece {
  if (comment === undefined) return '';
  if (!fitsDefinition(comment))
    return unsupported('MySQL keeps no character beyond U+FFFF in a comment, and puts a question mark for it', 'a comment without it');
  return `COMMENT ${definitionText(comment, server)}`;
}

function checkClause(sql: string | undefined, server: Server): Piece {
  if (sql === undefined) return '';
  return has(server, 'columnChecks')
    ? `CHECK ${parenthesised(sql)}`
    : unsupported('only MariaDB keeps a check with its column', 'a check constraint of the table');
}

/** A constraint as CREATE TABLE and ALTER TABLE … ADD define it. */
export function constraintText(table: QualifiedName, constraint: Constraint, server: Server): Piece {
  const fault = constraintFault(constraint, server);
  if (fault !== undefined) return fault;
  const name = constraintName(table, constraint);
  const named = name === undefined ? '' : `CONSTRAINT ${quote.identifier(name)} `;
  switch (constraint.kind) {
    case 'primaryKey': {
      const { parts, method, comment: note, ...others } = constraint.extras ?? {};
      const [odd] = Object.keys(others);
      if (odd !== undefined) return unsupported(`MySQL has no clause "${odd}" for a primary key`, 'parts, method or comment');
      const comment = commentText(note, server);
      if (typeof comment !== 'string') return comment;
      const tail = [method === undefined ? '' : `USING ${method.toUpperCase()}`, comment].filter((piece) => piece !== '');
      return [`PRIMARY KEY (${parts ?? columnList(constraint.columns)})`, ...tail].join(' ');
    }
    case 'unique': {
      const comment = commentText(constraint.comment, server);
      if (typeof comment !== 'string') return comment;
      return `${named}UNIQUE (${columnList(constraint.columns)})${comment === '' ? '' : ` ${comment}`}`;
    }
    case 'foreignKey': {
      const { table: parent, columns } = constraint.references;
      const rules = `${rule('ON DELETE', constraint.onDelete)}${rule('ON UPDATE', constraint.onUpdate)}`;
      return `${named}FOREIGN KEY (${columnList(constraint.columns)}) REFERENCES ${quote.name(parent)} (${columnList(columns)})${rules}`;
    }
    case 'check':
      return `${named}CHECK ${parenthesised(constraint.sql)}`;
    case 'exclude':
      return unsupported('MySQL has no exclusion constraints', 'a unique key, or a trigger that looks for overlaps');
  }
}

function rule(event: string, action: ReferentialAction | undefined): string {
  return action === undefined ? '' : ` ${event} ${action.toUpperCase()}`;
}

function constraintFault(constraint: Constraint, server: Server): Unsupported | undefined {
  if ('deferrable' in constraint && constraint.deferrable !== undefined)
    return unsupported('MySQL checks every key at once', 'a key that is not deferrable');
  if ('include' in constraint && constraint.include !== undefined)
    return unsupported('MySQL has no INCLUDE columns in a key', 'an index of its own over all columns');
  if ('notValid' in constraint && constraint.notValid)
    return unsupported('MySQL checks the rows that are there when a constraint is added', 'correct the rows first, then add it as valid');
  if ('nullsNotDistinct' in constraint && constraint.nullsNotDistinct)
    return unsupported('in MySQL rows with NULL never repeat each other', 'columns that are NOT NULL');
  if (constraint.kind === 'check' && !has(server, 'checks'))
    return unsupported(`${server.title} reads a check and forgets it`, 'a trigger');
  if (constraint.kind === 'check' && constraint.noInherit)
    return unsupported('MySQL has no inheritance of tables', 'a check without NO INHERIT');
  // A MATCH clause makes InnoDB pass over ON DELETE and ON UPDATE: https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
  if (constraint.kind === 'foreignKey' && constraint.match !== undefined)
    return unsupported('InnoDB knows no MATCH FULL', 'columns that are NOT NULL');
  if (constraint.kind === 'foreignKey' && (constraint.onDelete === 'set default' || constraint.onUpdate === 'set default')) {
    return unsupported('InnoDB knows no SET DEFAULT', 'set null, or a trigger');
  }
  if (constraint.kind !== 'unique' && 'comment' in constraint && constraint.comment !== undefined) {
    return unsupported('MySQL has no comment on such a constraint', 'a comment on the table');
  }
  return undefined;
}

/** An index as CREATE TABLE and ALTER TABLE … ADD define it. */
export function indexText(index: Index, server: Server): Piece {
  const head = indexHead(index);
  const tail = indexTail(index, server);
  if (typeof head !== 'string') return head;
  return typeof tail === 'string' ? `${head} ${quote.identifier(index.name)} ${tail}` : tail;
}

/** `INDEX`, `UNIQUE INDEX`, `FULLTEXT INDEX`, … */
export function indexHead({ unique, method }: Index): Piece {
  switch (method) {
    case undefined:
    case 'btree':
    case 'hash':
      return unique ? 'UNIQUE INDEX' : 'INDEX';
    case 'fulltext':
    case 'spatial':
    case 'vector':
      return `${method.toUpperCase()} INDEX`;
    default:
      return unsupported(`MySQL has no index of the kind "${method}"`, 'btree, hash, fulltext or spatial');
  }
}

/** The columns of an index with everything behind them. */
export function indexTail(index: Index, server: Server): Piece {
  if (index.where !== undefined) return unsupported('MySQL has no partial indexes', 'an index over all rows, or over a generated column');
  if (index.include !== undefined) return unsupported('MySQL has no INCLUDE columns', 'put the columns at the end of the index');
  if (index.nullsNotDistinct) return unsupported('in MySQL rows with NULL never repeat each other', 'columns that are NOT NULL');
  const parts = allOf(index.parts.map((part) => partText(part, server)));
  if (isRefused(parts)) return parts;
  const hidden = hiddenText(index, server);
  const comment = commentText(index.comment, server);
  const period = index.extras?.['withoutOverlaps'];
  const over = period === undefined ? [] : [`${quote.identifier(period)} WITHOUT OVERLAPS`];
  const rest = allOf([
    `(${[...parts, ...over].join(', ')})`,
    index.method === 'btree' || index.method === 'hash' ? `USING ${index.method.toUpperCase()}` : '',
    comment,
    hidden,
  ]);
  return isRefused(rest) ? rest : rest.filter((piece) => piece !== '').join(' ');
}

function hiddenText(index: Index, server: Server): Piece {
  const odd = Object.keys(index.extras ?? {}).find((name) => name !== 'ignored' && name !== 'withoutOverlaps');
  if (odd !== undefined) return unsupported(`MySQL has no clause "${odd}" for an index`, 'ignored or withoutOverlaps');
  if (index.extras?.['ignored'] === undefined) return '';
  if (has(server, 'ignoredIndexes')) return 'IGNORED';
  return has(server, 'invisibleIndexes') ? 'INVISIBLE' : unsupported(`${server.title} cannot pass over an index`, 'no index');
}

function partText(part: IndexPart, server: Server): Piece {
  if (part.nulls !== undefined) return unsupported('MySQL sorts NULL before all values and cannot do otherwise', 'leave `nulls` out');
  if (part.operatorClass !== undefined) return unsupported('MySQL has no operator classes', 'leave it out');
  if (part.collation !== undefined) return unsupported('in MySQL an index has the collation of its column', 'a column with that collation');
  if (part.order === 'desc' && !has(server, 'descendingIndexes'))
    return unsupported(`${server.title} reads DESC in an index and forgets it`, 'leave it out: indexes are read backwards too');
  const order = part.order === 'desc' ? ' DESC' : '';
  if (part.column !== undefined) return `${quote.identifier(part.column)}${part.length === undefined ? '' : `(${part.length})`}${order}`;
  if (has(server, 'expressionIndexes')) return `${parenthesised(part.sql ?? '')}${order}`;
  return unsupported(`${server.title} has no indexes over expressions`, 'a generated column, and an index over it');
}

/** The whole CREATE TABLE. */
export function createTableText(table: Table, server: Server): Piece {
  const inKey = new Set(table.constraints.flatMap((constraint) => (constraint.kind === 'primaryKey' ? constraint.columns : [])));
  const lines = allOf([
    ...table.columns.map((column) => columnText(inKey.has(column.name) ? { ...column, nullable: false } : column, server)),
    ...table.constraints.map((constraint) => constraintText(table.name, constraint, server)),
    ...table.indexes.map((index) => indexText(index, server)),
    ...ownIndexes(table).map(({ name, columns }) => `INDEX ${quote.identifier(name)} (${columnList(columns)})`),
    ...(typeof table.options['period'] === 'string' ? [`PERIOD FOR ${table.options['period']}`] : []),
  ]);
  if (isRefused(lines)) return lines;
  const { start } = table.columns.find((column) => column.identity?.start !== undefined)?.identity ?? {};
  const options = tableOptions({ ...(start === undefined ? {} : { auto_increment: String(start) }), ...table.options }, server);
  const comment = commentText(table.comment, server);
  const rest = allOf([options, comment]);
  if (isRefused(rest)) return rest;
  const [optionText = '', note = ''] = rest;
  const partitions = table.options['partitionBy'];
  const tail = [optionText, note, typeof partitions === 'string' ? `PARTITION BY ${partitions}` : ''].filter((part) => part !== '');
  return `CREATE TABLE ${quote.name(table.name)} (\n  ${lines.join(',\n  ')}\n)${tail.map((part) => ` ${part}`).join('')}`;
}
