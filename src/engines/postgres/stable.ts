import type { Inquiry, Result, ResultRow, Server } from '../../contracts/index.ts';
import { has } from './flavours.ts';
import { quote, text } from './quote.ts';

/**
 * Settings that PostgreSQL's own printing of definitions depends on, as they are while the structure is read. Names in the connection's
 * default namespace come out without it and all others with theirs, whatever `search_path` a migration has left.
 */
function settings(server: Server): readonly (readonly [name: string, value: string])[] {
  const path = server.namespace === undefined ? '' : `${quote.identifier(server.namespace)}, pg_temp`;
  return [
    ['search_path', path],
    ['datestyle', 'ISO, MDY'],
    ['intervalstyle', 'postgres'],
    ['timezone', 'UTC'],
    ['extra_float_digits', '1'],
    ['bytea_output', 'hex'],
    ['quote_all_identifiers', 'off'],
    ['standard_conforming_strings', 'on'],
    // No plan of these queries is worth being compiled: that takes longer than to run it.
    ...(has(server, 'compiledPlans') ? [['jit', 'off'] as const] : []),
  ];
}

/** Asks queries that do not depend on one another in one message: the server works on the next while the rows of the last are read. */
export type Stable = (...queries: readonly string[]) => Inquiry<readonly (readonly ResultRow[])[]>;

/**
 * Runs an inquiry whose queries see these settings. They are set for the transaction: outside one they end with each query, also when it
 * fails; inside one they are put back at the end, and a failure takes the transaction with it.
 */
export function* stably<T>(server: Server, body: (stable: Stable) => Inquiry<T>): Inquiry<T> {
  const names = settings(server).map(([name]) => name);
  const { rows } = yield { sql: `SELECT ${names.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}` };
  const before = rows[0] ?? {};
  const first = assign(settings(server));
  const result = yield* body(function* (...queries) {
    const answer: Result = yield { sql: [first, ...queries].join(';\n') };
    return answer.sets?.slice(1) ?? [];
  });
  yield { sql: assign(names.map((name) => [name, String(before[name])])) };
  return result;
}

function assign(values: readonly (readonly [name: string, value: string])[]): string {
  return `SELECT ${values.map(([name, value]) => `pg_catalog.set_config('${name}', ${text(value)}, true)`).join(', ')}`;
}
