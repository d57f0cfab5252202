import type { Loss, Statement } from '../contracts/index.ts';
import { DatabaseError } from '../contracts/index.ts';
import type { Session } from '../runner/index.ts';
import { formatName, type QualifiedName } from '../schema/index.ts';

/** A statement that was not run, or failed, and why. */
export interface LeftOut {
  readonly statement: Statement;
  readonly why: string;
}

/** The tables of which statements may take something away that are there now. */
export async function tablesThere(session: Session, statements: readonly Statement[]): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (const { table } of statements.flatMap(lossesIn)) if (await isThere(session, table)) there.add(formatName(table));
  return there;
}

/**
 * Runs statements that remove things, each by itself, whatever becomes of the others. What concerns tables that are not there needs nothing. What would
 * destroy a table that was there before, or all of its rows, is left out. Gives all that was not done.
 */
export async function runLoosely(
  session: Session,
  statements: readonly Statement[],
  before: ReadonlySet<string> = new Set(),
): Promise<readonly LeftOut[]> {
  const left: LeftOut[] = [];
  for (const statement of statements) {
    const losses = lossesIn(statement);
    const older = losses.find(({ table, what }) => before.has(formatName(table)) && !(what === 'rows' && /\bwhere\b/i.test(statement.sql)));
    if (older !== undefined) {
      left.push({ statement, why: `${formatName(older.table)} was there before, and is kept` });
      continue;
    }
    if (losses.length > 0 && !(await anyThere(session, losses))) continue;
    try {
      await session.connection.query(statement.sql);
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error;
      if (session.engine.errorKind(error) === 'lost') throw error;
      left.push({ statement, why: error.message });
    }
  }
  return left;
}

function lossesIn({ risks }: Statement): readonly Loss[] {
  return risks.flatMap((risk) => (risk.kind === 'loses' ? [risk.loss] : []));
}

async function anyThere(session: Session, losses: readonly Loss[]): Promise<boolean> {
  for (const { table } of losses) if (await isThere(session, table)) return true;
  return false;
}

async function isThere({ connection, engine }: Session, table: QualifiedName): Promise<boolean> {
  try {
    await connection.query(`SELECT 1 FROM ${engine.quote.name(table)} WHERE 1 = 0`);
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && engine.errorKind(error) === 'no-table') return false;
    // What may not be read may still be dropped, and then says why not.
    if (error instanceof DatabaseError && engine.errorKind(error) === 'rights') return true;
    throw error;
  }
}
