import type { RenderContext } from '../../../contracts/index.ts';
import type { Column, Of } from '../../../schema/index.ts';

/** A change of a column with what the column was and will be, where that is known. */
export interface Altered {
  readonly change: Of<'alterColumn'>;
  readonly before: Column | undefined;
  readonly after: Column | undefined;
  readonly context: RenderContext;
}

/** An action of ALTER TABLE behind the column's name, and what a plan says of it; helping actions say nothing. */
export interface Action {
  readonly sql: string;
  readonly shown?: string;
}
