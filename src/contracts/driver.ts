export type ResultRow = Readonly<Record<string, unknown>>;

export interface Result {
  readonly rows: readonly ResultRow[];
  /** The rows of each of several queries that were sent in one text, where the engine takes such texts; `rows` are those of the last. */
  readonly sets?: readonly (readonly ResultRow[])[];
  /** How many rows a data statement changed, where the engine tells. */
  readonly affected?: number;
  /** The number that the engine gave to an inserted row, where it tells without being asked. */
  readonly insertId?: number | bigint | string;
}

/** One connection. Calls do not overlap: the caller awaits each before the next. Every method throws `DatabaseError` only. */
export interface Connection {
  /** Runs one statement. Parameters are written in the engine's own style (`$1` or `?`). */
  query(sql: string, parameters?: readonly unknown[]): Promise<Result>;
  /** Sends several statements at once and waits for the last. The error of a failing one carries its index. */
  script(sql: string): Promise<void>;
  /** Sends a `COPY … FROM stdin` and its rows; absent where the driver cannot. */
  copy?(sql: string, data: string | Uint8Array): Promise<void>;
  /**
   * Sends one statement whose rows follow in pieces of text, as fast as the server takes them. Refuses what the server would only warn of,
   * and whatever the pieces themselves throw; then rows may have come in, which the caller takes back.
   */
  flow?(sql: string, pieces: AsyncIterable<string>): Promise<void>;
  /**
   * Gives the rows of one query in lists, as the engine hands them out and not faster than they are taken. A value is null, the text that
   * the server writes for it (of bytes, where it writes them as they are, their hexadecimal digits), or, in SQLite, what is stored. Nothing else may run on the connection meanwhile.
   */
  stream?(sql: string): AsyncIterable<readonly (readonly unknown[])[]>;
  /** The same rows in pieces that `copy` of another connection takes as they are; absent where the engine has no such text. */
  bulk?(sql: string): AsyncIterable<BulkPiece>;
  /**
   * Runs one statement again and again, with the parameters of each row. `more` is what the statement has behind it for each further row,
   * where it may take several at once.
   */
  each?(sql: string, rows: readonly (readonly unknown[])[], more?: string): Promise<void>;
  /** Asks the server to abort what runs on this connection; absent where nothing can be aborted. */
  cancel?(): Promise<void>;
  close(): Promise<void>;
}

/** Whole rows in the text of COPY. */
export interface BulkPiece {
  readonly data: Uint8Array;
  /** How many rows it holds. */
  readonly count: number;
  /** All of them, each as its values. */
  rows(): readonly (readonly (string | null)[])[];
  last(): readonly (string | null)[];
}

/** Where to connect. Never printed: `shown` is the form without secrets. */
export interface Target {
  readonly url: string;
  readonly shown: string;
  /** The folder that relative paths of files are meant from. */
  readonly base: string;
}

export interface ConnectOptions {
  /** What the server shows its other users as the name of this program, at most 63 bytes. */
  readonly label: string;
  readonly readOnly?: boolean;
  /** Notices of the server; `warns` of those after which something is not as it was written. */
  readonly notice?: (message: string, warns: boolean) => void;
}

/** A client library for one engine. */
export interface Driver {
  readonly name: string;
  /** The engine's name. */
  readonly engine: string;
  /** URL schemes without the colon, for example `postgres`. */
  readonly schemes: readonly string[];
  /**
   * Where the run lock lives: in the server, in a file beside the database, or nowhere because nobody else can reach the database.
   */
  lock(target: Target): { readonly kind: 'server' } | { readonly kind: 'file'; readonly path: string } | { readonly kind: 'none' };
  /**
   * Whether several statements may travel in one message. `blind`: they may, but the error of a failing one does not tell which it was,
   * so only whole transactions travel together, and one that fails is sent again one by one.
   */
  readonly scripts: boolean | 'blind';
  /** A second process must not even open the database while one has it: the lock in the file is taken first, also for reading. */
  readonly exclusive?: true;
  /**
   * The connection that a caller has handed in. It is not closed, one session at a time works on it, and its settings are brought back
   * at the end.
   */
  readonly lent?: object;
  /**
   * Where making a database takes seconds: by what library and version an empty one is made, so that it can be prepared once and copied
   * as a folder. Databases of one such name are the same.
   */
  template?(): string;
  /** Whether the database exists, for a driver that is exclusive. */
  exists?(target: Target): boolean;
  connect(target: Target, options: ConnectOptions): Promise<Connection>;
}

/** What the engine said, in one shape for all drivers. */
export class DatabaseError extends Error {
  /** SQLSTATE, or the engine's own symbol. */
  readonly code: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  /** Offset in the text that was sent (UTF-16 units), where the engine tells. */
  readonly position: number | undefined;
  /** Which of the statements sent together failed, counted from 0, where the driver can tell. */
  readonly index: number | undefined;
  /** The connection is gone. */
  readonly lost: boolean;

  constructor(
    message: string,
    fields: {
      readonly code?: string | undefined;
      readonly detail?: string | undefined;
      readonly hint?: string | undefined;
      readonly position?: number | undefined;
      readonly index?: number | undefined;
      readonly lost?: boolean | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, fields.cause === undefined ? {} : { cause: fields.cause });
    this.name = 'DatabaseError';
    this.code = fields.code ?? '';
    this.detail = fields.detail;
    this.hint = fields.hint;
    this.position = fields.position;
    this.index = fields.index;
    this.lost = fields.lost ?? false;
  }
}
