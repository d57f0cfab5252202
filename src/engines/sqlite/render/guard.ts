import type { RenderContext } from '../../../contracts/index.ts';
import { formatName, type QualifiedName, type Table, type Trigger } from '../../../schema/index.ts';
import { local, lower, text } from '../quote.ts';

/** The triggers on a table or view as the model knows them. */
export function triggersOn(context: RenderContext, owner: QualifiedName): readonly Trigger[] {
  const wanted = formatName(local(owner));
  return [...context.before.objects.values()].filter(
    (object) => object.kind === 'trigger' && formatName(local(object.on)) === wanted,
  ) as readonly Trigger[];
}

/**
 * A query that fails when something hangs on a table or view that the model does not know, so that nothing goes unnoticed when it is
 * made anew: a column, an index, or a trigger with another text. The model follows renames word by word, SQLite by meaning; quotes
 * and capitals apart their texts must agree. SQLite has no statement to raise an error, so a wrong JSON path carries the message.
 */
export function guard(context: RenderContext, owner: QualifiedName, table?: Table): string {
  const name = text(owner.name);
  const triggers = triggersOn(context, owner).map(({ definition }) => bare(definition));
  const unknown = [
    `SELECT type, name FROM sqlite_master WHERE lower(tbl_name) = lower(${name}) AND type = 'trigger' AND ` +
      `replace(lower(sql), '"', '') NOT IN (${triggers.map(text).join(', ')})`,
  ];
  if (table !== undefined) {
    const columns = table.columns.map((column) => text(column.name)).join(', ');
    const indexes = table.indexes.map((index) => text(index.name)).join(', ');
    unknown.push(
      `SELECT 'column', name FROM pragma_table_xinfo(${name}) WHERE name NOT IN (${columns})`,
      `SELECT type, name FROM sqlite_master WHERE lower(tbl_name) = lower(${name}) AND type = 'index' AND sql NOT NULL AND name NOT IN (${indexes})`,
    );
  }
  const message = `type || ' "' || name || '" of ' || ${text(`"${owner.name}" is not as it was planned for`)}`;
  return `SELECT json_extract('{}', ${message}) FROM (${unknown.join(' UNION ALL ')})`;
}

function bare(sql: string): string {
  return lower(sql.trim().replace(/;\s*$/, '')).replaceAll('"', '');
}
