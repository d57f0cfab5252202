import { type ForeignTable, foreignHistories } from '../adopt/index.ts';
import { without } from '../diff/index.ts';
import { type Key, type Schema, tableKey } from '../schema/index.ts';
import type { Project } from './project.ts';

export interface Comparable {
  readonly schema: Schema;
  /** Tables of other migration tools, which are left out. */
  readonly aside: readonly ForeignTable[];
}

/** A structure without the tables in which Lockstep, under the names of the configuration, and other tools keep their books. */
export function comparable(project: Project, schema: Schema): Comparable {
  const aside = foreignHistories(schema);
  return { schema: without(withoutBooks(project, schema), new Set(aside.map(({ key }) => key))), aside };
}

/** A structure without the tables in which Lockstep keeps its books, also where the configuration names them. */
export function withoutBooks({ config }: Project, schema: Schema): Schema {
  return config.history === undefined || config.history.file !== undefined ? schema : without(schema, new Set(ownTables(config.history)));
}

function ownTables({ table, schema }: { readonly table?: string; readonly schema?: string }): readonly Key[] {
  const history = table ?? 'lockstep_history';
  const log = history.endsWith('_history') ? history.replace(/_history$/, '_log') : `${history}_log`;
  return [history, log].flatMap((name) => [tableKey({ name }), ...(schema === undefined ? [] : [tableKey({ schema, name })])]);
}
