import { type Unsupported, unsupported } from '../../../contracts/index.ts';
import { type Column, type ColumnType, formatName, tableOf } from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import type { Action, Altered } from './column-altered.ts';
import { extraActions, sequenceExtras } from './column-sql.ts';
import { sourceColumns } from './heirs.ts';
import { isUnsupported } from './statement.ts';

/** The actions for storage, compression, statistics and options that are to be different, or that a new type takes away. */
export function extrasChange({ change, before, after, context }: Altered): readonly Action[] | Unsupported {
  if (after === undefined) return [];
  const takenAway = change.set.type === undefined && change.set.collation === undefined ? [] : takenByType;
  if (change.set.extras === undefined) return takenAway.flatMap((extra) => given(extra, after));
  const { server } = context;
  const was = before?.extras ?? {};
  const is = after.extras ?? {};
  const changed = Object.fromEntries(
    Object.entries(is).filter(([extra, value]) => (was[extra] !== value || takenAway.includes(extra)) && !isSettled(extra)),
  );
  const refused = inheritanceChange({ change, before, after, context });
  if (refused !== undefined) return refused;
  const unknown = extraActions({ name: change.name, extras: is }, server);
  if (isUnsupported(unknown)) return unknown;
  const actions: Action[] = Object.entries(changed).map(([extra, value]) => ({ sql: set(extra, value), shown: `${extra} ${value}` }));
  for (const [extra, value] of Object.entries(was)) {
    if (is[extra] !== undefined || isSettled(extra)) continue;
    const sql = reset(extra, value, after.type);
    if (sql === undefined) return unsupported(`the column property "${extra}" cannot be taken back`, 'write SQL');
    actions.push({ sql, shown: `no ${extra}` });
  }
  if (actions.length > 0 && 'compression' in { ...was, ...is } && !has(server, 'compression')) {
    return unsupported(`${server.title} has no compression methods for columns`, 'leave out `compression`');
  }
  return actions;
}

/** What is no action of its own. */
function isSettled(extra: string): boolean {
  return extra === 'inherited' || sequenceExtras.has(extra);
}

/** A column that nothing gives any more is its own by that; nothing else makes it so, or the other way. */
function inheritanceChange({ change, before, after, context }: Altered): Unsupported | undefined {
  const [was, is] = [before?.extras?.['inherited'], after?.extras?.['inherited']];
  if (before === undefined || was === is) return undefined;
  const left = sourceColumns(tableOf(context.before, change.table), before, context);
  if (is === undefined && left.length === 0) return undefined;
  return unsupported(
    `column "${change.name}" of "${formatName(change.table)}" cannot become ${is === undefined ? 'its own' : 'one that it inherits'}`,
    'drop the column and add it there',
  );
}

/** ALTER COLUMN … TYPE sets these to what is usual (`ATExecAlterColumnType` in the server's sources). */
const takenByType: readonly string[] = ['storage', 'compression'];

function given(extra: string, { extras = {} }: Column): readonly Action[] {
  const value = extras[extra];
  return value === undefined ? [] : [{ sql: set(extra, value) }];
}

function set(extra: string, value: string): string {
  switch (extra) {
    case 'storage':
      return `SET STORAGE ${value.toUpperCase()}`;
    case 'compression':
      return `SET COMPRESSION ${value}`;
    case 'statistics':
      return `SET STATISTICS ${value}`;
    default:
      return `SET (${value})`;
  }
}

function reset(extra: string, value: string, type: ColumnType): string | undefined {
  switch (extra) {
    case 'storage':
      // SET STORAGE DEFAULT came with version 16.
      return `SET STORAGE ${usualStorage(type)}`;
    case 'compression':
      return 'SET COMPRESSION default';
    case 'statistics':
      return 'SET STATISTICS -1';
    case 'options':
      return `RESET (${value
        .split(',')
        .map((option) => option.split('=')[0]?.trim())
        .join(', ')})`;
    default:
      return undefined;
  }
}

function usualStorage(type: ColumnType): string {
  switch (type.kind) {
    case 'decimal':
      return 'MAIN';
    case 'string':
    case 'text':
    case 'char':
    case 'binary':
    case 'json':
    case 'array':
    case 'named':
    case 'native':
      return 'EXTENDED';
    default:
      return 'PLAIN';
  }
}
