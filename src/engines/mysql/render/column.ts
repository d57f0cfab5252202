import { type Deferred, type Render, type RenderContext, type Risk, type Traits, unsupported } from '../../../contracts/index.ts';
import {
  affectedBy,
  alteredColumn,
  type Column,
  emptiesKey,
  formatName,
  mentions,
  type Name,
  type Of,
  type Table,
  tableOf,
} from '../../../schema/index.ts';
import { defaultText } from '../defaults.ts';
import { usesColumn } from '../definitions.ts';
import { has } from '../flavours.ts';
import { narrows } from '../narrowing.ts';
import { ownIndexes } from '../own-index.ts';
import { quote } from '../quote.ts';
import { type LockName, locks, loses } from '../traits.ts';
import { isText } from '../types.ts';
import { checkName, dropClause } from './constraint.ts';
import { carriedText, columnText } from './definition.ts';
import { alter, isRefused, known, statement, upkeep } from './parts.ts';

type ColumnKinds = 'addColumn' | 'dropColumn' | 'renameColumn' | 'alterColumn';

export const renderColumn = {
  addColumn: (change, context) => {
    const { table, column, after } = change;
    const text = columnText(column, context.server);
    if (typeof text !== 'string') return text;
    const place = after === undefined ? '' : ` AFTER ${quote.identifier(after)}`;
    // A counting column must be a key from the first moment on.
    const index = column.identity === undefined ? [] : upkeepOfNew(change, context);
    return isRefused(index) ? index : [statement(alter(table, [`ADD COLUMN ${text}${place}`, ...index]), context.server)];
  },

  dropColumn: (change, context) => {
    // Left alone, MySQL takes the column out of its indexes and keeps what is left of them.
    const table = known(change.table, context, 'the keys and indexes of the column go with it');
    if ('deferred' in table) return table;
    const { constraints, indexes } = affectedBy(table, change.name);
    const clauses: string[] = [];
    for (const constraint of constraints) {
      const clause = dropClause(table, constraint, context.server);
      if (typeof clause !== 'string') return clause;
      clauses.push(clause);
    }
    for (const index of indexes) clauses.push(`DROP INDEX ${quote.identifier(index.name)}`);
    clauses.push(...upkeep(change, table.name, context), `DROP COLUMN ${quote.identifier(change.name)}`);
    return [statement(alter(change.table, clauses), context.server)];
  },

  renameColumn: (change, context) => {
    const { table: name, from } = change;
    const { server, before } = context;
    const trigger = [...before.objects.values()].find(
      (object) => object.kind === 'trigger' && formatName(object.on) === formatName(name) && usesColumn(object.definition, from),
    );
    if (trigger !== undefined) {
      return unsupported(
        `trigger "${trigger.name.name}" uses column "${from}" and would fail at the next write`,
        'drop the trigger, rename the column, create the trigger anew',
      );
    }
    if (has(server, 'renameColumn') && has(server, 'renameFollows')) return [statement(renameText(change, context), server)];
    const table = known(name, context, 'checks and generated columns may use the column');
    return 'deferred' in table ? table : renameWithout(change, table, context);
  },

  alterColumn: (change, context) => {
    const { table: name, name: columnName, set } = change;
    const { server } = context;
    if (emptiesKey(change, context.before)) {
      return unsupported(
        `column "${columnName}" belongs to the primary key and cannot be empty`,
        'drop the primary key first, or leave `nullable` out',
      );
    }
    if (change.using !== undefined) {
      return unsupported(
        'MySQL converts values in its own way and takes no USING',
        'add a column, fill it with updateRows, drop the old one and rename the new one',
      );
    }
    const wanted = set.default;
    if (Object.keys(set).length === 1 && wanted != null && 'value' in wanted && wanted.value !== null) {
      const column = columnOf(context, name, columnName);
      const text = defaultText({ type: column?.type ?? { kind: 'string' }, default: wanted }, server);
      if (typeof text !== 'string') return text;
      return [statement(alter(name, [`ALTER COLUMN ${quote.identifier(columnName)} SET DEFAULT ${text}`]), server)];
    }
    const table = known(name, context, 'the whole definition of the column is written anew');
    if ('deferred' in table) return table;
    const column = table.columns.find((candidate) => candidate.name === columnName);
    return column === undefined ? [] : modify(change, { table, column }, context);
  },
} satisfies Pick<Render, ColumnKinds>;

