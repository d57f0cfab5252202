import type { Dialect, Maker, Making } from './blueprint.ts';
import {
  actions,
  addedKey,
  check,
  column,
  computedColumn,
  foreignKey,
  key,
  rowNumbers,
  selection,
  shapeOf,
  sourcesOf,
  type Tongue,
  tablesFor,
  text,
} from './common.ts';
import { headed, listed, named, oddNames, quotedBy } from './words.ts';

const quote = quotedBy('`');

const others: Readonly<Record<string, (n: number) => string>> = {
  "enum('v0','it''s','Größe')": () => "'v0'",
  "enum('v0','x')": () => "'v0'",
  "set('v0','b')": () => "'v0'",
  "set('v0','b','c')": () => "'v0'",
};
const lone: Readonly<Record<string, (n: number) => string>> = {
  uuid: (n) => `'00000000-0000-0000-0000-00000000000${n}'`,
  inet6: (n) => `'::${n}'`,
  year: (n) => `200${n}`,
  'bit(8)': (n) => `b'${n % 2}'`,
  time: (n) => `'0${n}:00:00'`,
  point: (n) => `ST_PointFromText('POINT(${n} ${n})')`,
};
const allOthers = { ...others, ...lone };

const tongue: Tongue = {
  quote,
  types: {
    number: [
      'int',
      'bigint',
      'smallint',
      'int unsigned',
      'bigint(15)',
      'decimal(12,2)',
      'double',
      'mediumint',
      'int(8) unsigned zerofill',
      'float',
    ],
    text: [
      'varchar(40)',
      'varchar(100)',
      'char(8)',
      'text',
      'longtext',
      'varchar(20) COLLATE utf8mb4_bin',
      'varchar(40) CHARACTER SET latin1',
      'mediumtext',
    ],
    date: ['date', 'datetime', 'datetime(3)', 'timestamp NULL'],
    truth: ['tinyint(1)', 'boolean'],
    bytes: ['blob', 'varbinary(16)', 'longblob'],
    json: ['json'],
    other: Object.keys(allOthers),
  },
  defaults: {
    number: ['1', '5', '(1 + 2)', '7', '(abs(-3))'],
    text: ["'x'", "'it''s'", "''", "(concat('a','b'))", "'back\\\\slash'"],
    date: ['CURRENT_TIMESTAMP', "'2001-01-01'", "'2001-01-01 00:00:00'"],
    truth: ['0', '1', 'true'],
    bytes: [],
    json: ["'{}'", '(json_array())'],
    other: [],
  },
  literal: (sort, n, type) =>
    ({
      number: () => `${n}`,
      text: () => `'${n}'`,
      date: () => `'2001-01-0${n}'`,
      truth: () => `${n % 2}`,
      bytes: () => `x'0${n}'`,
      json: () => `'{"n":${n}}'`,
      list: () => 'NULL',
      other: () => allOthers[type]?.(n) ?? 'NULL',
    })[sort](),
  conditions: (sort, c) =>
    ({
      number: [`${c} > 0`, `${c} between 0 and 30000`, `abs(${c}) >= 0`, `${c} is not null or ${c} is null`],
      text: [`char_length(${c}) < 100`, `${c} <> 'nobody'`, `${c} not in ('a;','b')`, `${c} not like '%;%'`],
      date: [`${c} > '1999-01-01'`],
      truth: [`${c} in (0,1)`],
      bytes: [`octet_length(${c}) >= 0`],
      json: [`json_valid(${c})`],
      list: [],
      other: [],
    })[sort],
  computed: (sort, c) =>
    ({
      number: [
        { sql: `${c} * 2`, sort: 'number' as const },
        { sql: `case when ${c} > 1 then 'many' else 'one' end`, sort: 'text' as const },
      ],
      text: [{ sql: `upper(${c})`, sort: 'text' as const }],
      date: [{ sql: `year(${c})`, sort: 'number' as const }],
      truth: [{ sql: `not ${c}`, sort: 'truth' as const }],
      bytes: [{ sql: `octet_length(${c})`, sort: 'number' as const }],
      json: [{ sql: `json_length(${c})`, sort: 'number' as const }],
      list: [],
      other: [],
    })[sort],
  strictKeys: true,
  converts: (from, to) => from === to || (to === 'text' && from !== 'bytes'),
  keySorts: ['number', 'date'],
};

const generatedTypes: Readonly<Partial<Record<string, string>>> = { number: 'double', text: 'varchar(60)', truth: 'tinyint(1)' };
const remark = ({ dice }: Making): string => (dice.chance(0.2) ? ` COMMENT ${text(dice.of(['a note', "it's", 'Größe', '%;']))}` : '');

