import { reader } from './reader.ts';

/** What belongs to the whole server: https://www.postgresql.org/docs/current/manage-ag-overview.html */
const shared: ReadonlySet<string> = new Set(['DATABASE', 'ROLE', 'USER', 'GROUP', 'TABLESPACE', 'SYSTEM', 'SUBSCRIPTION']);
const verbs: ReadonlyMap<string, string> = new Map([
  ['CREATE', 'creates'],
  ['ALTER', 'alters'],
  ['DROP', 'drops'],
]);

/** What a statement changes beyond its database, as far as its text tells. Settings of the database itself are its own. */
export function beyond(sql: string): string | undefined {
  const r = reader(sql);
  const verb = verbs.get(r.peek().word);
  const kind = r.peek(1).word;
  if (verb === undefined || !shared.has(kind) || (kind === 'USER' && r.peek(2).word === 'MAPPING')) return undefined;
  return kind === 'SYSTEM' ? 'changes settings of the server' : `${verb} a ${kind.toLowerCase()}`;
}
