import type { LossName, LossyMapping } from '../../src/neutral/index.ts';
import {
  type Column,
  type ColumnType,
  type Constraint,
  formatName,
  type Index,
  keyOf,
  referenceTo,
  type Schema,
  type Table,
  tableOf,
  tablesOf,
} from '../../src/schema/index.ts';

interface Judging {
  readonly losses: readonly LossyMapping[];
  readonly wrong: string[];
}

/**
 * Holds a structure against what became of it on its way through other engines and back. Gives each difference that neither a loss told by
 * name nor docs/replicate.md speaks of. The rules are those of that page, written down anew: the mapping itself is not asked.
 */
export function strayDifferences(before: Schema, after: Schema, losses: readonly LossyMapping[]): readonly string[] {
  const judging: Judging = { losses, wrong: [] };
  for (const object of before.objects.values()) {
    if (object.kind === 'table') continue;
    const key = keyOf(referenceTo(object));
    // What columns are made of lives on in them.
    const inColumns = object.kind === 'enum' || object.kind === 'domain';
    if (!inColumns && !losses.some((loss) => loss.object === key)) judging.wrong.push(`${key} is gone`);
  }
  for (const object of after.objects.values()) {
    if (object.kind !== 'enum' && tableOf(before, object.name) === undefined) judging.wrong.push(`${keyOf(referenceTo(object))} has come`);
  }
  for (const table of tablesOf(before)) {
    const now = tableOf(after, table.name);
    if (now === undefined) judging.wrong.push(`table ${formatName(table.name)} is gone`);
    else judgeTable({ table, schema: before }, { table: now, schema: after }, judging);
  }
  return judging.wrong;
}

interface Side {
  readonly table: Table;
  readonly schema: Schema;
}

function judgeTable(before: Side, after: Side, judging: Judging): void {
  const title = formatName(before.table.name);
  const names = ({ table }: Side): string => table.columns.map(({ name }) => name).join(', ');
  if (names(before) !== names(after)) judging.wrong.push(`table ${title} had the columns ${names(before)} and has ${names(after)}`);
  if (before.table.comment !== after.table.comment && !isTold(judging, ['comment'], `table ${title}`))
    judging.wrong.push(`the comment of table ${title} was "${before.table.comment}" and is "${after.table.comment}"`);
  for (const column of before.table.columns) {
    const now = after.table.columns.find(({ name }) => name === column.name);
    if (now !== undefined) judgeColumn({ ...before, column }, { ...after, column: now }, judging);
  }
  judgeKeys(before, after, judging);
}

function isTold({ losses }: Judging, names: readonly LossName[], object: string): boolean {
  return losses.some((loss) => loss.object === object && names.includes(loss.name));
}

interface OneColumn extends Side {
  readonly column: Column;
}

/** Losses of a column, with which its type is another one, and so its default may be. */
const ofTypes: readonly LossName[] = [
  ...(['array', 'bit', 'composite', 'decimal-digits', 'interval', 'key-length', 'native-type', 'set', 'spatial', 'untyped'] as const),
];

function judgeColumn(before: OneColumn, after: OneColumn, judging: Judging): void {
  const title = `column ${formatName(before.table.name)}.${before.column.name}`;
  const told = (...names: readonly LossName[]): boolean => isTold(judging, names, title);
  const differs = (what: string, of: (one: OneColumn) => unknown, isAllowed: boolean): void => {
    const [was, is] = [before, after].map((one) =>
      JSON.stringify(of(one), (_, value) => (typeof value === 'bigint' ? Number(value) : value)),
    );
    if (was !== is && !isAllowed) judging.wrong.push(`the ${what} of ${title} was ${was} and is ${is}`);
  };
  const [wasType, isType] = [typeOf(before), typeOf(after)];
  differs('type', ({ column }) => column.type, isDocumented(wasType, isType) || told(...ofTypes));
  const isBounded = wasType.kind !== 'integer' || wasType.unsigned !== true || unsignedStays(before, after);
  if (!isBounded) judging.wrong.push(`${title} was unsigned, and nothing keeps negative numbers out`);
  const inKey = before.table.constraints.some((one) => one.kind === 'primaryKey' && one.columns.includes(before.column.name));
  differs('nullability', ({ column }) => column.nullable, inKey && !after.column.nullable);
  differs('default', ({ column }) => defaultOf(column), told('default', ...ofTypes));
  differs('counting', ({ column }) => column.identity !== undefined, told('identity'));
  differs('expression', ({ column }) => column.generated && plainSql(column.generated.sql), told('generated'));
  differs('comment', ({ column }) => column.comment, told('comment'));
  // By letters is how all tables compare that come from another engine.
  const isByLetters = /_bin$/.test(before.column.collation ?? '') && after.column.collation === undefined;
  differs('collation', ({ column }) => column.collation, isByLetters || told('collation', ...ofTypes));
}

