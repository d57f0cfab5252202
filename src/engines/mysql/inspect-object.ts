import type { ResultRow, Server } from '../../contracts/index.ts';
import type { Opaque, QualifiedName, Routine, Sequence, Trigger, View } from '../../schema/index.ts';
import { type Catalogue, field, nameOf, optional } from './catalogue.ts';
import { definitionText, quote } from './quote.ts';
import { withoutDatabase } from './text.ts';

/** A view with its query; the connection's own database is taken out of the names in it. Who defined it is left out. */
export function viewFrom(row: ResultRow, server: Server): View {
  const algorithm = field(row, 'algorithm');
  const check = field(row, 'check_option');
  const options = {
    ...(algorithm === '' || algorithm === 'UNDEFINED' ? {} : { algorithm }),
    ...(field(row, 'security') === 'INVOKER' ? { sql_security: 'INVOKER' } : {}),
    ...(check === '' || check === 'NONE' ? {} : { check_option: check }),
  };
  return {
    kind: 'view',
    name: nameOf(row, server),
    query: withoutDatabase(field(row, 'query'), server.database),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

/** The triggers of one table, each told behind which other it runs. */
export function triggersFrom(rows: readonly ResultRow[], on: QualifiedName): readonly Trigger[] {
  return rows.map((row) => {
    const [timing, event] = [field(row, 'timing'), field(row, 'event')];
    const before = rows.find(
      (other) => field(other, 'timing') === timing && field(other, 'event') === event && Number(other['at']) === Number(row['at']) - 1,
    );
    const follows = before === undefined ? '' : ` FOLLOWS ${quote.identifier(field(before, 'trig'))}`;
    const name: QualifiedName = on.schema === undefined ? { name: field(row, 'trig') } : { schema: on.schema, name: field(row, 'trig') };
    return {
      kind: 'trigger',
      name,
      on,
      definition: `CREATE TRIGGER ${quote.name(name)} ${timing} ${event} ON ${quote.name(on)} FOR EACH ROW${follows} ${field(row, 'code')}`,
    };
  });
}

/** Functions and procedures. Where both bear one name, the procedure says so, because the model has one key for both. */
export function routinesFrom({ routines, parameters, defaults }: Catalogue, server: Server): readonly (Routine | Opaque)[] {
  return routines.map((row) => {
    const [type, name] = [field(row, 'type'), nameOf(row, server)];
    if (type !== 'FUNCTION' && type !== 'PROCEDURE') return packageFrom(row, name);
    const own = parameters
      .filter((parameter) => field(parameter, 'type') === type && field(parameter, 'name') === name.name)
      .sort((a, b) => Number(a['at']) - Number(b['at']));
    const inherited = defaults.collations.get(field(row, 'db'));
    const comment = field(row, 'comment');
    const twin = routines.some((other) => other !== row && field(other, 'name') === name.name && field(other, 'type') === 'FUNCTION');
    return {
      kind: 'routine',
      routine: type === 'FUNCTION' ? 'function' : 'procedure',
      name,
      ...(twin && type === 'PROCEDURE' ? { arguments: 'procedure' } : {}),
      definition: routineText(row, own.map((parameter) => parameterText(parameter, type, inherited)).join(', '), inherited),
      ...(comment === '' ? {} : { comment }),
    };
  });
}

function parameterText(row: ResultRow, type: string, inherited: string | undefined): string {
  const mode = type === 'PROCEDURE' || field(row, 'mode') !== 'IN' ? `${field(row, 'mode')} ` : '';
  return `${mode}${quote.identifier(field(row, 'param'))} ${field(row, 'param_type')}${charsetText(row, inherited)}`;
}

function charsetText(row: ResultRow, inherited: string | undefined): string {
  const [charset, collation] = [optional(row, 'charset'), optional(row, 'collation')];
  return charset === undefined || collation === undefined || collation === inherited
    ? ''
    : ` CHARACTER SET ${charset} COLLATE ${collation}`;
}

function routineText(row: ResultRow, parameters: string, inherited: string | undefined): string {
  const type = field(row, 'type');
  const body = field(row, 'code');
  const aggregate = type === 'FUNCTION' && /\bFETCH\s+GROUP\s+NEXT\s+ROW\b/i.test(body) ? 'AGGREGATE ' : '';
  const access = field(row, 'reading');
  return [
    `CREATE ${aggregate}${type} ${quote.identifier(field(row, 'name'))}(${parameters})`,
    type === 'FUNCTION' ? `RETURNS ${field(row, 'returns')}${charsetText(row, inherited)}` : '',
    field(row, 'fixed') === 'YES' ? 'DETERMINISTIC' : '',
    access === 'CONTAINS SQL' ? '' : access,
    field(row, 'security') === 'INVOKER' ? 'SQL SECURITY INVOKER' : '',
    body,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function packageFrom(row: ResultRow, name: QualifiedName): Opaque {
  const type = field(row, 'type').toLowerCase();
  const body = type === 'package body';
  return {
    kind: 'opaque',
    type,
    name: body ? { ...name, name: `${name.name} (body)` } : name,
    definition: `CREATE ${type.toUpperCase()} ${quote.name(name)} ${field(row, 'code')}`,
    drop: `DROP ${type.toUpperCase()} ${quote.name(name)}`,
  };
}

const states: Readonly<Record<string, string>> = {
  DISABLED: 'DISABLE',
  SLAVESIDE_DISABLED: 'DISABLE ON SLAVE',
  REPLICA_SIDE_DISABLED: 'DISABLE ON REPLICA',
};

export function eventFrom(row: ResultRow, server: Server): Opaque {
  const name = nameOf(row, server);
  const bound = (word: string, column: string): string => (optional(row, column) === undefined ? '' : ` ${word} '${field(row, column)}'`);
  const every = optional(row, 'every');
  const schedule =
    every === undefined
      ? `AT '${field(row, 'moment')}'`
      : `EVERY ${every} ${field(row, 'unit')}${bound('STARTS', 'starts')}${bound('ENDS', 'ends')}`;
  const comment = field(row, 'comment');
  const parts = [
    `CREATE EVENT ${quote.name(name)} ON SCHEDULE ${schedule}`,
    field(row, 'completion') === 'PRESERVE' ? 'ON COMPLETION PRESERVE' : '',
    states[field(row, 'status')] ?? '',
    comment === '' ? '' : `COMMENT ${definitionText(comment, server)}`,
    `DO ${field(row, 'code')}`,
  ];
  return {
    kind: 'opaque',
    type: 'event',
    name,
    definition: parts.filter((part) => part !== '').join(' '),
    drop: `DROP EVENT ${quote.name(name)}`,
  };
}

/** A sequence without what it would have by itself: https://mariadb.com/kb/en/create-sequence/ */
export function sequenceFrom(row: ResultRow, comment: string, server: Server): Sequence {
  const number = (column: string): bigint => BigInt(field(row, column) || '0');
  const [start, minimum, maximum, increment, cache] = ['start_value', 'minimum_value', 'maximum_value', 'increment', 'cache_size'].map(
    number,
  );
  const given = (value: bigint | undefined, usual: bigint): number | bigint | undefined =>
    value === undefined || value === usual ? undefined : Number.isSafeInteger(Number(value)) ? Number(value) : value;
  const down = (increment ?? 1n) < 0n;
  const usualMinimum = down ? -9223372036854775807n : 1n;
  const usualMaximum = down ? -1n : 9223372036854775806n;
  const values = {
    start: given(start, (down ? maximum : minimum) ?? 1n),
    increment: given(increment, 1n),
    minimum: given(minimum, usualMinimum),
    maximum: given(maximum, usualMaximum),
    cache: given(cache, 1000n),
  };
  const known = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  return {
    kind: 'sequence',
    name: nameOf(row, server),
    ...known,
    ...(field(row, 'cycle_option') === '1' ? { cycle: true } : {}),
    ...(comment === '' ? {} : { comment }),
  };
}
