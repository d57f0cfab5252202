import type { ResultRow, Server } from '../../../contracts/index.ts';
import type {
  Constraint,
  Index,
  Opaque,
  Policy,
  SchemaObject,
  Sequence,
  Table,
  TableOptions,
  Trigger,
  View,
} from '../../../schema/index.ts';
import { flag, given, groupBy, list, named, opt, str, whole } from '../catalogue.ts';
import { quote } from '../quote.ts';
import { sequenceLimits } from '../serial.ts';
import { opaqueName } from '../traits.ts';
import { type CountingSequence, countingOf, readColumn } from './read-columns.ts';
import { readConstraint } from './read-constraints.ts';
import { readIndexes } from './read-indexes.ts';
import { commentOn } from './read-types.ts';

/** Everything that was read of relations and of what belongs to them. */
export interface RelationRows {
  readonly relations: readonly ResultRow[];
  readonly columns: readonly ResultRow[];
  readonly constraints: readonly ResultRow[];
  readonly indexes: readonly ResultRow[];
  readonly sequences: readonly ResultRow[];
  readonly triggers: readonly ResultRow[];
  readonly policies: readonly ResultRow[];
  readonly rules: readonly ResultRow[];
}

/** Tables and views with their triggers, policies, rules, and the sequences. */
export function readRelations(rows: RelationRows, server: Server): readonly SchemaObject[] {
  const owners = new Map(rows.relations.map((row) => [str(row, 'id'), row]));
  const columns = groupBy(rows.columns, 'relation');
  const constraints = groupBy(rows.constraints, 'relation');
  const indexes = readIndexes(rows.indexes, server);
  const owned = new Map<string, CountingSequence[]>();
  for (const row of rows.sequences) {
    if (opt(row, 'owner') === undefined) continue;
    owned.set(ownerOf(row), [...(owned.get(ownerOf(row)) ?? []), { row, shown: str(row, 'shown') }]);
  }
  const objects: SchemaObject[] = [];
  const counted = new Set<ResultRow>();
  for (const row of rows.relations) {
    const id = str(row, 'id');
    const own = indexes.get(id) ?? [];
    if (str(row, 'kind') === 'v' || str(row, 'kind') === 'm') {
      objects.push(readView(row, own, server));
      continue;
    }
    const rowsOfColumns = columns.get(id) ?? [];
    const names = new Map(rowsOfColumns.map((column) => [str(column, 'number'), str(column, 'name')]));
    const read = (constraints.get(id) ?? []).map((constraint) => readConstraint(constraint, { names, table: named(row, server), server }));
    const table: Table = {
      kind: 'table',
      name: named(row, server),
      columns: rowsOfColumns.map((column) => {
        const sequence = countingOf(column, owned.get(`${id}.${str(column, 'number')}`) ?? []);
        const result = readColumn(column, sequence, server);
        if (result.identity !== undefined && sequence !== undefined) counted.add(sequence.row);
        return result;
      }),
      constraints: read.filter((item): item is Constraint => item.kind !== 'opaque'),
      indexes: own,
      options: optionsOf(row),
      ...given({ comment: opt(row, 'comment') }),
    };
    objects.push(table, ...read.filter((item): item is Opaque => item.kind === 'opaque'));
  }
  const sequences = rows.sequences.filter((row) => !counted.has(row)).map((row) => readSequence(row, { owners, columns }, server));
  return [...objects, ...sequences, ...readAttached(rows, owners, server)];
}

function ownerOf(row: ResultRow): string {
  return `${str(row, 'owner')}.${str(row, 'owner_column')}`;
}

function readView(row: ResultRow, indexes: readonly Index[], server: Server): View {
  const materialized = str(row, 'kind') === 'm';
  const options: Record<string, string> = storageOf(row);
  const tablespace = opt(row, 'tablespace');
  if (tablespace !== undefined) options['tablespace'] = tablespace;
  if (materialized && !flag(row, 'populated')) options['populated'] = 'false';
  return {
    kind: 'view',
    name: named(row, server),
    query: str(row, 'query').trim().replace(/;$/, ''),
    ...given({
      materialized: materialized ? (true as const) : undefined,
      indexes: indexes.length > 0 ? indexes : undefined,
      options: Object.keys(options).length > 0 ? options : undefined,
      comment: opt(row, 'comment'),
    }),
  };
}

