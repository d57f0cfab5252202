import { type Render, type RenderContext, type Rendered, type Statement, type Unsupported, unsupported } from '../../../contracts/index.ts';
import {
  type Constraint,
  formatName,
  type Key,
  keyOf,
  type Of,
  type QualifiedName,
  sameName,
  type Table,
  tableKey,
  tableOf,
  tablesOf,
} from '../../../schema/index.ts';
import { quote } from '../quote.ts';
import { plain, resolved } from '../reader.ts';
import { afterColumn, afterInheriting, columnSql } from './column-sql.ts';
import { afterConstraint, constraintSql } from './constraint.ts';
import { isInherited, isPartitionOf, referencedParent } from './heirs.ts';
import { createIndexes } from './indexes.ts';
import {
  accessMethodSql,
  isStorage,
  optionClauses,
  partitionOf,
  replicaIdentitySql,
  rowSecuritySql,
  storageSql,
  unknownOption,
} from './options.ts';
import { createSerial, loggedAs, ownSerial } from './sequence.ts';
import { commentStatement, every, inTurn, isUnsupported, onNew, statement, untilKnown } from './statement.ts';

export const table = {
  createTable: ({ table: created }, context) => {
    const refused = unknownOption(created.options);
    if (refused !== undefined) return refused;
    const late = created.constraints.filter((constraint) => isLate(constraint, created));
    const early = created.constraints.filter((constraint) => !late.includes(constraint));
    const [inherited, own] = [created.columns.filter(isInherited), created.columns.filter((column) => !isInherited(column))];
    const body = every([
      ...own.map((column) => columnSql(column, context.server)),
      ...early.map((constraint) => constraintSql(constraint, context.server)),
    ]);
    if (isUnsupported(body)) return body;
    const name = quote.name(created.name);
    const kind = created.options['unlogged'] === true ? 'UNLOGGED TABLE' : 'TABLE';
    const list = body.length === 0 ? '()' : `(\n  ${body.join(',\n  ')}\n)`;
    const parents = inherited.length === 0 ? '' : ` INHERITS (${created.options['inherits']})`;
    const details = inTurn(
      ...inherited.map((column) => afterInheriting(created, column, context)),
      ...created.columns.map((column) => ownSerial(created.name, column, context)),
      ...created.columns.map((column) => afterColumn(created.name, column, context)),
      ...early.map((constraint) => afterConstraint(created.name, constraint, context)),
      createIndexes(created.name, created.indexes, context),
      created.comment === undefined ? [] : [commentStatement(`TABLE ${name}`, created.comment, context)],
    );
    return inTurn(
      ...created.columns.map((column) => createSerial(column, created, context)),
      [statement(`CREATE ${kind} ${name} ${list}${parents}${optionClauses(created.options)}`, context)],
      ofNew(details),
      addConstraints(created.name, late, context),
      settings(created, context),
    );
  },

  dropTable: ({ table: name }, context) => {
    const partition = tablesOf(context.before).find((other) => isPartitionOf(other, name, context));
    if (partition !== undefined) {
      return unsupported(
        `"${formatName(name)}" has the partition "${formatName(partition.name)}", which PostgreSQL would drop with it`,
        'drop its partitions first, or detach them',
      );
    }
    const drop = statement(`DROP TABLE ${quote.name(name)}`, context);
    const parent = referencedParent(name, context);
    const detach =
      parent === undefined ? [] : [statement(`ALTER TABLE ${quote.name(parent)} DETACH PARTITION ${quote.name(name)}`, context)];
    return [...detach, { ...drop, touches: [...drop.touches, ...referencedBy(tableOf(context.before, name))] }];
  },

  renameTable: ({ from, to }, context) => moved('TABLE', { from, to }, context),

  alterTable: (change, context) => alterTable(change, context),
} satisfies Pick<Render, 'createTable' | 'dropTable' | 'renameTable' | 'alterTable'>;

/** The tables that foreign keys lead to: dropping such a key locks and changes them too. */
function referencedBy(dropped: Table | undefined): readonly Key[] {
  const parents = (dropped?.constraints ?? []).flatMap((one) => (one.kind === 'foreignKey' ? [tableKey(one.references.table)] : []));
  return [...new Set(parents)].filter((key) => dropped === undefined || key !== tableKey(dropped.name));
}

/**
 * Whether a constraint has to be added to the table that was made. One that is not to be checked cannot be made with it, since its
 * constraints hold from the beginning; and of keys with the same columns CREATE TABLE silently makes only one.
 */
function isLate(constraint: Constraint, { constraints }: Table): boolean {
  if ('notValid' in constraint && constraint.notValid === true) return true;
  if (constraint.kind !== 'unique') return false;
  const columns = constraint.columns.join('\0');
  const twin = constraints.find((other) => isKey(other) && other.columns.join('\0') === columns);
  return twin !== constraint || constraints.some((other) => other.kind === 'primaryKey' && other.columns.join('\0') === columns);
}