const table: Maker['make'] = (making) => {
  const { dice, as } = making;
  const options = dice.some(
    [
      " COMMENT='a note'",
      ' ROW_FORMAT=DYNAMIC',
      ' DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin',
      ' STATS_PERSISTENT=1',
      ' DEFAULT CHARSET=latin1',
    ],
    2,
  );
  const kept = dice.chance(0.5) ? options : [];
  const charset = kept.filter((one) => one.includes('CHARSET')).slice(0, 1);
  return {
    needs: [],
    sql: [`CREATE TABLE ${as} (`, `)${[...kept.filter((one) => !one.includes('CHARSET')), ...charset].join('')}`],
    shape: charset.join(),
  };
};

const plain = column(tongue, (making, sort) => ({
  after: `${sort === 'date' && making.dice.chance(0.1) ? '' : ''}${making.dice.chance(0.08) ? ' INVISIBLE' : ''}${remark(making)}`,
}));

/** What a column without a default needs when it is invisible. */
const visible: Maker['make'] = (making) => {
  const draft = plain(making);
  if (draft === undefined) return undefined;
  const [sql = ''] = draft.sql;
  const cannot = sql.includes(' NOT NULL') && !sql.includes(' DEFAULT ');
  return { ...draft, sql: [(cannot ? sql.replace(' INVISIBLE', '') : sql).replace('timestamp NULL NOT NULL', 'timestamp NOT NULL')] };
};

const identity: Maker['make'] = ({ dice, as, columns, parts, table: owner, was }) => {
  const taken = [...parts.values()].some((piece) => piece.on === owner?.id && (piece.primary === true || piece.kind === 'identity'));
  if (taken || columns.some(({ kind }) => kind === 'identity')) return undefined;
  const type = dice.of(['int', 'bigint', 'bigint unsigned', 'smallint']);
  return {
    needs: [],
    sql: [
      `${as} ${type} NOT NULL AUTO_INCREMENT ${was === undefined ? dice.of(['PRIMARY KEY', 'UNIQUE']) : was.sql[0]?.endsWith('UNIQUE') === true ? 'UNIQUE' : 'PRIMARY KEY'}`,
    ],
    sort: 'number',
    primary: true,
    kind: 'identity',
    values: ['1', '2', '3'],
    shape: `identity ${type}`,
  };
};

/** A column with a default that counts. */
const counted: Maker['make'] = ({ dice, as, others: usable, was }) => {
  const sequences = usable.filter(({ maker }) => maker === 'sequence');
  const sequence = sequences.find(({ id }) => was?.needs.includes(id) === true) ?? (sequences.length > 0 ? dice.of(sequences) : undefined);
  if (sequence === undefined) return undefined;
  return {
    needs: [sequence.id],
    sql: [`${as} bigint DEFAULT nextval(${sequence.as})`],
    sort: 'number',
    nullable: true,
    hasDefault: true,
    values: rowNumbers.map((n) => `${n}`),
    kind: 'counted',
    shape: 'counted',
  };
};

const index: Maker['make'] = (making) => {
  const { dice, as } = making;
  const tables = tablesFor(making, quote);
  if (tables.length === 0) return undefined;
  const { piece, columns } = dice.of(tables);
  const texts = columns.filter(({ sort, computed }) => sort === 'text' && computed !== true);
  if (texts.length > 0 && dice.chance(0.2)) {
    const one = dice.of(texts);
    return { needs: [piece.id, ...one.needs], sql: [`CREATE FULLTEXT INDEX ${as} ON ${piece.as} (${one.as})`] };
  }
  const chosen = dice.some(
    columns.filter(({ sort }) => ['number', 'text', 'date', 'truth', 'bytes'].includes(sort)),
    3,
  );
  if (chosen.length === 0) return undefined;
  const parts = chosen.map(({ as: name, sort }) => `${name}${sort === 'text' || sort === 'bytes' ? '(5)' : ''}`);
  const unique = dice.chance(0.2) && chosen.every(({ sort, computed }) => sort === 'number' && computed !== true);
  return {
    needs: [piece.id, ...chosen.flatMap(({ needs }) => needs)],
    sql: [
      `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${as}${dice.of(['', ' USING BTREE'])} ON ${piece.as} (${parts.join(', ')})${remark(making)}${dice.of(['', '', ' IGNORED'])}`,
    ],
    ...(unique ? { unique: chosen.flatMap(({ needs }) => needs), kind: 'index' } : {}),
  };
};

