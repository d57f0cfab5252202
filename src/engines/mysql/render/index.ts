import type { Render, RenderContext, Rendered } from '../../../contracts/index.ts';
import { renderColumn } from './column.ts';
import { renderComment } from './comment.ts';
import { renderConstraint } from './constraint.ts';
import { keepingHistory } from './history.ts';
import { renderIndex } from './indexes.ts';
import { renderObject } from './object.ts';
import { renderRows } from './rows.ts';
import { renderTable } from './table.ts';

const each: Render = {
  ...renderTable,
  ...renderColumn,
  ...renderConstraint,
  ...renderIndex,
  ...renderObject,
  ...renderComment,
  ...renderRows,
};

type Renderer = (change: never, context: RenderContext) => Rendered;

/** Every kind of change in the words of MySQL and MariaDB. */
export const render = Object.fromEntries(
  Object.entries<Renderer>(each).map(([kind, one]) => [
    kind,
    (change: never, context: RenderContext) => keepingHistory(one(change, context), context),
  ]),
) as unknown as Render;