function isKey(constraint: Constraint): constraint is Extract<Constraint, { readonly kind: 'primaryKey' | 'unique' }> {
  return constraint.kind === 'primaryKey' || constraint.kind === 'unique';
}

function addConstraints(name: QualifiedName, constraints: readonly Constraint[], context: RenderContext): Rendered {
  const texts = every(constraints.map((constraint) => constraintSql(constraint, context.server)));
  if (isUnsupported(texts)) return texts;
  return constraints.flatMap((constraint, index) => [
    statement(`ALTER TABLE ${quote.name(name)} ADD ${texts[index]}`, context),
    ...afterConstraint(name, constraint, context),
  ]);
}

/** Statements about a table that nobody else sees yet. */
function ofNew(rendered: Rendered): Rendered {
  if ('unsupported' in rendered || 'deferred' in rendered) return rendered;
  return rendered.map((one) => ({ ...one, lock: { blocks: 'nothing', name: 'none' }, risks: [] }));
}

/** What a new table gets by ALTER TABLE: a place among partitions or heirs, row security, replica identity, its type. */
function settings({ name, options, columns }: Table, context: RenderContext): Rendered {
  const alter = `ALTER TABLE ${quote.name(name)}`;
  const security = options['rowSecurity'] === undefined ? [] : rowSecuritySql(options['rowSecurity']);
  if (isUnsupported(security)) return security;
  const identity = options['replicaIdentity'] === undefined ? undefined : replicaIdentitySql(options['replicaIdentity']);
  if (isUnsupported(identity)) return identity;
  const actions = [
    ...security.filter((action) => !/^(DISABLE|NO FORCE)/.test(action)),
    ...(identity === undefined ? [] : [identity]),
    ...(options['ofType'] === undefined ? [] : [`OF ${options['ofType']}`]),
  ];
  return inTurn(
    options['inherits'] === undefined || columns.some(isInherited)
      ? []
      : parentsIn(options['inherits']).map((parent) => onNew(`${alter} INHERIT ${parent}`, context)),
    options['partitionOf'] === undefined ? [] : attach(name, options['partitionOf'], context),
    actions.map((action) => onNew(`${alter} ${action}`, context)),
  );
}

function attach(name: QualifiedName, value: string | number | boolean, context: RenderContext): Rendered {
  const place = partitionOf(value);
  if (place === undefined) return unsupported(`"${value}" names no partitioned table`, 'write `PARENT FOR VALUES …`');
  return [statement(`ALTER TABLE ${quote.name(place.parent)} ATTACH PARTITION ${quote.name(name)} ${place.bound}`, context)];
}

function parentsIn(value: string | number | boolean): readonly string[] {
  return String(value).split(/\s*,\s*/);
}

/**
 * Renames an object and moves it to another namespace, as far as either is different. In between it bears one old and one new part of
 * its name, which another object may have: then it goes by the other way, or by a name that nobody has.
 */
export function moved(
  kind: string,
  { from, to }: { readonly from: QualifiedName; readonly to: QualifiedName },
  context: RenderContext,
): Rendered {
  const { server } = context;
  const [here, there] = [resolved(from, server).schema, resolved(to, server).schema];
  const rename = (at: QualifiedName, name: string): Statement =>
    statement(`ALTER ${kind} ${quote.name(at)} RENAME TO ${quote.identifier(name)}`, context);
  if (here === there) return from.name === to.name ? [] : [rename(from, to.name)];
  if (there === undefined) return unsupported('the namespace that the new name means is not known', 'give the name with its namespace');
  const move = (name: string): Statement =>
    statement(`ALTER ${kind} ${quote.name({ ...from, name })} SET SCHEMA ${quote.identifier(there)}`, context);
  if (from.name === to.name) return [move(to.name)];
  if (!isTaken({ ...from, name: to.name }, context)) return [rename(from, to.name), move(to.name)];
  if (!isTaken({ ...to, name: from.name }, context)) return [move(from.name), rename({ ...to, name: from.name }, to.name)];
  return [rename(from, passing), move(passing), rename({ ...to, name: passing }, to.name)];
}

const passing = 'lockstep_moving';

/** Whether a relation or type is known to bear a name; routines, which may share one, do not count. */
function isTaken(name: QualifiedName, { before, server }: RenderContext): boolean {
  const own = plain(name, server);
  return (['table', 'view', 'sequence', 'enum', 'domain', 'composite'] as const).some((kind) =>
    before.objects.has(keyOf({ kind, name: own })),
  );
}

type Value = string | number | boolean | null;

function alterTable({ table: name, options }: Of<'alterTable'>, context: RenderContext): Rendered {
  const refused = unknownOption(options);
  if (refused !== undefined) return refused;
  const before = tableOf(context.before, name);
  return inTurn(...Object.entries(options).map(([option, value]) => alterOption({ name, option, value, before }, context)));
}

