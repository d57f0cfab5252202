import type { Maker, Making } from './blueprint.ts';
import { tablesFor } from './common.ts';
import { placed } from './postgres-tables.ts';
import { quote } from './postgres-words.ts';

const enumeration: Maker['make'] = (making) => {
  const { as, needs } = placed(making);
  const values = making.dice.some(['v0', 'v1', "it's", 'Größe', 'v 4', 'V0'], 6);
  const all = [...new Set(['v0', ...values])];
  const sorted = making.dice.chance(0.7) ? all : all.toReversed();
  return {
    needs,
    as,
    sql: [`CREATE TYPE ${as} AS ENUM (${sorted.map((one) => `'${one.replaceAll("'", "''")}'`).join(', ')})`],
    values: ["'v0'"],
    shape: as,
    target: `TYPE ${as}`,
  };
};

const domain: Maker['make'] = (making) => {
  const { dice, was } = making;
  const { as, needs } = placed(making);
  const base = was?.kind ?? dice.of(['integer', 'text', 'character varying(20)', 'numeric(10,2)']);
  const isText = base.startsWith('text') || base.startsWith('char');
  const checks = dice.of(
    isText
      ? ['', " CHECK (VALUE <> 'nobody')", ` CONSTRAINT ${making.as} CHECK (length(VALUE) < 50)`]
      : ['', ' CHECK (VALUE > 0)', ` CONSTRAINT ${making.as} CHECK (VALUE < 1000)`],
  );
  return {
    needs,
    as,
    sql: [
      `CREATE DOMAIN ${as} AS ${base}${isText ? dice.of(['', ' COLLATE "C"']) : ''}${dice.of(['', isText ? " DEFAULT 'd'" : ' DEFAULT 3'])}${checks}`.replace(
        / COLLATE "C"/,
        was === undefined ? '$&' : was.sql[0]?.includes('COLLATE') === true ? '$&' : '',
      ),
    ],
    kind: base,
    values: [isText ? "'d'" : '3'],
    shape: as,
    target: `DOMAIN ${as}`,
  };
};

const fixed =
  (text: (making: Making, as: string) => string, value: string): Maker['make'] =>
  (making) => {
    const { as, needs } = placed(making);
    return {
      needs,
      as,
      sql: making.was?.as === as ? making.was.sql : [text(making, as)],
      values: [value],
      shape: as,
      target: `TYPE ${as}`,
    };
  };

/** A type of parts; the parts of one that columns have stay. */
const composite: Maker['make'] = (making) => {
  const { was, parts, dice } = making;
  const ways = ['a integer, b text COLLATE "C"', 'a bigint, b text COLLATE "C"', 'b text COLLATE "C"', 'a integer, "c d" numeric(5,2)[]'];
  const isUsed = was !== undefined && [...parts.values()].some(({ needs }) => needs.includes(was.id));
  return fixed(
    (_, as) => `CREATE TYPE ${as} AS (${dice.of(ways)})`,
    'NULL',
  )(isUsed || was === undefined ? making : { ...making, was: { ...was, as: '' } });
};

const sequence: Maker['make'] = (making) => {
  const { dice } = making;
  const { as, needs } = placed(making);
  const owners = needs.length > 0 ? [] : tablesFor(making, quote).filter(({ piece }) => !piece.as.includes('.'));
  const owner = owners.length > 0 && dice.chance(0.2) ? dice.of(owners) : undefined;
  const column = owner === undefined ? undefined : dice.of(owner.columns);
  const lowest = dice.of(['MINVALUE 1', 'MINVALUE -5', 'MINVALUE 5']);
  const options = dice
    .some(['INCREMENT BY 2', lowest, 'MAXVALUE 30000', `START WITH ${dice.of([7, 20])}`, 'CACHE 3', 'CYCLE'], 3)
    .join(' ');
  return {
    needs: [...needs, ...(owner === undefined ? [] : [owner.piece.id, ...(column?.needs ?? [])])],
    as,
    sql: [
      `CREATE SEQUENCE ${as}${dice.of(['', ' AS integer', ' AS smallint'])}${dice.chance(0.6) ? ` ${options}` : ''}${owner === undefined ? '' : ` OWNED BY ${owner.piece.as}.${column?.as}`}`,
    ],
    shape: as,
    target: `SEQUENCE ${as}`,
  };
};

/** A function from a number to a number that may stand in defaults and checks. */
const plain: Maker['make'] = (making) => {
  const { dice } = making;
  const { as, needs } = placed(making);
  const body = dice.of([
    "LANGUAGE sql AS 'SELECT $1 + 1'",
    "LANGUAGE plpgsql AS 'BEGIN RETURN $1; -- it''s\nEND'",
    'LANGUAGE sql RETURN $1 * 2',
    "LANGUAGE sql AS $f$SELECT '1;'::text IS NULL OR true; SELECT $1$f$",
  ]);
  const options = dice
    .some([' IMMUTABLE', ' STRICT', ' SECURITY DEFINER', ' COST 7', ' PARALLEL SAFE', " SET work_mem TO '4MB'"], 3)
    .join('');
  return {
    needs,
    as,
    sql: [`CREATE FUNCTION ${as}(integer) RETURNS integer${dice.chance(0.5) ? options : ''} ${body}`],
    shape: as,
    target: `FUNCTION ${as}(integer)`,
  };
};

/** A function over a table or several arguments. */
const routine: Maker['make'] = (making) => {
  const { dice } = making;
  const { as, needs } = placed(making);
  const tables = tablesFor(making, quote);
  const from = tables.length > 0 ? dice.of(tables) : undefined;
  const one = from === undefined ? undefined : dice.of(from.columns);
  const ways = [
    {
      sql: `CREATE FUNCTION ${as}(a integer, b text DEFAULT 'x') RETURNS text LANGUAGE sql AS 'SELECT b'`,
      target: `FUNCTION ${as}(integer, text)`,
      needs: [] as readonly string[],
    },
    {
      sql: `CREATE FUNCTION ${as}(OUT a integer, OUT b text) LANGUAGE sql AS 'SELECT 1, ''b''::text'`,
      target: `FUNCTION ${as}()`,
      needs: [],
    },
    {
      sql: `CREATE FUNCTION ${as}(VARIADIC list integer[]) RETURNS integer LANGUAGE sql AS 'SELECT list[1]'`,
      target: `FUNCTION ${as}(integer[])`,
      needs: [],
    },
    { sql: `CREATE PROCEDURE ${as}(a integer) LANGUAGE plpgsql AS 'BEGIN NULL; END'`, target: `PROCEDURE ${as}(integer)`, needs: [] },
    {
      sql: `CREATE AGGREGATE ${as}(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')`,
      target: `AGGREGATE ${as}(integer)`,
      needs: [],
    },
    ...(from === undefined || one === undefined
      ? []
      : [
          {
            sql: `CREATE FUNCTION ${as}() RETURNS SETOF ${from.piece.as} LANGUAGE sql AS $f$SELECT * FROM ${from.piece.as}$f$`,
            target: `FUNCTION ${as}()`,
            needs: [from.piece.id],
          },
          {
            sql: `CREATE FUNCTION ${as}() RETURNS bigint LANGUAGE sql AS $f$SELECT count(${one.as}) FROM ${from.piece.as}$f$`,
            target: `FUNCTION ${as}()`,
            needs: [from.piece.id, ...one.needs],
          },
          {
            sql: `CREATE FUNCTION ${as}(r ${from.piece.as}) RETURNS boolean LANGUAGE sql AS 'SELECT r IS NULL'`,
            target: `FUNCTION ${as}(${from.piece.as})`,
            needs: [from.piece.id],
          },
          {
            sql: `CREATE FUNCTION ${as}() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(${one.as}) FROM ${from.piece.as}; END`,
            target: `FUNCTION ${as}()`,
            needs: [from.piece.id, ...one.needs],
          },
        ]),
  ];
  const way = dice.of(ways);
  return { needs: [...needs, ...way.needs], as, sql: [way.sql], shape: as, target: way.target };
};

const watcher: Maker['make'] = (making) => {
  const { as, needs } = placed(making);
  return {
    needs,
    as,
    sql: [
      `CREATE FUNCTION ${as}() RETURNS trigger LANGUAGE plpgsql AS ${making.dice.of(["'BEGIN RETURN COALESCE(NEW, OLD); END'", "$f$BEGIN\n  RETURN NEW; -- it's\nEND$f$"])}`,
    ],
    shape: as,
    target: `FUNCTION ${as}()`,
  };
};

/** What makes types, sequences and routines of PostgreSQL. */
export const typeMakers: Readonly<Record<string, Maker>> = {
  enum: { spot: 'statement', weight: 3, make: enumeration },
  domain: { spot: 'statement', weight: 3, make: domain },
  composite: { spot: 'statement', weight: 2, make: composite },
  range: { spot: 'statement', weight: 1, make: fixed((_, as) => `CREATE TYPE ${as} AS RANGE (subtype = double precision)`, 'NULL') },
  sequence: { spot: 'statement', weight: 3, make: sequence },
  plain: { spot: 'statement', weight: 3, make: plain },
  routine: { spot: 'statement', weight: 4, make: routine },
  watcher: { spot: 'statement', weight: 2, make: watcher },
};
