/**
 * SQLite (and libSQL as a file): text in, text out. Imports base, schema and contracts; drivers run what it says.
 * What is supported, and what is not and why, stands in README.md.
 */
import type { Engine } from '../../contracts/index.ts';
import { beyond } from './beyond.ts';
import { books } from './books.ts';
import { classify } from './classify.ts';
import { diff } from './diff.ts';
import { advice, errorKind, locate } from './errors.ts';
import { fingerprint } from './fingerprint.ts';
import { identify } from './flavours.ts';
import { guard } from './guard.ts';
import { history, session } from './history.ts';
import { inspect } from './inspect.ts';
import { checkKeys } from './keys.ts';
import { losses } from './losses.ts';
import { probe } from './probe.ts';
import { quote } from './quote.ts';
import { render, together } from './render/index.ts';
import { split, tokens, transactionControl } from './split.ts';
import { scanRules } from './tokens.ts';
import { transfer } from './transfer.ts';

/** The engine for SQLite from 3.26 on. */
export const sqlite: Engine = {
  name: 'sqlite',
  title: 'SQLite',
  scriptIsTransaction: false,
  quote,
  books,
  render,
  together,
  history,
  session,
  guard,
  // One run at a time is ensured by a file beside the database, which the driver names.
  lock: undefined,
  lease: undefined,
  identify,
  split,
  beyond,
  scanRules,
  tokens,
  classify,
  transactionControl,
  inspect,
  facts: undefined,
  unseen: undefined,
  diff,
  transfer,
  fingerprint,
  probe,
  losses,
  checkBeforeCommit: checkKeys,
  errorKind,
  locate,
  advice,
  // SQLite does not tell who holds its lock, nor how far a statement is; it builds no index concurrently.
  blockers: undefined,
  holders: undefined,
  progress: undefined,
  invalidIndexes: undefined,
  // A file, or a database in memory, needs no statement to be made.
  scratch: undefined,
  concurrentIndex: undefined,
  kysely: { adapter: 'SqliteAdapter', compiler: 'SqliteQueryCompiler', introspector: 'SqliteIntrospector' },
};
