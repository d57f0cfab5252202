import type { Render } from '../../../contracts/index.ts';
import { column } from './column.ts';
import { constraint } from './constraint.ts';
import { indexes } from './indexes.ts';
import { object } from './object.ts';
import { rows } from './rows.ts';
import { table } from './table.ts';

export { together } from './together.ts';

/** Every kind of change as statements for SQLite, a reason why not, or what must be known first. */
export const render: Render = { ...table, ...column, ...constraint, ...indexes, ...object, ...rows };
