/**
 * MySQL and MariaDB: everything that is known of them, text in and text out. Imports base, schema and contracts; `engines/index.ts`
 * lists it, and nobody else asks for it by name. What is supported and what is not stands in README.md beside this file.
 */
import type { Engine } from '../../contracts/index.ts';
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
import { unseen } from './rights.ts';
import { script } from './script.ts';
import { rules as scanRules, split, tokens, transactionControl } from './split.ts';
import { transfer } from './transfer.ts';
import { blockers, holders, progress } from './waiting.ts';

export const mysql: Engine = {
  name: 'mysql',
  title: 'MySQL',
  scriptIsTransaction: false,
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
  script,
  scanRules,
  tokens,
  classify,
  transactionControl,
  inspect,
  facts,
  unseen,
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
  invalidIndexes: undefined,
  scratch: {
    // With the collation of the database that it stands in for, which is what tables that name none will have.
    create: (name) =>
      `SET @lockstep_create = CONCAT(${quote.literal(`CREATE DATABASE ${quote.identifier(name)} COLLATE `)}, @@collation_database);
      PREPARE lockstep_create FROM @lockstep_create; EXECUTE lockstep_create`,
    drop: (name) => `DROP DATABASE IF EXISTS ${quote.identifier(name)}`,
    list: (prefix) =>
      `SELECT schema_name AS name FROM information_schema.schemata WHERE LEFT(schema_name, ${prefix.length}) = ${quote.literal(prefix)}`,
  },
  kysely: { adapter: 'MysqlAdapter', compiler: 'MysqlQueryCompiler', introspector: 'MysqlIntrospector' },
  concurrentIndex: undefined,
};
