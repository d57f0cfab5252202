import type { Beyond } from '../../contracts/index.ts';
import { type Reader, reader } from './reader.ts';

/** What belongs to the whole server: https://www.postgresql.org/docs/current/manage-ag-overview.html */
const shared: ReadonlySet<string> = new Set(['DATABASE', 'ROLE', 'USER', 'GROUP', 'TABLESPACE', 'SYSTEM', 'SUBSCRIPTION']);
const granted: ReadonlySet<string> = new Set(['DATABASE', 'TABLESPACE', 'PARAMETER']);
const verbs: ReadonlyMap<string, string> = new Map([
  ['CREATE', 'creates'],
  ['ALTER', 'alters'],
  ['DROP', 'drops'],
]);

/**
 * What a statement does beyond its database, as far as its text tells. A database names itself where it is altered, so that the text would
 * concern the one of that name from within any other.
 */
export function beyond(sql: string): Beyond | undefined {
  const r = reader(sql);
  const what = concerns(r.skip().word, r);
  return what === undefined ? undefined : { what, where: 'server' };
}

function concerns(first: string, r: Reader): string | undefined {
  const kind = r.peek().word;
  const verb = verbs.get(first);
  if (verb !== undefined && kind !== 'OWNED') {
    if (!shared.has(kind) || (kind === 'USER' && r.peek(1).word === 'MAPPING')) return undefined;
    return kind === 'SYSTEM' ? 'changes settings of the server' : `${verb} a ${kind.toLowerCase()}`;
  }
  if (first === 'GRANT' || first === 'REVOKE') return grants(r);
  if (first === 'REASSIGN' || (first === 'DROP' && kind === 'OWNED')) return `says ${first} OWNED, which concerns the server`;
  if (first === 'COMMENT' || first === 'SECURITY') {
    while (!r.ended && r.skip().word !== 'ON');
    return shared.has(r.peek().word) ? `describes a ${r.peek().word.toLowerCase()}` : undefined;
  }
  return undefined;
}

/** Rights on what the server has in common, and memberships, which name nothing behind ON: https://www.postgresql.org/docs/current/sql-grant.html */
function grants(r: Reader): string | undefined {
  while (!r.ended) {
    const { word } = r.skip();
    if (word === 'ON') {
      const on = r.peek().word;
      // Behind a table that is called so comes no further name.
      const isTable = !granted.has(on) || ['TO', 'FROM', ',', '.'].includes(r.peek(1).word);
      return isTable ? undefined : `grants or revokes rights on a ${on.toLowerCase()}`;
    }
    if (word === 'TO' || word === 'FROM') return 'changes who is a member of a role';
  }
  return undefined;
}
