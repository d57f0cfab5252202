/** PostgreSQL counts the characters of a statement from 1, JavaScript UTF-16 units from 0. */
export function unitOffset(sql: string, position: string | number | undefined): number | undefined {
  if (position === undefined) return undefined;
  let offset = 0;
  for (let i = 1; i < Number(position) && offset < sql.length; i++) offset += (sql.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  return offset;
}

/** What of a notice tells its weight: https://www.postgresql.org/docs/current/protocol-error-fields.html */
export interface ServerNotice {
  readonly message?: string | undefined;
  readonly severity?: string | undefined;
  readonly code?: string | undefined;
}

/**
 * A warning, or a name that was cut, which the server tells as a notice only (42622, name_too_long). That a transaction is there or not (class
 * 25, https://www.postgresql.org/docs/current/errcodes-appendix.html) is told to who begins and ends them, and that is us.
 */
export function warns({ severity, code }: ServerNotice): boolean {
  return code === '42622' || (severity === 'WARNING' && code?.startsWith('25') !== true);
}
