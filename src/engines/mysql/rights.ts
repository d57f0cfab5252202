import type { Inquiry, ResultRow, Server, Unseen } from '../../contracts/index.ts';
import { nameLiteral, quote } from './quote.ts';

/**
 * What information_schema keeps from the user without a word: whole kinds of objects without a privilege on the database, and the bodies
 * of other people's routines (https://mariadb.com/kb/en/information-schema-routines-table/). A privilege on single tables is not enough,
 * because nothing tells how many tables there are beside them.
 */
export function* unseen(server: Server): Inquiry<readonly Unseen[]> {
  const granted = privilegesOn(server.database, yield* grants());
  const account = server.user
    .split(/@(?=[^@]*$)/)
    .map(quote.identifier)
    .join('@');
  const hidden = needs.filter(({ oneOf }) => !oneOf.some((privilege) => granted.has(privilege)));
  const kinds = hidden.map(({ what, oneOf: [privilege] }) => ({
    what,
    grant: `GRANT ${privilege} ON ${quote.identifier(server.database.replace(/[_%\\]/g, '\\$&'))}.* TO ${account}`,
  }));
  const { rows } = yield {
    sql: `SELECT LOWER(ROUTINE_TYPE) AS type, ROUTINE_NAME AS name FROM information_schema.ROUTINES
      WHERE ROUTINE_SCHEMA = ${nameLiteral(server.database)} AND ROUTINE_DEFINITION IS NULL ORDER BY ROUTINE_NAME`,
  };
  const bodies = rows.map((row) => ({
    what: `the body of the ${String(row['type'])} ${String(row['name'])}`,
    grant: server.flavour === 'mariadb' ? `GRANT SELECT ON mysql.proc TO ${account}` : `GRANT SHOW_ROUTINE ON *.* TO ${account}`,
  }));
  return [...kinds, ...bodies];
}

interface Need {
  readonly what: string;
  /** Each of them shows it; the first is the one to ask for. */
  readonly oneOf: readonly [string, ...string[]];
}

const needs: readonly Need[] = [
  { what: 'tables', oneOf: ['SELECT'] },
  { what: 'the queries of views', oneOf: ['SHOW VIEW'] },
  { what: 'triggers', oneOf: ['TRIGGER'] },
  { what: 'events', oneOf: ['EVENT'] },
  { what: 'functions and procedures', oneOf: ['EXECUTE', 'ALTER ROUTINE', 'CREATE ROUTINE', 'SHOW_ROUTINE'] },
];

/** The lines of SHOW GRANTS. MySQL tells what a role may only when it is named. */
function* grants(): Inquiry<readonly string[]> {
  const own = linesOf((yield { sql: 'SHOW GRANTS' }).rows);
  const roles = own.flatMap((line) => /^GRANT ([`'].+@.+) TO /.exec(line)?.[1] ?? []);
  return roles.length === 0 ? own : linesOf((yield { sql: `SHOW GRANTS FOR CURRENT_USER() USING ${roles.join(', ')}` }).rows);
}

function linesOf(rows: readonly ResultRow[]): readonly string[] {
  return rows.map((row) => String(Object.values(row)[0]));
}

/** What one may do on a whole database: granted on all of them or on it by name, less what is taken back again for it alone. */
export function privilegesOn(database: string, lines: readonly string[]): ReadonlySet<string> {
  const granted = new Set<string>();
  for (const line of lines) {
    const [, verb, list = '', scope = ''] = /^(GRANT|REVOKE) (.+?) ON (\*\.\*|`(?:[^`]|``)*`\.\*) (?:TO|FROM) /.exec(line) ?? [];
    if (verb === undefined || !covers(scope, database)) continue;
    for (const privilege of privilegesIn(list)) {
      if (verb === 'GRANT') granted.add(privilege);
      else granted.delete(privilege);
    }
  }
  return granted;
}

function privilegesIn(list: string): readonly string[] {
  return /^ALL\b/.test(list) ? needs.flatMap(({ oneOf }) => oneOf) : list.split(',').map((one) => one.trim());
}

/** Names of databases in GRANT are patterns as of LIKE: https://dev.mysql.com/doc/refman/8.4/en/grant.html#grant-quoting */
function covers(scope: string, database: string): boolean {
  if (scope === '*.*') return true;
  const pattern = scope.slice(1, -3).replaceAll('``', '`');
  const expression = pattern.replace(/\\([_%\\])|([_%])|[.*+?^${}()|[\]\\]/g, (all: string, escaped?: string, wild?: string) => {
    if (escaped !== undefined) return escaped === '\\' ? '\\\\' : escaped;
    if (wild !== undefined) return wild === '%' ? '.*' : '.';
    return `\\${all}`;
  });
  return new RegExp(`^${expression}$`, 'su').test(database);
}