/** A named type by what it stands for. */
function typeOf({ column: { type }, schema }: OneColumn): ColumnType {
  if (type.kind !== 'named') return type;
  const found = [...schema.objects.values()].find(({ kind, name }) => kind !== 'table' && formatName(name) === formatName(type.type));
  if (found?.kind === 'enum') return { kind: 'enum', values: found.values };
  return found?.kind === 'domain' ? found.type : type;
}

/** Whether the table of the page leads from one type to the other without a loss. */
function isDocumented(was: ColumnType, is: ColumnType): boolean {
  if (was.kind === 'integer') return isWider(was, is);
  if (was.kind === 'native') return isNeutralFor(was.text, is);
  if (was.kind === 'string' && was.length === undefined) return is.kind === 'string' || is.kind === 'text';
  if (was.kind !== is.kind) return (was.kind === 'string' || was.kind === 'char') && isAsLong(was, is);
  switch (was.kind) {
    case 'decimal':
      return is.kind === 'decimal' && is.precision === was.precision && (is.scale ?? 0) === (was.scale ?? 0);
    case 'float':
      return is.kind === 'float' && is.bits === was.bits;
    case 'string':
    case 'char':
      return isAsLong(was, is);
    case 'time':
    case 'timestamp':
      return isAsPrecise(was, is);
    case 'enum':
      return is.kind === 'enum' && is.values.join('\0') === was.values.join('\0');
    default:
      return true;
  }
}

type Kind<K extends ColumnType['kind']> = Extract<ColumnType, { readonly kind: K }>;

function isWider(was: Kind<'integer'>, is: ColumnType): boolean {
  if (is.kind === 'decimal') return was.unsigned === true && was.bits === 64 && is.precision === 20 && is.scale === 0;
  if (is.kind !== 'integer') return false;
  return was.unsigned === true && is.unsigned !== true ? is.bits > was.bits : is.bits >= was.bits;
}

/** Types that only MySQL has, and the usual ones that they are when they come back. */
function isNeutralFor(text: string, is: ColumnType): boolean {
  const [word = ''] = /^\w+/.exec(text) ?? [];
  const bits = { mediumint: 32, year: 16 }[word];
  if (bits !== undefined) return is.kind === 'integer' && is.bits >= bits;
  return (/text$/.test(word) && is.kind === 'text') || (/blob$|^binary$/.test(word) && is.kind === 'binary');
}

function isAsLong(was: Kind<'string' | 'char'>, is: ColumnType): boolean {
  return (is.kind === 'string' || is.kind === 'char') && is.length === was.length;
}

function isAsPrecise(was: Kind<'time' | 'timestamp'>, is: ColumnType): boolean {
  if (is.kind !== 'time' && is.kind !== 'timestamp') return false;
  const sameZone = was.kind !== 'timestamp' || (is.kind === 'timestamp' && is.zone === was.zone);
  return sameZone && (is.precision ?? 6) >= (was.precision ?? 0);
}

/** A column that has no sign, or has a check or a parent that says so. */
function unsignedStays({ table, column: { name } }: OneColumn, after: OneColumn): boolean {
  const { type } = after.column;
  if (type.kind === 'integer' && type.unsigned === true) return true;
  if (table.constraints.some((one) => one.kind === 'foreignKey' && one.columns.includes(name))) return true;
  // A number that is counted up begins at one.
  if (after.column.identity !== undefined) return true;
  return after.table.constraints.some((one) => one.kind === 'check' && plainSql(one.sql).startsWith(`${name.toLowerCase()}>=0`));
}

const present = /current_?timestamp|current_?date|curdate|now\b/i;

/** A default by what it says: the present moment, or the text of its value. */
function defaultOf({ default: usual, type }: Column): string | undefined {
  if (usual === undefined) return undefined;
  if ('sql' in usual) return present.test(usual.sql) ? 'now' : literalText(usual.sql, type);
  return usual.value === null ? undefined : literalText(String(usual.value), type);
}