interface OptionChange {
  readonly name: QualifiedName;
  readonly option: string;
  readonly value: Value;
  readonly before: Table | undefined;
}

function alterOption(change: OptionChange, context: RenderContext): Rendered {
  const { name, option, value } = change;
  const alter = (...actions: readonly string[]): Rendered =>
    actions.map((action) => statement(`ALTER TABLE ${quote.name(name)} ${action}`, context));
  if (isStorage(option)) return alter(value === null ? `RESET (${option})` : `SET (${storageSql(option, value)})`);
  switch (option) {
    case 'unlogged':
      return (
        loggedInTheWay(name, value === true, context) ??
        inTurn(alter(value === true ? 'SET UNLOGGED' : 'SET LOGGED'), ownedSequences(name, value === true, context))
      );
    case 'rowSecurity': {
      const actions = rowSecuritySql(value);
      return isUnsupported(actions) ? actions : alter(...actions);
    }
    case 'tablespace':
      return alter(`SET TABLESPACE ${value === null ? 'pg_default' : quote.identifier(String(value))}`);
    case 'accessMethod': {
      const action = accessMethodSql(value, context.server);
      return isUnsupported(action) ? action : alter(action);
    }
    case 'replicaIdentity': {
      const action = replicaIdentitySql(value);
      return isUnsupported(action) ? action : alter(action);
    }
    case 'ofType':
      return alter(value === null ? 'NOT OF' : `OF ${value}`);
    case 'inherits':
    case 'partitionOf':
      return alterParents(change, context);
    default:
      return unsupported(`how "${formatName(name)}" is partitioned cannot be changed`, 'make a new table and move the rows');
  }
}

/** Keys of logged tables lead to logged tables only: https://www.postgresql.org/docs/current/sql-altertable.html */
function loggedInTheWay(name: QualifiedName, unlogged: boolean, { before, server }: RenderContext): Unsupported | undefined {
  const own = plain(name, server);
  const isUnlogged = (table: QualifiedName): boolean => tableOf(before, table)?.options['unlogged'] === true;
  const keysOf = (table: Table): readonly QualifiedName[] =>
    table.constraints.flatMap((one) => (one.kind === 'foreignKey' ? [plain(one.references.table, server)] : []));
  const others = tablesOf(before).filter((table) => !sameName(plain(table.name, server), own));
  if (unlogged) {
    const referring = others.find((table) => !isUnlogged(table.name) && keysOf(table).some((target) => sameName(target, own)));
    if (referring === undefined) return undefined;
    const sentence = `"${formatName(name)}" cannot become unlogged while a key of "${formatName(referring.name)}", which is logged, leads to it`;
    return unsupported(sentence, `drop the key, or make "${formatName(referring.name)}" unlogged first`);
  }
  const table = tableOf(before, own);
  const target = table === undefined ? undefined : keysOf(table).find((one) => !sameName(one, own) && isUnlogged(one));
  if (target === undefined) return undefined;
  const sentence = `"${formatName(name)}" cannot become logged while its key leads to "${formatName(target)}", which is unlogged`;
  return unsupported(sentence, `drop the key, or make "${formatName(target)}" logged first`);
}

/** Sequences that columns own follow their table; those that are objects of their own stay as they are. */
function ownedSequences(name: QualifiedName, unlogged: boolean, context: RenderContext): readonly Statement[] {
  const { before, server } = context;
  const own = plain(name, server);
  return [...before.objects.values()].flatMap((object) =>
    object.kind === 'sequence' && object.ownedBy !== undefined && sameName(plain(object.ownedBy.table, server), own)
      ? loggedAs(object, unlogged, context)
      : [],
  );
}

function alterParents({ name, option, value, before }: OptionChange, context: RenderContext): Rendered {
  if (before === undefined) return untilKnown(`which parents "${formatName(name)}" has is not known yet`);
  const alter = `ALTER TABLE ${quote.name(name)}`;
  const current = before.options[option];
  if (option === 'inherits') {
    const [was, is] = [current, value].map((parents) => (parents === undefined || parents === null ? [] : parentsIn(parents)));
    const gone = (was ?? []).filter((parent) => !is?.includes(parent));
    const added = (is ?? []).filter((parent) => !was?.includes(parent));
    return [...gone.map((parent) => `NO INHERIT ${parent}`), ...added.map((parent) => `INHERIT ${parent}`)].map((action) =>
      statement(`${alter} ${action}`, context),
    );
  }
  const place = current === undefined ? undefined : partitionOf(current);
  const detached =
    place === undefined ? [] : [statement(`ALTER TABLE ${quote.name(place.parent)} DETACH PARTITION ${quote.name(name)}`, context)];
  return inTurn(detached, value === null ? [] : attach(name, value, context));
}
