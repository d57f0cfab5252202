/** PostgreSQL counts the characters of a statement from 1, JavaScript UTF-16 units from 0. */
export function unitOffset(sql: string, position: string | number | undefined): number | undefined {
  if (position === undefined) return undefined;
  let offset = 0;
  for (let i = 1; i < Number(position) && offset < sql.length; i++) offset += (sql.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}
