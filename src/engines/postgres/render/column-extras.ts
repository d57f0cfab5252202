import { type Unsupported, unsupported } from '../../../contracts/index.ts';
import type { Column, ColumnType } from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import type { Action, Altered } from './column-altered.ts';
import { extraActions, sequenceExtras } from './column-sql.ts';
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
    Object.entries(is).filter(([extra, value]) => (was[extra] !== value || takenAway.includes(extra)) && !sequenceExtras.has(extra)),
  );
  const unknown = extraActions({ name: change.name, extras: is }, server);
  if (isUnsupported(unknown)) return unknown;
  const actions: Action[] = Object.entries(changed).map(([extra, value]) => ({ sql: set(extra, value), shown: `${extra} ${value}` }));
  for (const [extra, value] of Object.entries(was)) {
    if (is[extra] !== undefined || sequenceExtras.has(extra)) continue;
    const sql = reset(extra, value, after.type);
    if (sql === undefined) return unsupported(`the column property "${extra}" cannot be taken back`, 'write SQL');
    actions.push({ sql, shown: `no ${extra}` });
  }
  if (actions.length > 0 && 'compression' in { ...was, ...is } && !has(server, 'compression')) {
    return unsupported(`${server.title} has no compression methods for columns`, 'leave out `compression`');
  }
  return actions;
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
