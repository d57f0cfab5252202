import type { Render } from '../../../contracts/index.ts';
import { column } from './column.ts';
import { constraint } from './constraint.ts';
import { indexes } from './indexes.ts';
import { object } from './object.ts';
import { rows } from './rows.ts';
import { table } from './table.ts';
import { enumValues } from './type.ts';

/** How every kind of change is said in PostgreSQL's words. */
export const render: Render = { ...table, ...column, ...constraint, ...indexes, ...object, ...enumValues, ...rows };
