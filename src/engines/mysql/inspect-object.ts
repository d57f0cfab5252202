import type { ResultRow, Server } from '../../contracts/index.ts';
import { keyOf, type Opaque, type QualifiedName, type Routine, type Sequence, type Trigger, type View } from '../../schema/index.ts';
import { type Catalogue, nameOf } from './catalogue.ts';
import { definitionText, quote } from './quote.ts';
import { field, optional } from './rows.ts';
import { definerOf, definerText, settingsOf, withSettings } from './settings.ts';
import { withoutDatabase } from './text.ts';

/** A view with its query; the connection's own database is taken out of the names in it. */
export function viewFrom(row: ResultRow, server: Server): View {
  const algorithm = field(row, 'algorithm');
  const check = field(row, 'check_option');
  const definer = definerOf(row, server);
  const options = {
    ...(algorithm === '' || algorithm === 'UNDEFINED' ? {} : { algorithm }),
    ...(field(row, 'security') === 'INVOKER' ? { sql_security: 'INVOKER' } : {}),
    ...(check === '' || check === 'NONE' ? {} : { check_option: check }),
    ...(definer === undefined ? {} : { definer }),
    ...settingsOf(row, server),
  };
  return {
    kind: 'view',
    name: nameOf(row, server),
    query: withoutDatabase(queryFrom(field(row, 'definition'), check), server.database),
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}

const shownView = /^CREATE .*? VIEW (?:`(?:[^`]|``)*`\.)?`(?:[^`]|``)*` (?:\((?:`(?:[^`]|``)*`,?)*\) )?AS /s;

function queryFrom(shown: string, check: string): string {
  const query = shown.replace(shownView, '');
  return check === '' || check === 'NONE' ? query : query.replace(/ WITH (?:CASCADED|LOCAL) CHECK OPTION$/, '');
}

/** The triggers of one table, each told behind which other it runs. */
export function triggersFrom(rows: readonly ResultRow[], on: QualifiedName, server: Server): readonly Trigger[] {
  return rows.map((row) => {
    const [timing, event] = [field(row, 'timing'), field(row, 'event')];
    const before = rows.find(
      (other) => field(other, 'timing') === timing && field(other, 'event') === event && Number(other['at']) === Number(row['at']) - 1,
    );
    const follows = before === undefined ? '' : ` FOLLOWS ${quote.identifier(field(before, 'trig'))}`;
    const name: QualifiedName = on.schema === undefined ? { name: field(row, 'trig') } : { schema: on.schema, name: field(row, 'trig') };
    const head = `CREATE ${definerClause(row, server)}TRIGGER ${quote.name(name)} ${timing} ${event} ON ${quote.name(on)}`;
    return {
      kind: 'trigger',
      name,
      on,
      definition: withSettings(settingsOf(row, server), `${head} FOR EACH ROW${follows} ${field(row, 'code')}`),
    };
  });
}

/** Functions and procedures. Where both bear one name, the procedure says so, because the model has one key for both. */
export function routinesFrom({ routines }: Catalogue, server: Server): readonly (Routine | Opaque)[] {
  return routines.map((row) => {
    const [type, name] = [field(row, 'type'), nameOf(row, server)];
    const settings = settingsOf(row, server);
    const definition = withSettings(settings, shownText(row, server));
    if (type !== 'FUNCTION' && type !== 'PROCEDURE') return packageFrom(row, { name, definition }, settings);
    const comment = field(row, 'comment');
    const twin = routines.some((other) => other !== row && field(other, 'name') === name.name && field(other, 'type') === 'FUNCTION');
    return {
      kind: 'routine',
      routine: type === 'FUNCTION' ? 'function' : 'procedure',
      name,
      ...(twin && type === 'PROCEDURE' ? { arguments: 'procedure' } : {}),
      definition,
      ...(comment === '' ? {} : { comment }),
    };
  });
}

/** CREATE statement as the server shows it, without a comment, which the model tells apart, and without a definer who is the user. */
function shownText(row: ResultRow, server: Server): string {
  const shown = field(row, 'definition');
  const own = definerOf(row, server) === undefined ? shown.replace(/^CREATE DEFINER=((?:`[^`]*`|"[^"]*")@?){1,2} /, 'CREATE ') : shown;
  return field(row, 'comment') === '' ? own : own.replace(/\n {4}COMMENT '(?:[^'\\]|''|\\.)*'(?=\n)/s, '');
}

/** Packages are made and dropped in one sql_mode alone. */
function packageFrom(
  row: ResultRow,
  { name, definition }: Pick<Opaque, 'name' | 'definition'>,
  { sql_mode: mode }: ReturnType<typeof settingsOf>,
): Opaque {
  const type = field(row, 'type').toLowerCase();
  const body = type === 'package body';
  return {
    kind: 'opaque',
    type,
    name: body ? { ...name, name: `${name.name} (body)` } : name,
    definition,
    drop: withSettings(mode === undefined ? {} : { sql_mode: mode }, `DROP ${type.toUpperCase()} ${quote.name(name)}`),
    ...(body ? { dependsOn: [keyOf({ kind: 'opaque', name })] } : {}),
  };
}

function definerClause(row: ResultRow, server: Server): string {
  const definer = definerOf(row, server);
  return definer === undefined ? '' : `${definerText(definer)} `;
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
  // An event that was told no beginning begins when it is made; telling that moment would make each such event another one.
  const starts = Number(row['begins_at_once']) === 1 ? '' : bound('STARTS', 'starts');
  const schedule =
    every === undefined ? `AT '${field(row, 'moment')}'` : `EVERY ${every} ${field(row, 'unit')}${starts}${bound('ENDS', 'ends')}`;
  const comment = field(row, 'comment');
  const parts = [
    `CREATE ${definerClause(row, server)}EVENT ${quote.name(name)} ON SCHEDULE ${schedule}`,
    field(row, 'completion') === 'PRESERVE' ? 'ON COMPLETION PRESERVE' : '',
    states[field(row, 'status')] ?? '',
    comment === '' ? '' : `COMMENT ${definitionText(comment, server)}`,
    `DO ${field(row, 'code')}`,
  ];
  return {
    kind: 'opaque',
    type: 'event',
    name,
    definition: withSettings(settingsOf(row, server), parts.filter((part) => part !== '').join(' ')),
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