const view: Maker['make'] = (making) => {
  const chosen = selection(tongue, making);
  if (chosen === undefined) return undefined;
  const { dice } = making;
  const { gives, header } = headed(making, chosen);
  // The server's own dump makes views by name, over others that are no more than a stand-in then; those hold no check option.
  const overView = making.others.some(({ id, maker }) => maker === 'view' && chosen.needs.includes(id));
  const simple = !chosen.sql.includes(' JOIN ') && !overView;
  const body = dice.of([chosen.sql, chosen.sql, `${chosen.sql} UNION ALL ${chosen.sql}`, `WITH w AS (${chosen.sql}) SELECT * FROM w`]);
  const check = simple && body === chosen.sql ? dice.of(['', '', ' WITH CASCADED CHECK OPTION', ' WITH LOCAL CHECK OPTION']) : '';
  const options = `${body === chosen.sql ? dice.of(['', 'ALGORITHM=MERGE ']) : ''}${dice.of(['', 'SQL SECURITY INVOKER '])}`;
  return { needs: chosen.needs, sql: [`CREATE ${options}VIEW ${making.as}${header} AS ${body}${check}`], gives, shape: shapeOf(gives) };
};

const trigger: Maker['make'] = (making) => {
  const { dice, as } = making;
  const tables = tablesFor(making, quote);
  if (tables.length === 0) return undefined;
  const { piece, columns } = dice.of(tables);
  const one = dice.of(columns);
  const event = dice.of(['INSERT', 'UPDATE', 'DELETE']);
  const row = event === 'DELETE' ? 'OLD' : 'NEW';
  const body = dice.of([
    `SET @lockstep_fuzz = ${row}.${one.as}`,
    `BEGIN\n  DECLARE n int DEFAULT 0; -- it's\n  SET n = 1;\nEND`,
    "SET @lockstep_fuzz = 'a;b'",
  ]);
  return {
    needs: [piece.id, ...one.needs],
    sql: [`CREATE TRIGGER ${as} ${dice.of(['BEFORE', 'AFTER'])} ${event} ON ${piece.as} FOR EACH ROW ${body}`],
  };
};

const routine: Maker['make'] = (making) => {
  const { dice, as, was } = making;
  const sources = sourcesOf(making, quote);
  const from = sources.length > 0 ? dice.of(sources) : undefined;
  const isFunction = was === undefined ? dice.chance(0.6) : was.kind === 'function';
  const kind = isFunction ? 'function' : 'procedure';
  if (isFunction) {
    const traits = dice.some([' DETERMINISTIC', ' READS SQL DATA', ' SQL SECURITY INVOKER', " COMMENT 'it''s'"], 3).join('');
    const body = dice.of(['RETURN a + 1', 'BEGIN\n  -- a note\n  RETURN a;\nEND', "RETURN char_length('a;b')"]);
    return {
      needs: [],
      sql: [`CREATE FUNCTION ${as} (a int) RETURNS ${dice.of(['int', 'bigint unsigned', 'varchar(20) CHARSET utf8mb4'])}${traits} ${body}`],
      kind,
    };
  }
  const body = from === undefined ? 'SELECT 1' : `BEGIN\n  SELECT count(*) INTO b FROM ${from.piece.as};\nEND`;
  return {
    needs: from === undefined ? [] : [from.piece.id],
    sql: [`CREATE PROCEDURE ${as} (IN a varchar(10), OUT b bigint)${dice.of(['', ' MODIFIES SQL DATA'])} ${body}`],
    kind,
  };
};

const event: Maker['make'] = ({ dice, as }) => ({
  needs: [],
  sql: [
    `CREATE EVENT ${as} ON SCHEDULE ${dice.of(["EVERY 1 DAY STARTS '2030-01-01 00:00:00'", "AT '2035-01-01 00:00:00'", "EVERY '1:30' HOUR_MINUTE STARTS '2030-01-01 00:00:00' ENDS '2031-01-01 00:00:00'"])}${dice.of(['', ' ON COMPLETION PRESERVE'])}${dice.of(['', ' DISABLE'])}${dice.of(['', " COMMENT 'it''s'"])} DO ${dice.of(['SET @lockstep_fuzz = 1', "BEGIN\n  SET @lockstep_fuzz = 'a;b';\nEND"])}`,
  ],
});

const sequence: Maker['make'] = ({ dice, as }) => ({
  needs: [],
  sql: [
    `CREATE SEQUENCE ${as} ${dice.some(['START WITH 5', 'INCREMENT BY 2', 'MINVALUE 1', 'MAXVALUE 30000', 'CACHE 10', 'CYCLE'], 3).join(' ')}`,
  ],
  shape: 'sequence',
});

