import type { RenderContext, Rendered, Risk } from '../../../contracts/index.ts';
import { tableOf } from '../../../schema/index.ts';
import { wordsOf } from '../words.ts';

const keep = 'SET STATEMENT system_versioning_alter_history = KEEP FOR ';

/**
 * Lets MariaDB alter tables that keep the history of their rows, which it refuses by itself: the rows of the past stay and take on the new
 * shape like the others. https://mariadb.com/kb/en/system-versioned-tables/#system_versioning_alter_history
 */
export function keepingHistory(rendered: Rendered, { before, server }: RenderContext): Rendered {
  if (!('map' in rendered)) return rendered;
  return rendered.map((statement) => {
    const words = wordsOf(statement.sql, server);
    const table = words.accept('ALTER', 'TABLE') ? words.table() : undefined;
    if (table === undefined || tableOf(before, table)?.options['systemVersioning'] !== true) return statement;
    const reshaped = /\b(?:ADD|DROP|MODIFY|CHANGE) COLUMN\b/.test(statement.sql);
    const risks: readonly Risk[] = reshaped ? [...statement.risks, { kind: 'rewritesHistory', table }] : statement.risks;
    return { ...statement, sql: `${keep}${statement.sql}`, risks };
  });
}
