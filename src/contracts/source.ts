import type { SourceFile } from '../migration/index.ts';

/** Where migrations come from. A place that does not exist is a `Failure`, an empty one is not. */
export interface Source {
  readonly name: string;
  list(): Promise<readonly SourceFile[]>;
}
