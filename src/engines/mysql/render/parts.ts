import type { Deferred, RenderContext, Server, Statement, Traits, Unsupported } from '../../../contracts/index.ts';
import { type Change, formatName, type QualifiedName, type Table, tableOf } from '../../../schema/index.ts';
import { classify } from '../classify.ts';
import { ownIndexChanges } from '../own-index.ts';
import { quote } from '../quote.ts';

/** A piece of SQL, or why there is none. */
export type Piece = string | Unsupported;

/** A statement with what is known of its text, and what is known better because it was made from a change. */
export function statement(sql: string, server: Server, better: Partial<Traits> = {}): Statement {
  return { ...classify(sql, server), ...better, sql };
}

/** All of the pieces, or the first reason why one of them cannot be. */
export function allOf(pieces: readonly Piece[]): readonly string[] | Unsupported {
  const texts: string[] = [];
  for (const piece of pieces) {
    if (typeof piece !== 'string') return piece;
    texts.push(piece);
  }
  return texts;
}

export function isRefused(value: unknown): value is Unsupported | Deferred {
  return typeof value === 'object' && value !== null && ('unsupported' in value || 'deferred' in value);
}

/** The table as the change meets it; a change that needs it waits until it has been read. */
export function known(name: QualifiedName, { before }: RenderContext, why: string): Table | Deferred {
  return tableOf(before, name) ?? { deferred: `${why}; how "${formatName(name)}" looks is not known yet` };
}

/** One ALTER TABLE with all of the clauses. */
export function alter(table: QualifiedName, clauses: readonly string[]): string {
  return [`ALTER TABLE ${quote.name(table)}`, ...(clauses.length === 0 ? [] : [clauses.join(', ')])].join(' ');
}

/** The clauses that keep the indexes of foreign keys and counting columns as the model means them. */
export function upkeep(change: Change, table: QualifiedName, { before }: RenderContext): readonly string[] {
  const { drop, add } = ownIndexChanges(change, table, before);
  return [
    ...drop.map((name) => `DROP INDEX ${quote.identifier(name)}`),
    ...add.map((index) => `ADD INDEX ${quote.identifier(index.name)} (${columnList(index.columns)})`),
  ];
}

export function columnList(columns: readonly string[]): string {
  return columns.map(quote.identifier).join(', ');
}
