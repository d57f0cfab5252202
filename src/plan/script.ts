import { Failure, lineStarts, placeAt } from '../base/index.ts';
import type { Engine, Group, Part, Server, Statement, TransactionControl } from '../contracts/index.ts';
import { type Placeholders, substitute } from '../migration/index.ts';

export interface Read {
  readonly groups: readonly Group[];
  readonly problems: readonly Failure[];
}

export interface ScriptContext {
  readonly engine: Engine;
  readonly server: Server;
  readonly placeholders?: Placeholders;
  /** The author wants no transaction around it. */
  readonly transaction: boolean;
}

/**
 * Cuts a script into statements with their places and traits, and these into groups. A pair of BEGIN and COMMIT in the script makes a
 * group of its own; anything else that controls transactions is a problem.
 */
export function readScript(part: Extract<Part, { readonly kind: 'script' }>, context: ScriptContext): Read {
  const { engine, server } = context;
  const starts = lineStarts(part.source);
  const at = (offset: number): { readonly place: ReturnType<typeof placeAt>; readonly source: string } => ({
    place: placeAt(part.file, starts, part.offset + offset),
    source: part.source,
  });
  const split = engine.split(part.text);
  const problems = split.problems.map((problem) => new Failure(problem.code, problem.message, at(problem.offset)));
  if (problems.length > 0) return { groups: [], problems };

  const marked: { readonly statement: Statement; readonly control: TransactionControl; readonly offset: number }[] = [];
  for (const { sql, offset, copyData } of split.statements) {
    const substituted = substitute(sql, context.placeholders);
    for (const { name, offset: inside } of substituted.missing) {
      problems.push(
        new Failure('placeholder.missing', `the placeholder <${name}> has no value`, {
          ...at(offset + inside),
          fix: [
            `lockstep up --var ${name}=…`,
            `placeholders: { ${name}: '…' } in the configuration`,
            `placeholders: { ${name}: '<${name}>' }   leaves it as it is`,
          ],
        }),
      );
    }
    const text = substituted.text;
    const statement: Statement = {
      ...engine.classify(text, server),
      sql: text,
      at: placeAt(part.file, starts, part.offset + offset),
      ...(copyData === undefined ? {} : { copyData }),
    };
    marked.push({ statement, control: engine.transactionControl(text), offset });
  }
  const controlled = followControl(marked);
  if (controlled.fault !== undefined) {
    problems.push(new Failure('migration.transaction-control', controlled.fault.why, at(controlled.fault.offset)));
  }
  return { groups: controlled.runs.flatMap((run) => groupsOf(run.statements, context.transaction || run.own)), problems };
}

interface Run {
  readonly statements: Statement[];
  /** Between a BEGIN and a COMMIT of the script itself. */
  readonly own: boolean;
}

function followControl(
  marked: readonly { readonly statement: Statement; readonly control: TransactionControl; readonly offset: number }[],
): { readonly runs: readonly Run[]; readonly fault?: { readonly why: string; readonly offset: number } } {
  const runs: Run[] = [];
  let open: { readonly offset: number; readonly run: Run } | undefined;
  let outside: Run | undefined;
  for (const { statement, control, offset } of marked) {
    if (control === undefined) {
      if (open !== undefined) open.run.statements.push(statement);
      else {
        if (outside === undefined) {
          outside = { statements: [], own: false };
          runs.push(outside);
        }
        outside.statements.push(statement);
      }
      continue;
    }
    if (control === 'rollback')
      return { runs, fault: { why: 'a script cannot take itself back: what remained could not be told', offset } };
    if (control === 'begin') {
      if (open !== undefined) return { runs, fault: { why: 'a transaction begins inside another', offset } };
      open = { offset, run: { statements: [], own: true } };
      outside = undefined;
      runs.push(open.run);
    } else {
      if (open === undefined) return { runs, fault: { why: 'this ends a transaction that the script did not begin', offset } };
      open = undefined;
    }
  }
  return open === undefined ? { runs } : { runs, fault: { why: 'this transaction is never ended', offset: open.offset } };
}

/**
 * Consecutive statements that may share a transaction, and each other one alone. Where the author wants no transaction, only the
 * statements of one change share one.
 */
export function groupsOf(statements: readonly Statement[], transaction: boolean): readonly Group[] {
  const groups: { transactional: boolean; statements: Statement[] }[] = [];
  statements.forEach((statement, i) => {
    const last = groups.at(-1);
    const next = statements[i + 1];
    const hangs = statement.joined === true || (next?.joined === true && next.transactional);
    const transactional = statement.transactional && (transaction || hangs);
    if (transactional && last?.transactional === true && (transaction || statement.joined === true)) last.statements.push(statement);
    else groups.push({ transactional, statements: [statement] });
  });
  return groups;
}
