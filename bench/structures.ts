import type { Flavour } from '../test/support/server/database.ts';

/** The engines whose own dump a structure is read against. */
export type Served = Extract<Flavour, 'postgres' | 'mariadb'>;

/**
 * Statements that make a structure as applications have them: tables of seven columns with a key, a foreign key, two indexes, a default, a
 * check and comments, and a view on every tenth.
 */
export function* structure(flavour: Served, size: number): Generator<string> {
  for (let i = 1; i <= size; i++) {
    yield* flavour === 'postgres' ? postgresTable(i) : mariadbTable(i);
    if (i % 10 === 0) yield `CREATE VIEW v${i} AS SELECT id, name, amount * 2 AS twice FROM t${i} WHERE state <> 'gone'`;
  }
}

const parentOf = (i: number): string => `t${Math.max(1, Math.floor(i / 2))}`;

function* postgresTable(i: number): Generator<string> {
  yield `CREATE TABLE t${i} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  parent_id bigint CONSTRAINT t${i}_parent_fk REFERENCES ${parentOf(i)} (id) ON DELETE CASCADE,
  name varchar(80) NOT NULL,
  state text NOT NULL DEFAULT 'new',
  amount numeric(12,2) CONSTRAINT t${i}_amount_check CHECK (amount >= 0),
  details jsonb,
  created_at timestamptz NOT NULL DEFAULT now()
)`;
  yield `CREATE INDEX t${i}_parent ON t${i} (parent_id)`;
  yield `CREATE INDEX t${i}_name ON t${i} (name, created_at DESC)`;
  yield `COMMENT ON TABLE t${i} IS 'What is kept of ${i}'`;
  yield `COMMENT ON COLUMN t${i}.amount IS 'In euros'`;
}

function* mariadbTable(i: number): Generator<string> {
  yield `CREATE TABLE t${i} (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  parent_id bigint,
  name varchar(80) NOT NULL,
  state varchar(20) NOT NULL DEFAULT 'new',
  amount decimal(12,2) COMMENT 'In euros',
  details text,
  created_at timestamp NOT NULL DEFAULT current_timestamp(),
  KEY t${i}_parent (parent_id),
  KEY t${i}_name (name, created_at),
  CONSTRAINT t${i}_amount_check CHECK (amount >= 0),
  CONSTRAINT t${i}_parent_fk FOREIGN KEY (parent_id) REFERENCES ${parentOf(i)} (id) ON DELETE CASCADE
) COMMENT = 'What is kept of ${i}'`;
}
