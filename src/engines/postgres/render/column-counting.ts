import { canonicalJson } from '../../../base/index.ts';
import { type Rendered, type Unsupported, unsupported } from '../../../contracts/index.ts';
import { type Column, tableOf } from '../../../schema/index.ts';
import { quote } from '../quote.ts';
import { countedBy, type Span, sequenceOf, serialOf, spanOf } from '../serial.ts';
import { typeSql } from '../types.ts';
import { intoBounds } from './bounds.ts';
import type { Action, Altered } from './column-altered.ts';
import { identitySql, sequenceExtras } from './column-sql.ts';
import { catchUp, createSerial, nextValue, ownSerial } from './sequence.ts';
import { commentStatement, inTurn, statement } from './statement.ts';

/** What has to happen so that a column counts up by itself as it is to: statements before, actions, statements behind. */
export interface Counting {
  readonly first: Rendered;
  readonly actions: readonly Action[];
  readonly last: Rendered;
}

const nothing: Counting = { first: [], actions: [], last: [] };

type Way = 'none' | 'identity' | 'serial';

function wayOf(column: Column): Way {
  if (column.identity === undefined) return 'none';
  return serialOf(column) === undefined ? 'identity' : 'serial';
}

/** Between not counting, an identity column and a serial column, or from one setting to another. */
export function counting(altered: Altered): Counting | Unsupported {
  const { before, after } = altered;
  if (before === undefined || after === undefined) return nothing;
  const [from, to] = [wayOf(before), wayOf(after)];
  if (to === 'identity' && after.nullable) {
    return unsupported(
      `the identity column "${after.name}" cannot be empty in PostgreSQL`,
      'give `nullable: false`, or take the identity away',
    );
  }
  if (from === to) return from === 'none' ? nothing : adjusted(altered, before, after, from);
  const { change, context } = altered;
  const end = from === 'none' ? nothing : ended(altered, before, from);
  if (to === 'none') return end;
  const [sequence, action]: readonly [Rendered, Action] =
    to === 'identity'
      ? [[], { sql: `ADD ${identitySql(after)}`, shown: 'identity' }]
      : [
          createSerial(after, tableOf(context.before, change.table) ?? { options: {} }, context),
          { sql: `SET DEFAULT ${nextValue(serialOf(after) ?? { name: '' })}`, shown: 'serial' },
        ];
  // What counted until now goes first: its sequence may have the name of the new one.
  const alter = end.actions.map(({ sql }) =>
    statement(`ALTER TABLE ${quote.name(change.table)} ALTER COLUMN ${quote.identifier(change.name)} ${sql}`, context),
  );
  return {
    first: inTurn(alter, end.last, sequence),
    actions: [action],
    last: inTurn(to === 'identity' ? [] : ownSerial(change.table, after, context), catchUp(change.table, after, context)),
  };
}

function ended({ context }: Altered, before: Column, from: Way): Counting {
  const sequence = serialOf(before);
  if (from === 'identity' || sequence === undefined) return { ...nothing, actions: [{ sql: 'DROP IDENTITY', shown: 'no identity' }] };
  return {
    first: [],
    actions: [{ sql: 'DROP DEFAULT', shown: 'not serial' }],
    last: [statement(`DROP SEQUENCE ${quote.name(sequence)}`, context)],
  };
}

function adjusted({ change, context }: Altered, before: Column, after: Column, way: Way): Counting {
  const [sequence, renamed] = [before, after].map((column) => countedBy(change.table, column));
  const settings = (column: Column): string => canonicalJson([column.identity, pick(column), way === 'serial' ? column.type : null]);
  const moved = canonicalJson(sequence) !== canonicalJson(renamed);
  if (sequence === undefined || renamed === undefined || (settings(before) === settings(after) && !moved)) return nothing;
  const rename = moved ? [statement(`ALTER SEQUENCE ${quote.name(sequence)} RENAME TO ${quote.identifier(renamed.name)}`, context)] : [];
  const table = { name: change.table };
  const span = (column: Column): Span => spanOf(sequenceOf({ name: renamed, table, column }));
  const kept = intoBounds(renamed, { from: span(before), to: span(after) }, context);
  const clauses = settingClauses(after, span(after));
  if (way === 'identity') {
    if (settings(before) === settings(after)) return { ...nothing, first: rename };
    const always = before.identity?.always !== after.identity?.always;
    const generation = always ? [`SET GENERATED ${after.identity?.always === true ? 'ALWAYS' : 'BY DEFAULT'}`] : [];
    const sql = [...generation, ...clauses.map((clause) => `SET ${clause}`)].join(' ');
    return { first: [...rename, ...kept], actions: [{ sql, shown: 'identity' }], last: [] };
  }
  const type = typeSql(after.type);
  const counted = after.extras?.['sequenceType'] ?? (type === 'smallint' || type === 'integer' ? type : 'bigint');
  const [said, says] = [before, after].map(({ extras }) => extras?.['serialComment'] ?? null);
  const comment = said === says || says === undefined ? [] : [commentStatement(`SEQUENCE ${quote.name(renamed)}`, says, context)];
  const alter = statement(`ALTER SEQUENCE ${quote.name(renamed)} AS ${counted} ${clauses.join(' ')}`, context);
  return { ...nothing, first: rename, last: [...kept, alter, ...comment] };
}

function pick(column: Column): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(column.extras ?? {}).filter(([extra]) => extra !== 'serial' && extra !== 'sequence' && sequenceExtras.has(extra)),
  );
}

/** All settings, those as usual included. */
function settingClauses({ identity, extras = {} }: Column, { minimum, maximum, first }: Span): readonly string[] {
  return [
    `INCREMENT BY ${identity?.increment ?? 1}`,
    `MINVALUE ${minimum}`,
    `MAXVALUE ${maximum}`,
    `START WITH ${first}`,
    `CACHE ${extras['cache'] ?? 1}`,
    extras['cycle'] === undefined ? 'NO CYCLE' : 'CYCLE',
  ];
}
