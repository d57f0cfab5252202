/** What happens during a run, in one stream: the terminal prints it, `--json=stream` writes it line by line. */
export type RunEvent =
  | {
      readonly ev: 'run.start';
      readonly run: string;
      readonly database: string;
      readonly direction: 'up' | 'down';
      readonly total: number;
      /** The ids of what shall run, in that order. */
      readonly migrations: readonly string[];
    }
  | { readonly ev: 'lock.waiting'; readonly holder: string; readonly waitedMs: number }
  | { readonly ev: 'lock.acquired'; readonly ms: number }
  | {
      readonly ev: 'migration.start';
      readonly migration: string;
      readonly direction: 'up' | 'down';
      readonly statements: number;
      readonly resumeAfter?: number;
    }
  | {
      readonly ev: 'statement.start';
      readonly migration: string;
      readonly statement: number;
      /** How many there are; not known of code. */
      readonly of?: number;
      readonly sql: string;
    }
  | {
      readonly ev: 'statement.progress';
      readonly migration: string;
      readonly statement?: number;
      readonly done?: number;
      readonly total?: number;
      readonly phase?: string;
      readonly elapsedMs: number;
      readonly etaMs?: number;
      readonly blockedBy?: string;
    }
  | {
      readonly ev: 'statement.retry';
      readonly migration: string;
      readonly attempt: number;
      readonly pauseMs: number;
      readonly reason: string;
    }
  | { readonly ev: 'statement.end'; readonly migration: string; readonly statement: number; readonly ms: number }
  | { readonly ev: 'step.end'; readonly migration: string; readonly step: string; readonly ms: number; readonly skipped: boolean }
  | { readonly ev: 'log'; readonly migration: string; readonly message: string }
  /** Rows of a table that were copied so far. */
  | { readonly ev: 'rows'; readonly table: string; readonly rows: number; readonly ms: number; readonly done?: true }
  | { readonly ev: 'notice'; readonly message: string }
  | { readonly ev: 'hook'; readonly hook: string; readonly migration?: string; readonly ms: number }
  | {
      readonly ev: 'migration.end';
      readonly migration: string;
      readonly direction: 'up' | 'down';
      readonly outcome: 'done' | 'failed';
      readonly partial: boolean;
      readonly statements: number;
      readonly ms: number;
    }
  | { readonly ev: 'warning'; readonly code: string; readonly message: string; readonly migration?: string }
  | { readonly ev: 'error'; readonly code: string; readonly message: string; readonly migration?: string }
  | { readonly ev: 'done'; readonly done: number; readonly failed: number; readonly untouched: number; readonly ms: number };

export type Emit = (event: RunEvent) => void;
