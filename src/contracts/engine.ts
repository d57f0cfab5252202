import type { ScanRules } from '../base/index.ts';
import type { DiffRules } from '../diff/index.ts';
import type { Change, ChangeKind, Facts, Key, Of, QualifiedName, RowValue, Schema } from '../schema/index.ts';
import type { BookTexts } from './books.ts';
import type { DatabaseError } from './driver.ts';
import type { Inquiry, Query } from './inquiry.ts';
import type { Loss, Statement, Traits, Unsupported } from './statement.ts';
import type { Transfer } from './transfer.ts';

/** A server or library as it was met: its flavour, its version, and what it can do. Only `flavours.ts` compares versions. */
export interface Server {
  /** `postgres`, `pglite`, `mariadb`, `mysql`, `sqlite`, … */
  readonly flavour: string;
  /** `PostgreSQL 15.8`. */
  readonly title: string;
  readonly version: readonly number[];
  /** Structural statements can be undone by ROLLBACK. */
  readonly transactionalStructure: boolean;
  /** What only the engine's own folder asks for, by name. */
  readonly features: Readonly<Record<string, boolean>>;
  /** The namespace that unqualified names mean, and the database's own name. */
  readonly namespace: string | undefined;
  readonly database: string;
  readonly user: string;
  /** The connection's number on the server, where it has one. */
  readonly session: string | undefined;
  /** The server's clock, RFC 3339. */
  readonly clock: string | undefined;
  /** The server is a standby or the database was opened for reading. */
  readonly readOnly: boolean;
  /** The database refuses structural statements of whoever has not checked out. */
  readonly guarded?: boolean;
  /** Tables without transactions, by key: changes of their rows cannot be undone. */
  readonly unsafeTables?: ReadonlySet<Key>;
  /**
   * What this database and this session give to whatever says nothing of it, by the engine's own names. A structure leaves such things
   * out, so two structures can be compared only where both were read by the same settings.
   */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface ScriptStatement {
  /** The statement without its terminator and without leading comments. */
  readonly sql: string;
  /** Where it begins in the script. */
  readonly offset: number;
  readonly copyData?: string;
}

export interface ScriptProblem {
  readonly code: 'migration.invalid' | 'migration.meta-command';
  readonly message: string;
  readonly offset: number;
}

export interface SplitScript {
  readonly statements: readonly ScriptStatement[];
  readonly problems: readonly ScriptProblem[];
}

/** A role a statement plays in a script's own transaction control. */
export type TransactionControl = 'begin' | 'commit' | 'rollback' | undefined;

export interface RenderContext {
  readonly server: Server;
  /** The structure that the change meets, as far as it is known. */
  readonly before: Schema;
}

/** A change needs a table that is not known yet: it can be rendered when its turn comes. */
export interface Deferred {
  readonly deferred: string;
}

export type Rendered = readonly Statement[] | Unsupported | Deferred;
/** An engine answers for every kind of change, or does not compile. */
export type Render = { readonly [K in Exclude<ChangeKind, 'sql'>]: (change: Of<K>, context: RenderContext) => Rendered };

export interface Quote {
  identifier(name: string): string;
  name(name: QualifiedName): string;
  /** A literal that is safe whatever the session's settings are. */
  literal(value: RowValue): string;
}

/** What an error means to the runner, whatever words the engine has for it. */
export type ErrorKind =
  | 'busy'
  | 'deadlock'
  | 'lost'
  | 'rights'
  | 'read-only'
  | 'no-table'
  | 'exists'
  | 'credentials'
  | 'no-database'
  | 'syntax'
  | 'cancelled'
  | 'storage'
  | 'other';

/** The SQL of the history: texts only. Names are already quoted and qualified. */
export interface HistoryTexts {
  /** Creates the tables if they are missing; safe to send twice. The history comes last: where it is, everything is. */
  create(tables: HistoryTables): readonly string[];
  /** A query for the columns that a table has: one row with `name` for each. */
  columns(table: QualifiedName & { readonly schema: string }): string;
  /** The type of a column that holds a short text. */
  readonly shortText: string;
  /** An expression for the present moment as RFC 3339 text in UTC. */
  readonly now: string;
  /** An expression for the whole milliseconds that something took which began at a moment in the past and ends with this expression. */
  elapsed(began: Began): string;
  /** Sent before the first statement of what shall be measured, where the engine does not know when a message came in. */
  readonly startClock: ((began: Began) => string) | undefined;
  /**
   * Inserts a row, or sets the same columns of the row with that id; columns that have no default must be among them, whether the row is
   * there or not. The values are SQL expressions.
   */
  upsert(table: string, id: string, columns: Readonly<Record<string, string>>): string;
}

/** When something began, seen from the moment at which a message is made. */
export interface Began {
  /** That moment by our clock, in milliseconds since 1970. */
  readonly now: number;
  /** How many milliseconds ago it was. */
  readonly agoMs: number;
}

export interface HistoryTables {
  readonly history: string;
  readonly log: string;
}

export interface GuardTexts {
  /** Statements after which rows of a table, whose plain name is given, can be added and neither changed nor deleted. */
  appendOnly(table: string): readonly string[];
  /** How the database itself refuses structural statements; absent where it cannot. */
  readonly structure?: StructureGuard;
  /** What the server itself writes down of statements, where it does. Its questions fail where this user may not read that. */
  readonly trail?: {
    /** Where it stands now; nothing where the server keeps none. */
    position(): Inquiry<string | undefined>;
    /** Structural statements in the server's present database since then, oldest first. */
    since(position: string, server: Server): Inquiry<readonly SeenStatement[]>;
  };
  /** In words: what passes nevertheless; where nothing is refused, why, and how what others did is noticed. */
  readonly gaps: string;
}

/** A check-out as the database that it is of knows it. */
export interface Opening {
  /** Names it here: random, so that nobody else closes it. */
  readonly key: string;
  readonly holder: string;
  /** How long structural statements pass from now on, in milliseconds. */
  readonly forMs: number;
  /** Only sessions pass that present this; absent where all do. */
  readonly token?: string;
}

/** How a guard stands in its database. */
export interface GuardState {
  /** Who put it up, and when (RFC 3339). */
  readonly by: string;
  readonly since: string;
  /** What is not as it was put up, in words: somebody has switched a part off. */
  readonly damaged: readonly string[];
  readonly open: readonly { readonly holder: string; readonly until: string; readonly byToken: boolean }[];
}

/** A structural statement that was seen while the database was open for a check-out. */
export interface SeenStatement {
  readonly id: string;
  /** RFC 3339, as far as that is known. */
  readonly at?: string;
  readonly by?: string;
  /** The program that sent it, as it calls itself. */
  readonly program?: string;
  /** `CREATE TABLE` */
  readonly kind: string;
  /** What was sent: several statements where they were sent in one message. Passwords are left out. */
  readonly text: string;
  /** What it made, changed or dropped: `table public.orders`. */
  readonly objects: readonly string[];
}

/** The SQL by which a database refuses structural statements of whoever has not checked out. */
export interface StructureGuard {
  /** Puts the guard up; sent in one transaction. */
  on(by: string): readonly string[];
  /** Takes it away with everything that it has made; sent in one transaction. */
  readonly off: readonly string[];
  /** Lets the session that sends it through until it ends, or `leave` is sent. */
  readonly enter: string;
  readonly leave: string;
  /** Lets structural statements through for a time. Sent again it sets the time anew. */
  open(opening: Opening): string;
  close(key: string): string;
  /** Presents the token of an opening for the rest of the session. */
  present(token: string): string;
  /** Nothing where there is no guard. */
  state(): Inquiry<GuardState | undefined>;
  /** What was seen under an opening, oldest first. */
  seen(key: string): Inquiry<readonly SeenStatement[]>;
  /** Forgets some of it, or all. */
  forget(key: string, ids?: readonly string[]): string;
  /** The code of the error by which statements are refused. */
  readonly refusedCode: string;
}

export interface SessionTexts {
  readonly begin: string;
  /** Begins a transaction that only reads and sees everything as it is at one moment, the structure included; where there is such a thing. */
  readonly snapshot: string | undefined;
  readonly commit: string;
  readonly rollback: string;
  /** Sent first on every connection. */
  readonly start: readonly string[];
  /** Bounds how long the next statements wait for locks: those of the transaction that is open, or of a session without one. */
  lockTimeout(milliseconds: number, scope?: 'transaction' | 'session'): string;
  /** Asks for the settings of the session as they are now, and gives the statements that bring them back. */
  remember(server: Server): Inquiry<readonly string[]>;
  /** Takes back what a migration did to the session (SET, roles, temporary tables) without letting go of the run lock. */
  reset(server: Server): readonly string[];
}

/** The run lock where the server keeps it: bound to the connection, gone with it. */
export interface LockTexts {
  /** Gives one row with `locked` true or 1 when the lock is ours now. Never waits. */
  acquire(name: string): Query;
  release(name: string): Query;
  /** Who holds it: one row with `session`, `user`, `host`, `program`, `since` (RFC 3339), as far as the server tells. */
  holder(name: string): Query;
  /** A statement that fails unless this connection holds the lock; travels before journal writes. */
  assert: ((name: string) => string) | undefined;
  /** The code of the error that a failing assertion gives. */
  readonly lostCode: string;
}

/** What a lock in a table needs, for servers behind poolers that hand one session to many clients. */
export interface LeaseTexts {
  /** The server's clock in seconds, as a number. */
  readonly epoch: string;
  /** A statement that fails unless the row of the lock still has this token, and keeps it so until the transaction ends. */
  assert(table: string, name: string, token: string): string;
  /** The code of the error that a failing assertion gives. */
  readonly lostCode: string;
}

/** How a server makes, drops and lists databases for trying things out. */
export interface ScratchTexts {
  create(name: string): string;
  drop(name: string): string;
  /** A query for the databases whose names begin so: one row with `name` for each. */
  list(prefix: string): string;
}

/** What a statement does beyond its own database. */
export interface Beyond {
  /** The rest of a sentence about the statement. */
  readonly what: string;
  /**
   * `server`: users, settings and the like, which the whole server has in common; nothing in the database is otherwise without it.
   * `elsewhere`: another database or file. `later`: it makes a routine or trigger that changes another database whenever it runs.
   */
  readonly where: 'server' | 'elsewhere' | 'later';
}

/** Everything Lockstep knows about a SQL family. Pure: text in, text out. */
export interface Engine {
  readonly name: string;
  readonly title: string;
  /** Several statements sent in one message are one transaction of their own. */
  readonly scriptIsTransaction: boolean;
  readonly quote: Quote;
  readonly render: Render;
  /**
   * Renders several of the changes that follow one another, from the one at `from` on, where at once is less than one by one: the statements
   * of each, which belong into one transaction. Nothing where `render` does as well, and where something is in the way: `render` then says what.
   */
  together?(changes: readonly Change[], from: number, context: RenderContext): readonly (readonly Statement[])[] | undefined;
  readonly history: HistoryTexts;
  /** Names of rows, and what rows were before they were changed. */
  readonly books: BookTexts;
  readonly session: SessionTexts;
  /** How tables and structures are kept from being changed; an engine without it cannot hold the log of a team. */
  readonly guard?: GuardTexts;
  readonly lock: LockTexts | undefined;
  readonly lease: LeaseTexts | undefined;
  /** Asks the server who it is. */
  identify(): Inquiry<Server>;
  split(script: string): SplitScript;
  /** What a statement does beyond its own database; nothing for one that stays inside, as far as its text tells. */
  beyond(sql: string, server: Server): Beyond | undefined;
  /** A script of these statements that `split` and the engine's own client cut into them again; with `;` behind each where this is absent. */
  script?(statements: readonly string[]): string;
  /** What quotes and comments look like. */
  readonly scanRules: ScanRules;
  /** The significant tokens of a script, joined: equal for scripts that differ in comments, white space and keyword case only. */
  tokens(script: string): string;
  classify(sql: string, server: Server): Traits;
  transactionControl(sql: string): TransactionControl;
  /** Reads the structure: everything, or the named tables with what belongs to them and the foreign keys that point to them. */
  inspect(server: Server, tables?: readonly QualifiedName[]): Inquiry<Schema>;
  /** What the catalogue says of dependencies and views, for the whole structure, where the engine keeps that. */
  readonly facts: ((server: Server) => Inquiry<Facts>) | undefined;
  /** What of the structure the catalogue keeps from this user without saying so, where an engine does that. */
  readonly unseen: ((server: Server) => Inquiry<readonly Unseen[]>) | undefined;
  /**
   * What the engine itself named after a table or a column and leaves under the old name when that gets another: changes that come before
   * the new name is given.
   */
  named?(rename: Of<'renameTable' | 'renameColumn'>, before: Schema): readonly Change[];
  /** What can be changed in place when structures are compared. */
  readonly diff: DiffRules;
  /** A digestible text of the whole structure in the engine's own words, for comparing states of one database. */
  fingerprint(server: Server): Inquiry<string>;
  /** An SQL expression (a text) that differs before and after a structural statement that touches these objects. */
  probe(touches: readonly Key[], server: Server): string;
  /**
   * Which of the possible losses would lose something now: for each, whether rows or values are there, and how many (capped). One that
   * stands for several tables comes back as one entry for each table that was found.
   */
  losses(losses: readonly Loss[], server: Server): Inquiry<readonly LossFound[]>;
  /**
   * Checks that must hold before COMMIT (SQLite: keys without rows): one row for each violation. Nothing when statements that touch
   * these cannot have broken any; everything is checked when none are given.
   */
  checkBeforeCommit: ((touches: readonly Key[]) => Query | undefined) | undefined;
  errorKind(error: DatabaseError): ErrorKind;
  /** Finds where in a failed statement the engine stumbled, when it gives no position: an offset, or nothing. */
  locate(sql: string, error: DatabaseError): number | undefined;
  /** What helps when a statement failed like this, in words; nothing where the engine's own words say enough. */
  advice?(sql: string, error: DatabaseError): string | undefined;
  /**
   * Sessions that stand in the way of another session: rows with `session`, `user`, `host`, `program`, `state`, `since` (RFC 3339, when
   * its transaction began) and `query`, as far as the server tells. Asked on another connection.
   */
  blockers: ((session: string) => Query) | undefined;
  /** Sessions that hold locks on the objects now: who was likely in the way of a statement that has given up waiting. Rows as of `blockers`, with `lock`. */
  holders: ((touches: readonly Key[]) => Query) | undefined;
  /** How far a long statement of a session is: one row with `done`, `total`, `phase`, or none. Asked on another connection. */
  progress: ((session: string) => Query) | undefined;
  /** Indexes that a failed build left behind, of the names given or all: rows with `schema`, `table`, `index`. */
  invalidIndexes: (() => Query) | undefined;
  /** How structure and rows go to another database, of this engine or another. */
  readonly transfer: Transfer;
  /** Databases for trying things out, where the engine has servers. */
  readonly scratch: ScratchTexts | undefined;
  /** Names of the Kysely parts that compile queries for this engine. */
  readonly kysely: { readonly adapter: string; readonly compiler: string; readonly introspector: string };
  /** Whether a statement creates an index outside a transaction, and which one: such an index is checked to be valid afterwards. */
  concurrentIndex: ((sql: string) => ConcurrentIndex | undefined) | undefined;
}

/** A part of a structure that a user may not see, and the statement that would show it. */
export interface Unseen {
  /** In words: `triggers`, `the body of the procedure p`. */
  readonly what: string;
  readonly grant: string;
}

export interface ConcurrentIndex {
  /** As written, quoted where it was; absent where the engine makes up a name. */
  readonly index: QualifiedName | undefined;
  readonly table: QualifiedName;
  /** Drops what a failed build left behind. */
  readonly drop: string;
}

export interface LossFound {
  readonly loss: Loss;
  /** Rows or values that would be gone, at most `lossCap + 1`. */
  readonly rows: number;
}

/** Rows are counted up to here; more is said as "over". */
export const lossCap = 100_000;

export type { Change };
