import type { Render } from '../../../contracts/index.ts';
import { renderColumn } from './column.ts';
import { renderComment } from './comment.ts';
import { renderConstraint } from './constraint.ts';
import { renderIndex } from './indexes.ts';
import { renderObject } from './object.ts';
import { renderRows } from './rows.ts';
import { renderTable } from './table.ts';

/** Every kind of change in the words of MySQL and MariaDB. */
export const render: Render = {
  ...renderTable,
  ...renderColumn,
  ...renderConstraint,
  ...renderIndex,
  ...renderObject,
  ...renderComment,
  ...renderRows,
};
