/**
 * Words of a project's own for its migrations: what `use` gives is at hand as `ext.NAME`. Of several with one name the one with the
 * lowest priority counts, 0 by default.
 */
export interface Extension {
  readonly name: string;
  readonly priority?: number;
  /** Extensions that it needs; no others are handed to it. */
  readonly uses?: readonly string[];
  /** Is given what the running migration is given, once for each migration that asks for the extension. */
  use(context: never): object;
}
