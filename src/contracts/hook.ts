/** What a hook is told, and a way to ask the database. */
export interface HookContext {
  readonly migration?: string;
  readonly direction: 'up' | 'down';
  readonly database: string;
  query(sql: string, parameters?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
}
export type Hook = (context: HookContext) => unknown;

/** Functions of the configuration that are called around runs and migrations. */
export interface Hooks {
  readonly beforeRun?: Hook;
  readonly afterRun?: Hook;
  readonly beforeMigration?: Hook;
  readonly afterMigration?: Hook;
  readonly beforeFixtures?: Hook;
  readonly afterFixtures?: Hook;
}