function literalText(sql: string, type: ColumnType): string | undefined {
  const text = sql.replace(/::[\w\s"().]+$/, '').replace(/^'([\s\S]*)'$/, '$1');
  if (/^null$/i.test(text)) return undefined;
  if (type.kind === 'boolean') return /^(1|true)$/i.test(text) ? 'true' : 'false';
  return /^-?\d+(\.\d+)?$/.test(text) ? String(Number(text)) : text;
}

/** An expression without what every engine writes in its own way: quotes of names, brackets, blanks, casts and case. */
function plainSql(sql: string): string {
  return sql
    .replace(/::[a-z ]+(\(\d+(,\d+)?\))?/gi, '')
    .replace(/[\s`"()]+/g, '')
    .toLowerCase();
}

/** Keys, checks and indexes by what they say: names may change on the way. */
function judgeKeys(before: Side, after: Side, judging: Judging): void {
  const title = formatName(before.table.name);
  const now = saidOf(after.table);
  for (const [text, names] of saidOf(before.table)) {
    const isSaid = now.has(text) || isLost(text, names, title, judging);
    if (!isSaid) judging.wrong.push(`${text} of ${title} is gone`);
  }
  const was = saidOf(before.table);
  for (const text of now.keys()) {
    const isWeaker =
      text.startsWith('foreign key') &&
      judging.losses.some((one) => one.name === 'foreign-key-action' && one.object.endsWith(` of ${title}`));
    if (!was.has(text) && !isBound(text, before) && !isWeaker) judging.wrong.push(`${text} of ${title} has come`);
  }
}

/** Each thing that a table says of its rows, with the words by which a loss may speak of it. */
function saidOf({ constraints, indexes, name }: Table): ReadonlyMap<string, readonly string[]> {
  const title = formatName(name);
  return new Map([
    ...constraints.map((one): [string, string[]] => [
      constraintText(one),
      [`${one.kind} ${one.name ?? ''} of ${title}`, 'check of column'],
    ]),
    ...indexes.map((one): [string, string[]] => [indexText(one), [`index ${one.name} of ${title}`]]),
  ]);
}

function constraintText(one: Constraint): string {
  switch (one.kind) {
    case 'primaryKey':
      return `primary key (${one.columns.join(', ')})`;
    case 'unique':
      return `unique (${one.columns.join(', ')})`;
    case 'foreignKey': {
      const { columns, references, onDelete = 'no action', onUpdate = 'no action' } = one;
      const action = (text: string): string => (text === 'restrict' ? 'no action' : text);
      return `foreign key (${columns.join(', ')}) to ${formatName(references.table)} (${references.columns.join(', ')}) on delete ${action(onDelete)} on update ${action(onUpdate)}`;
    }
    case 'check':
      return `check ${plainSql(one.sql)}`;
    case 'exclude':
      return `exclusion ${one.using}`;
  }
}

function indexText({ unique, parts, where }: Index): string {
  const list = parts.map(({ column, sql, order }) => `${column ?? plainSql(sql ?? '')}${order === undefined ? '' : ` ${order}`}`);
  return `${unique ? 'unique' : 'index'} (${list.join(', ')})${where === undefined ? '' : ` where ${plainSql(where)}`}`;
}

function isLost(text: string, words: readonly string[], title: string, { losses }: Judging): boolean {
  const isOfTable = losses.filter(({ object }) => object.endsWith(` of ${title}`) || object.includes(` ${title}.`));
  // A foreign key whose action was lost is there with another one.
  return isOfTable.some(({ object }) => words.includes(object) || (text.startsWith('check ') && object.startsWith('check of column')));
}

/** What a type of the other engine has become: the bounds of a number, or the words of a choice. */
function isBound(text: string, { table, schema }: Side): boolean {
  return table.columns.some((column) => {
    const type = typeOf({ table, schema, column });
    const name = column.name.toLowerCase();
    if (type.kind === 'enum') return text.startsWith(`check ${name}in`);
    const isUnsigned = (type.kind === 'integer' && type.unsigned === true) || (type.kind === 'native' && /unsigned|^year/.test(type.text));
    return isUnsigned && text.startsWith(`check ${name}>=`);
  });
}
