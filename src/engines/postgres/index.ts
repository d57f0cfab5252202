/**
 * PostgreSQL and what speaks like it: text in, text out. Imports base, schema and contracts; used by whoever is handed the engine. What
 * is supported stands in README.md.
 */
import type { Engine } from '../../contracts/index.ts';
import { blockers, concurrentIndex, holders, invalidIndexes, progress } from './activity.ts';
import { beyond } from './beyond.ts';
import { books } from './books.ts';
import { classify } from './classify.ts';
import { diff } from './diff.ts';
import { errorKind, locate } from './errors.ts';
import { facts } from './facts.ts';
import { fingerprint } from './fingerprint.ts';
import { identify } from './flavours.ts';
import { guard } from './guard.ts';
import { history, lease, lock, session } from './history.ts';
import { inspect } from './inspect.ts';
import { losses } from './losses.ts';
import { probe } from './probe.ts';
import { quote } from './quote.ts';
import { render } from './render/index.ts';
import { renamedSequences } from './serial.ts';
import { rules as scanRules, split, tokens, transactionControl } from './split.ts';
import { transfer } from './transfer.ts';
import { engineName } from './types.ts';

export const postgres: Engine = {
  name: engineName,
  title: 'PostgreSQL',
  scriptIsTransaction: true,
  quote,
  books,
  render,
  history,
  session,
  guard,
  lock,
  lease,
  identify,
  split,
  beyond,
  scanRules,
  tokens,
  classify,
  transactionControl,
  inspect,
  facts,
  unseen: undefined,
  named: renamedSequences,
  diff,
  transfer,
  fingerprint,
  probe,
  losses,
  checkBeforeCommit: undefined,
  errorKind,
  locate,
  blockers,
  holders,
  progress,
  invalidIndexes,
  scratch: {
    create: (name) => `CREATE DATABASE ${quote.identifier(name)} TEMPLATE template0`,
    drop: (name) => `DROP DATABASE IF EXISTS ${quote.identifier(name)}`,
    list: (prefix) => `SELECT datname AS name FROM pg_catalog.pg_database WHERE starts_with(datname, ${quote.literal(prefix)})`,
  },
  kysely: { adapter: 'PostgresAdapter', compiler: 'PostgresQueryCompiler', introspector: 'PostgresIntrospector' },
  concurrentIndex,
};
