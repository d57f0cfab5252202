import type { Statement } from '../contracts/index.ts';
import type { Session } from '../runner/index.ts';
import { formatName, sameName } from '../schema/index.ts';

/** How many rows each change of rows means now, by its statement; only reads. */
export async function affectedRows(
  { connection }: Session,
  statements: readonly Statement[],
): Promise<ReadonlyMap<Statement, number | 'at run time'>> {
  const found = new Map<Statement, number | 'at run time'>();
  const earlier: Statement[] = [];
  for (const statement of statements) {
    const { affects } = statement;
    if (affects !== undefined && typeof affects.rows === 'number') found.set(statement, affects.rows);
    if (affects !== undefined && typeof affects.rows === 'string') {
      const sure = earlier.every((before) => leavesAlone(before, affects.table));
      found.set(statement, sure ? await counted(connection, affects.rows) : 'at run time');
    }
    earlier.push(statement);
  }
  return found;
}

/** Whether a statement surely leaves the rows of a table as they are. */
function leavesAlone(statement: Statement, table: NonNullable<Statement['affects']>['table']): boolean {
  if (statement.affects !== undefined) return !sameName(statement.affects.table, table) && statement.effects.length === 0;
  if (statement.books === true) return true;
  if (statement.family === 'query' || statement.family === 'session') return true;
  return statement.effects.length > 0 && statement.effects.every(({ text }) => !text.includes(formatName(table)));
}

/** A condition may name what only the statements before make. */
async function counted(connection: Session['connection'], sql: string): Promise<number | 'at run time'> {
  try {
    const { rows } = await connection.query(sql);
    return Number(rows[0]?.['n'] ?? 0);
  } catch {
    return 'at run time';
  }
}