function columnOf({ before }: RenderContext, table: Table['name'], column: Name): Column | undefined {
  const found = before.objects.get(`table ${formatName(table)}`);
  return found?.kind === 'table' ? found.columns.find((candidate) => candidate.name === column) : undefined;
}

function upkeepOfNew(change: Of<'addColumn'>, context: RenderContext): readonly string[] | Deferred {
  const table = known(change.table, context, 'a counting column needs a key');
  return 'deferred' in table ? table : upkeep(change, change.table, context);
}

/** The index of a counting column that is no key bears the column's name, and follows it. */
function renameText({ table, from, to }: Of<'renameColumn'>, { before, server }: RenderContext): string {
  const [old, wanted] = [quote.identifier(from), quote.identifier(to)];
  const known = tableOf(before, table);
  const counts = known?.columns.some((column) => column.name === from && column.identity !== undefined) === true;
  const own = counts && has(server, 'renameIndex') && ownIndexes(known).some((index) => index.name === from);
  return alter(table, [`RENAME COLUMN ${old} TO ${wanted}`, ...(own ? [`RENAME INDEX ${old} TO ${wanted}`] : [])]);
}

/** For servers where the name of a column stays behind in checks and generated columns, or where CHANGE must be used. */
function renameWithout(change: Of<'renameColumn'>, table: Table, context: RenderContext): ReturnType<Render['renameColumn']> {
  const { server } = context;
  const { from, to } = change;
  const column = table.columns.find((candidate) => candidate.name === from);
  const generated = table.columns.find((candidate) => mentions(candidate.generated?.sql ?? '', from));
  if (column === undefined) return [];
  if (generated !== undefined) {
    return unsupported(
      `${server.title} does not rename a column that "${generated.name}" is computed from`,
      `drop "${generated.name}", rename, and add it again`,
    );
  }
  const check = table.constraints.find((constraint) => constraint.kind === 'check' && mentions(constraint.sql, from));
  if (check !== undefined) {
    const name = checkName(table, check) ?? 'without a name';
    return unsupported(`${server.title} does not rename a column that the check ${name} uses`, 'drop the check, rename, and add it again');
  }
  if (has(server, 'renameColumn')) return [statement(renameText(change, context), server)];
  const carried = carriedText(column, {}, server);
  if (carried !== undefined) return carried;
  const text = columnText({ ...column, name: to }, server);
  if (typeof text !== 'string') return text;
  return [statement(alter(change.table, [`CHANGE COLUMN ${quote.identifier(from)} ${text}`]), server, { risks: [], lock: locks.online })];
}

interface Met {
  readonly table: Table;
  readonly column: Column;
}

function modify(change: Of<'alterColumn'>, { table, column }: Met, context: RenderContext): ReturnType<Render['alterColumn']> {
  const { server } = context;
  const { set } = change;
  const after = alteredColumn(column, set);
  if (
    Object.keys(set).length === 1 &&
    set.default === null &&
    column.generated === undefined &&
    column.extras?.['onUpdate'] === undefined
  ) {
    // Without a default a column that may be empty is empty; DROP DEFAULT would make MySQL ask for a value.
    const action = column.nullable ? 'SET DEFAULT NULL' : 'DROP DEFAULT';
    return [statement(alter(table.name, [`ALTER COLUMN ${quote.identifier(column.name)} ${action}`]), server)];
  }
  const carried = carriedText(column, set, server);
  if (carried !== undefined) return carried;
  const inKey = table.constraints.some((constraint) => constraint.kind === 'primaryKey' && constraint.columns.includes(column.name));
  const text = columnText(inKey ? { ...after, nullable: false } : after, server);
  if (typeof text !== 'string') return text;
  if ((column.generated?.stored ?? true) !== (after.generated?.stored ?? true))
    return replaced({ table, column }, after, { text, context });
  const clauses = [`MODIFY COLUMN ${text}`, ...upkeep(change, table.name, context)];
  return [statement(alter(table.name, clauses), server, modified({ table, column }, after, context))];
}

