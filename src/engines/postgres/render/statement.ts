import { type RenderContext, type Rendered, type Statement, type Traits, type Unsupported, unsupported } from '../../../contracts/index.ts';
import type { Default, QualifiedName } from '../../../schema/index.ts';
import { classify } from '../classify.ts';
import { quote, text } from '../quote.ts';
import { split } from '../split.ts';
import { lock } from '../traits.ts';

/** A statement with the traits that the same text would have in a script, and what is known better here. */
export function statement(sql: string, { server }: RenderContext, better: Partial<Traits> = {}): Statement {
  return { ...classify(sql, server), sql, ...better };
}

/** A statement about something that was made just before: nobody waits for it, and it holds nothing yet. */
export function onNew(sql: string, context: RenderContext): Statement {
  return statement(sql, context, { lock: lock('none'), risks: [] });
}

/** The statements of a definition that only the engine understands. */
export function definition(sql: string, context: RenderContext, first: (sql: string) => string = (same) => same): Rendered {
  const { statements, problems } = split(sql);
  const [problem] = problems;
  if (problem !== undefined) return unsupported(`the definition cannot be read: ${problem.message}`, 'correct the definition');
  if (statements.length === 0) return unsupported('the definition is empty', 'give the whole CREATE statement');
  return statements.map((part, index) => statement(index === 0 ? first(part.sql) : part.sql, context));
}

export function isUnsupported(value: unknown): value is Unsupported {
  return typeof value === 'object' && value !== null && 'unsupported' in value;
}

/** Parts that are texts, or the first that is refused. */
export function every(parts: readonly (string | Unsupported)[]): readonly string[] | Unsupported {
  const refused = parts.find(isUnsupported);
  return refused ?? parts.filter((part) => typeof part === 'string');
}

/** Several renderings one after another; the first that cannot be done or must wait decides. */
export function inTurn(...parts: readonly Rendered[]): Rendered {
  const stopped = parts.find((part) => 'unsupported' in part || 'deferred' in part);
  return stopped ?? parts.flatMap((part) => ('unsupported' in part || 'deferred' in part ? [] : part));
}

/** SQL in parentheses; a comment at its end does not swallow them. */
export function inParentheses(sql: string): string {
  return sql.includes('--') ? `(${sql}\n)` : `(${sql})`;
}

/** What may stand behind DEFAULT without parentheses. */
const simple = /^(?:[\w.]+|[\w.]+\([^()]*\)|'(?:[^'\\]|'')*'(?:::[\w ]+)?)$/;

export function defaultSql(value: Default): string {
  if ('value' in value) return quote.literal(value.value);
  return simple.test(value.sql) ? value.sql : inParentheses(value.sql);
}

/** COMMENT ON for a target such as `TABLE "users"`. */
export function commentStatement(target: string, comment: string | null, context: RenderContext): Statement {
  return statement(`COMMENT ON ${target} IS ${comment === null ? 'NULL' : text(comment)}`, context);
}

/** The name of an index: it lies in the namespace of its table. */
export function besideTable(table: QualifiedName, name: string): string {
  return quote.name(table.schema === undefined ? { name } : { schema: table.schema, name });
}

/** The table is not known yet, so that the change can be rendered only when it is. */
export function untilKnown(why: string): { readonly deferred: string } {
  return { deferred: why };
}