/** A table in partitions. */
const partitioned: Maker['make'] = ({ dice, as, was }) => {
  const ways = [
    'PARTITION BY HASH (id) PARTITIONS 3',
    'PARTITION BY HASH (id) PARTITIONS 4',
    'PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)',
    'PARTITION BY LIST (id) (PARTITION p0 VALUES IN (1,2,3), PARTITION p1 VALUES IN (4))',
    'PARTITION BY KEY (id) PARTITIONS 2',
    '',
  ];
  return {
    needs: [],
    sql: [
      `CREATE TABLE ${as} (id int NOT NULL, n varchar(${dice.of([10, 20])}), PRIMARY KEY (id)${dice.of(['', ', KEY n (n)'])}) ${dice.of(ways)}`,
      `INSERT INTO ${as} (id, n) VALUES (1, '1'), (2, '2'), (3, NULL)`,
    ],
    kind: was?.kind ?? '',
    gives: [{ name: 'id', sort: 'number' }],
    shape: '',
  };
};

/** A table that keeps what its rows were. */
const versioned: Maker['make'] = ({ dice, as }) => ({
  needs: [],
  sql: [
    `CREATE TABLE ${as} (id int NOT NULL, n varchar(${dice.of([10, 20])})${dice.of(['', ', m int DEFAULT 5', ', m int WITHOUT SYSTEM VERSIONING'])}, PRIMARY KEY (id)${dice.of(['', ', KEY n (n)'])})${dice.of(['', " COMMENT='past'"])}${dice.of(['', ' WITH SYSTEM VERSIONING', ' WITH SYSTEM VERSIONING'])}`,
  ],
  gives: [{ name: 'id', sort: 'number' }],
  shape: '',
});

/** A table with spans of time that may not overlap. */
const period: Maker['make'] = ({ dice, as }) => ({
  needs: [],
  sql: [
    `CREATE TABLE ${as} (id int NOT NULL, d date NOT NULL, e date NOT NULL, PERIOD FOR life (d, e)${dice.of(['', ', PRIMARY KEY (id, life WITHOUT OVERLAPS)', ', UNIQUE once (id, life WITHOUT OVERLAPS)'])}${dice.of(['', ', m int DEFAULT 5'])})`,
    `INSERT INTO ${as} (id, d, e) VALUES (1, '2001-01-01', '2001-02-01'), (1, '2001-03-01', '2001-04-01')`,
  ],
  gives: [{ name: 'id', sort: 'number' }],
  shape: '',
});

const spatial: Maker['make'] = ({ dice, as }) => ({
  needs: [],
  sql: [
    `CREATE TABLE ${as} (id int, p point NOT NULL${dice.of(['', ', SPATIAL INDEX p (p)'])}${dice.of(['', ', t text, FULLTEXT INDEX t (t)'])})${dice.of(['', ' ENGINE=MyISAM'])}`,
  ],
});

/** Structures of MariaDB. */
export const mariadbDialect: Dialect = {
  quote,
  columnMaker: 'column',
  filling: ['SET foreign_key_checks = 0', 'SET foreign_key_checks = 1'],
  oddNames: [...oddNames, 'back\\slash', 'x'.repeat(60)],
  makers: {
    table: { spot: 'table', weight: 4, make: table },
    column: { spot: 'column', weight: 8, make: visible },
    identity: { spot: 'column', weight: 2, make: identity },
    counted: { spot: 'column', weight: 1, make: counted },
    generated: {
      spot: 'column',
      weight: 3,
      make: computedColumn(
        tongue,
        (making, sql, sort) =>
          `${generatedTypes[sort]} GENERATED ALWAYS AS (${sql}) ${making.dice.of(['VIRTUAL', 'STORED'])}${remark(making)}`,
      ),
    },
    check: { spot: 'clause', weight: 3, make: check(tongue, (making, sql) => named(making, `CHECK (${sql})`)) },
    primary: { spot: 'clause', weight: 3, make: key(tongue, true, (_, columns) => `PRIMARY KEY (${listed(columns)})`) },
    unique: { spot: 'clause', weight: 3, make: key(tongue, false, (making, columns) => named(making, `UNIQUE (${listed(columns)})`)) },
    foreign: {
      spot: 'clause',
      weight: 5,
      make: foreignKey(tongue, (making, columns, target) =>
        named(making, `FOREIGN KEY (${columns}) REFERENCES ${target}${making.dice.of(actions)}`),
      ),
    },
    link: { spot: 'statement', weight: 2, make: addedKey(tongue, ({ dice }) => dice.of(actions)) },
    index: { spot: 'statement', weight: 6, make: index },
    view: { spot: 'statement', weight: 6, make: view },
    trigger: { spot: 'statement', weight: 4, make: trigger },
    routine: { spot: 'statement', weight: 4, make: routine },
    event: { spot: 'statement', weight: 2, make: event },
    sequence: { spot: 'statement', weight: 2, make: sequence },
    partitioned: { spot: 'statement', weight: 1, make: partitioned },
    versioned: { spot: 'statement', weight: 1, make: versioned },
    period: { spot: 'statement', weight: 1, make: period },
    spatial: { spot: 'statement', weight: 1, make: spatial },
  },
};