/** Between virtual and kept a column cannot be changed in place: it goes and comes back at its place. */
function replaced(
  { table, column }: Met,
  after: Column,
  { text, context }: { readonly text: string; readonly context: RenderContext },
): ReturnType<Render['alterColumn']> {
  const { constraints, indexes } = affectedBy(table, column.name);
  if (after.generated === undefined) {
    return unsupported(
      `the values of virtual column "${column.name}" are nowhere kept`,
      'add a column, fill it with updateRows, drop the virtual one and rename the new one',
    );
  }
  if (constraints.length + indexes.length > 0) {
    return unsupported(
      `column "${column.name}" must go and come back to be computed otherwise, and keys or indexes use it`,
      'drop those first and create them again afterwards',
    );
  }
  const at = table.columns.indexOf(column);
  const previous = table.columns[at - 1];
  const place = previous === undefined ? 'FIRST' : `AFTER ${quote.identifier(previous.name)}`;
  const sql = alter(table.name, [`DROP COLUMN ${quote.identifier(column.name)}`, `ADD COLUMN ${text} ${place}`]);
  const risks: Risk[] = [{ kind: 'rewrites', table: table.name }];
  if (column.generated === undefined) risks.push(loses('column', table.name, column.name));
  return [statement(sql, context.server, { risks, effects: [{ sign: '~', text: `column ${formatName(table.name)}.${column.name}` }] })];
}

/** What defining a column anew takes and risks, when it is known how it was before. */
function modified({ table, column }: Met, after: Column, { server }: RenderContext): Partial<Traits> {
  const { name } = table;
  const risks: Risk[] = [];
  const retyped = changes(column, after, ['type', 'collation']) || column.extras?.['charset'] !== after.extras?.['charset'];
  const narrower = narrows(column.type, after.type) || losesCharacters(column, after);
  const recomputed = changes(column, after, ['generated']) && after.generated?.stored === true;
  const filled = column.nullable && !after.nullable;
  const lock = lockFor({ column, after, retyped, server });
  if (lock !== 'instant') risks.push({ kind: 'rewrites', table: name });
  if (filled) risks.push({ kind: 'mayFail', why: `rows of ${formatName(name)} may have no value in ${column.name}` });
  if (narrower) risks.push({ kind: 'mayFail', why: `values of ${formatName(name)}.${column.name} may not fit` });
  // Without a strict sql_mode what does not fit is cut, and NULL becomes 0 or an empty text, without an error.
  if (narrower || (recomputed && column.generated === undefined) || (filled && !has(server, 'strict')))
    risks.push(loses('values', name, column.name));
  return { lock: locks[lock], risks };
}

function changes(a: Column, b: Column, properties: readonly (keyof Column)[]): boolean {
  return properties.some((property) => JSON.stringify(a[property], bigintText) !== JSON.stringify(b[property], bigintText));
}

function bigintText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** A character set other than UTF-8 has no place for some characters. */
function losesCharacters(column: Column, after: Column): boolean {
  const set = (one: Column): string | undefined => one.extras?.['charset'] ?? one.collation?.split('_')[0];
  return isText(column.type) && set(column) !== set(after) && set(after) !== 'utf8mb4' && set(after) !== undefined;
}

interface Difference {
  readonly column: Column;
  readonly after: Column;
  readonly retyped: boolean;
  readonly server: Parameters<Render['alterColumn']>[1]['server'];
}

/** https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/ and the table of MySQL's manual. */
function lockFor({ column, after, retyped, server }: Difference): LockName {
  if (changes(column, after, ['identity'])) return 'copy';
  if (changes(column, after, ['generated'])) return column.generated?.stored || after.generated?.stored ? 'copy' : 'instant';
  if (column.extras?.['check'] !== after.extras?.['check']) return 'copy';
  if (retyped) return staysInPlace(column, after) ? 'instant' : 'copy';
  if (column.nullable !== after.nullable) return 'online';
  return has(server, 'instantDefault') || !changes(column, after, ['default']) ? 'instant' : 'online';
}

/** A longer varchar needs no other row, as long as its length takes the same number of bytes; an enum may grow at its end. */
function staysInPlace(column: Column, after: Column): boolean {
  const [old, wider] = [column.type, after.type];
  if (changes(column, after, ['collation']) || column.extras?.['charset'] !== after.extras?.['charset']) return false;
  if (old.kind === 'string' && wider.kind === 'string') {
    const [from, to] = [(old.length ?? 255) * 4, (wider.length ?? 255) * 4];
    return to >= from && (from > 255 || to <= 255);
  }
  if (old.kind !== 'enum' || wider.kind !== 'enum') return false;
  return old.values.every((value, i) => wider.values[i] === value) && old.values.length > 255 === wider.values.length > 255;
}
