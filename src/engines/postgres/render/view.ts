import { type RenderContext, type Rendered, type Statement, unsupported } from '../../../contracts/index.ts';
import { formatName, isAbsent, keyOf, type QualifiedName, type View } from '../../../schema/index.ts';
import { has } from '../flavours.ts';
import { columnList, fold, quote, text, unquote } from '../quote.ts';
import { reader, resolved, type Token } from '../reader.ts';
import { mayFail } from '../traits.ts';
import { createIndexes } from './indexes.ts';
import { commentStatement, inTurn, isUnsupported, statement } from './statement.ts';

export function createView(view: View, context: RenderContext): Rendered {
  return made(view, 'CREATE', context);
}

/**
 * A plain view is replaced in place, which keeps its rights and what depends on it. PostgreSQL refuses that when columns go or change;
 * where both queries show that they do, the view is dropped and made anew, unless rights, triggers or another owner would be lost by
 * it. A materialised view cannot be replaced, so it is dropped and made anew with its indexes.
 */
export function replaceView(view: View, context: RenderContext): Rendered {
  const key = keyOf({ kind: 'view', name: view.name });
  if (isAbsent(context.before, key)) return createView(view, context);
  const before = context.before.objects.get(key);
  const was = before?.kind === 'view' ? before : undefined;
  if (view.materialized === true || was?.materialized === true) {
    const kind = (was?.materialized ?? view.materialized) === true ? 'MATERIALIZED VIEW' : 'VIEW';
    return inTurn(madeAnew(kind, view.name, was !== undefined, context), createView(view, context));
  }
  if (was !== undefined && losesColumns(was, view)) return inTurn(madeAnew('VIEW', view.name, true, context), createView(view, context));
  const replaced = made(view, 'CREATE OR REPLACE', context);
  if ('unsupported' in replaced || 'deferred' in replaced) return replaced;
  const uncommented: readonly Statement[] =
    view.comment === undefined && was?.comment !== undefined ? [commentStatement(`VIEW ${quote.name(view.name)}`, null, context)] : [];
  const risk = mayFail(`"${formatName(view.name)}" may have columns that the new query lacks or gives another type`);
  return [...replaced.map((one, index) => (index === 0 ? { ...one, risks: [...one.risks, risk] } : one)), ...uncommented];
}

/** Drops a view that will be made anew, after a look whether something on it would be lost for good. */
function madeAnew(kind: string, name: QualifiedName, known: boolean, context: RenderContext): readonly Statement[] {
  const drop = statement(`DROP ${kind} ${known ? '' : 'IF EXISTS '}${quote.name(name)}`, context);
  const oid = `to_regclass(${text(quote.name(resolved(name, context.server)))})`;
  const refusal = `${formatName(name)} has rights, triggers or another owner, which dropping it would lose`;
  const guard = `SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = ${oid} AND (c.relacl IS NOT NULL OR c.relhastriggers
  OR c.relowner <> (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = current_user)
  OR EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL)))
  THEN (${text(refusal)} || left(version(), 0))::int ELSE 0 END`;
  return [{ ...statement(guard, context), risks: [mayFail(refusal)] }, drop];
}

/** Whether columns of the old view are missing in the new one, or stand elsewhere; false where the queries do not tell. */
function losesColumns(before: View, after: View): boolean {
  const had = before.columns ?? outputColumns(before.query);
  const has = after.columns ?? outputColumns(after.query);
  return had !== undefined && has !== undefined && had.some((column, index) => column !== has[index]);
}

/** The names of a query's columns, where each of them is plain to see: a column, or something with an alias. */
export function outputColumns(query: string): readonly string[] | undefined {
  const r = reader(query);
  let depth = 0;
  while (!r.ended && !(depth === 0 && r.is('SELECT'))) {
    const { word } = r.skip();
    if (word === '(') depth++;
    else if (word === ')') depth--;
  }
  r.skip();
  if (r.take('DISTINCT') && r.take('ON')) r.parentheses();
  const columns: string[] = [];
  for (let more = true; more; ) {
    const whole = r.item();
    const tokens = untilFrom(whole);
    const last = tokens.at(-1);
    const before = tokens.at(-2)?.word;
    const named = last?.kind === 'word' || last?.kind === 'name';
    if (last === undefined || !named || !(tokens.length === 1 || before === 'AS' || before === '.')) return undefined;
    columns.push(last.kind === 'word' ? fold(last.text) : unquote(last.text));
    more = tokens.length === whole.length && r.take(',');
  }
  return columns;
}

const clauses: ReadonlySet<string> = new Set([
  'FROM',
  'WHERE',
  'GROUP',
  'HAVING',
  'WINDOW',
  'UNION',
  'EXCEPT',
  'INTERSECT',
  'ORDER',
  'LIMIT',
  'OFFSET',
]);

/** The part of a select list's last entry that belongs to the list. */
function untilFrom(tokens: readonly Token[]): readonly Token[] {
  let depth = 0;
  const end = tokens.findIndex(({ word }) => {
    if (word === '(') depth++;
    else if (word === ')') depth--;
    return depth === 0 && clauses.has(word);
  });
  return end < 0 ? tokens : tokens.slice(0, end);
}

function made(view: View, verb: 'CREATE' | 'CREATE OR REPLACE', context: RenderContext): Rendered {
  const { server } = context;
  const options = { ...view.options };
  const { populated, tablespace, ...parameters } = options;
  if (parameters['security_invoker'] !== undefined && !has(server, 'securityInvoker')) {
    return unsupported(
      `${server.title} has no views with the rights of their caller, which came with version 15`,
      'leave out `security_invoker`',
    );
  }
  if (view.materialized !== true && (view.indexes ?? []).length > 0) {
    return unsupported('PostgreSQL has indexes only on tables and materialised views', 'make the view materialised, or index its tables');
  }
  const name = quote.name(view.name);
  const kind = view.materialized === true ? 'MATERIALIZED VIEW' : 'VIEW';
  const listed = Object.entries(parameters).map(([option, value]) => `${option} = ${text(String(value))}`);
  const sql = [
    `${verb} ${kind} ${name}`,
    view.columns === undefined ? '' : ` (${columnList(view.columns)})`,
    listed.length === 0 ? '' : ` WITH (${listed.join(', ')})`,
    tablespace === undefined ? '' : ` TABLESPACE ${quote.identifier(tablespace)}`,
    ` AS\n${view.query.trim().replace(/;\s*$/, '')}`,
    populated === 'false' ? '\nWITH NO DATA' : '',
  ].join('');
  const indexes = createIndexes(view.name, view.indexes ?? [], context);
  if (isUnsupported(indexes)) return indexes;
  return inTurn(
    [statement(sql, context)],
    indexes,
    view.comment === undefined ? [] : [commentStatement(`${kind} ${name}`, view.comment, context)],
  );
}

/** How a view is called in statements; a view that is not known may be either kind. */
export function viewWord(name: QualifiedName, { before }: RenderContext): 'VIEW' | 'MATERIALIZED VIEW' | undefined {
  const found = before.objects.get(keyOf({ kind: 'view', name }));
  if (found?.kind !== 'view') return undefined;
  return found.materialized === true ? 'MATERIALIZED VIEW' : 'VIEW';
}