function storageOf(row: ResultRow): Record<string, string> {
  const pairs = [...list(row, 'storage'), ...list(row, 'toast').map((option) => `toast.${option}`)];
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

/** Storage parameters are numbers and truth values in text. */
function plainOption(value: string): string | number | boolean {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

const replicaIdentities: Readonly<Record<string, string>> = { n: 'nothing', f: 'full' };

/** The options by the names that `README.md` lists; what is as usual has none. */
function optionsOf(row: ResultRow): TableOptions {
  const secured = flag(row, 'secured');
  const bound = opt(row, 'bound');
  const parents = opt(row, 'parents');
  const identity = opt(row, 'identity_index');
  return {
    ...Object.fromEntries(Object.entries(storageOf(row)).map(([option, value]) => [option, plainOption(value)])),
    ...given({
      unlogged: flag(row, 'unlogged') ? true : undefined,
      rowSecurity: secured ? (flag(row, 'forced') ? 'forced' : 'enabled') : flag(row, 'forced') ? 'forced when enabled' : undefined,
      partitionBy: opt(row, 'partition_by'),
      partitionOf: bound === undefined || parents === undefined ? undefined : `${parents} ${bound}`,
      inherits: bound === undefined ? parents : undefined,
      tablespace: opt(row, 'tablespace'),
      accessMethod: opt(row, 'method'),
      replicaIdentity: identity === undefined ? replicaIdentities[str(row, 'identity')] : `index ${quote.identifier(identity)}`,
      ofType: opt(row, 'of_type'),
    }),
  } as TableOptions;
}

interface Owners {
  readonly owners: ReadonlyMap<string, ResultRow>;
  readonly columns: ReadonlyMap<string, readonly ResultRow[]>;
}

function readSequence(row: ResultRow, { owners, columns }: Owners, server: Server): Sequence {
  const type = str(row, 'type');
  const increment = whole(str(row, 'increment'));
  const limits = sequenceLimits(type, Number(increment));
  const [minimum, maximum, start] = [str(row, 'minimum'), str(row, 'maximum'), str(row, 'start')];
  const owner = owners.get(opt(row, 'owner') ?? '');
  const column = columns.get(opt(row, 'owner') ?? '')?.find((candidate) => str(candidate, 'number') === str(row, 'owner_column'));
  return {
    kind: 'sequence',
    name: named(row, server),
    ...given({
      bits: type === 'smallint' ? (16 as const) : type === 'integer' ? (32 as const) : undefined,
      start: start === (Number(increment) > 0 ? minimum : maximum) ? undefined : whole(start),
      increment: increment === 1 ? undefined : increment,
      minimum: minimum === String(limits.minimum) ? undefined : whole(minimum),
      maximum: maximum === String(limits.maximum) ? undefined : whole(maximum),
      cache: str(row, 'cache') === '1' ? undefined : Number(str(row, 'cache')),
      cycle: flag(row, 'cycle') ? (true as const) : undefined,
      unlogged: flag(row, 'unlogged') ? (true as const) : undefined,
      ownedBy: owner === undefined || column === undefined ? undefined : { table: named(owner, server), column: str(column, 'name') },
      comment: opt(row, 'comment'),
    }),
  };
}

/** Triggers, policies and rules. */
function readAttached(rows: RelationRows, owners: ReadonlyMap<string, ResultRow>, server: Server): readonly SchemaObject[] {
  const attached = <T>(list: readonly ResultRow[], make: (row: ResultRow, owner: ResultRow) => T): readonly T[] =>
    list.flatMap((row) => {
      const owner = owners.get(str(row, 'relation'));
      return owner === undefined ? [] : [make(row, owner)];
    });
  return [
    ...attached(rows.triggers, (row, owner) => readTrigger(row, owner, server)),
    ...attached(rows.policies, (row, owner) => readPolicy(row, owner, server)),
    ...attached(rows.rules, (row, owner) => readRule(row, owner, server)),
  ];
}

const firing: Readonly<Record<string, string>> = { D: 'DISABLE', R: 'ENABLE REPLICA', A: 'ENABLE ALWAYS' };

/** How a trigger or rule fires, where not as usual, as a second statement of its definition. */
function firingOf(row: ResultRow, owner: string, what: 'TRIGGER' | 'RULE'): string {
  const verb = firing[str(row, 'enabled')];
  return verb === undefined ? '' : `;\nALTER TABLE ${owner} ${verb} ${what} ${quote.identifier(str(row, 'name'))}`;
}

function readTrigger(row: ResultRow, owner: ResultRow, server: Server): Trigger {
  const on = named(owner, server);
  return {
    kind: 'trigger',
    name: { name: str(row, 'name') },
    on,
    definition: str(row, 'definition') + firingOf(row, quote.name(on), 'TRIGGER'),
    ...given({ comment: opt(row, 'comment') }),
  };
}

const commands: Readonly<Record<string, Policy['command']>> = { r: 'select', a: 'insert', w: 'update', d: 'delete' };

function readPolicy(row: ResultRow, owner: ResultRow, server: Server): Policy {
  const roles = list(row, 'roles');
  return {
    kind: 'policy',
    name: { name: str(row, 'name') },
    on: named(owner, server),
    ...given({
      restrictive: flag(row, 'permissive') ? undefined : (true as const),
      command: commands[str(row, 'command')],
      roles: roles.length === 1 && roles[0] === 'public' ? undefined : roles,
      using: opt(row, 'using'),
      check: opt(row, 'check'),
      comment: opt(row, 'comment'),
    }),
  };
}

function readRule(row: ResultRow, owner: ResultRow, server: Server): Opaque {
  const on = named(owner, server);
  const name = str(row, 'name');
  const target = `RULE ${quote.identifier(name)} ON ${quote.name(on)}`;
  const schema = on.schema === undefined ? {} : { schema: on.schema };
  return {
    kind: 'opaque',
    type: 'rule',
    name: opaqueName('rule', { ...schema, name }, { name: on.name }),
    definition:
      str(row, 'definition').trim().replace(/;$/, '') + firingOf(row, quote.name(on), 'RULE') + commentOn(target, opt(row, 'comment')),
    drop: `DROP ${target}`,
    ...given({ comment: opt(row, 'comment') }),
  };
}
