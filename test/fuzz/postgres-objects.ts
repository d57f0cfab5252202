import { columnsOf, type Maker, type Making } from './blueprint.ts';
import { type Source, selection, shapeOf, sourcesOf, tablesFor } from './common.ts';
import { placed } from './postgres-tables.ts';
import { typeMakers } from './postgres-types.ts';
import { quote, remarks, tongue } from './postgres-words.ts';
import { headed } from './words.ts';

const only = (making: Making, ...makers: readonly string[]): Making['others'] =>
  making.others.filter(({ maker }) => makers.includes(maker));

/** Something that a comment or right can be put on. */
const index: Maker['make'] = (making) => {
  const { dice, as } = making;
  const tables = sourcesOf(making, quote).filter(
    ({ piece }) => piece.spot === 'table' || piece.maker === 'materialized' || piece.maker === 'partitioned',
  );
  if (tables.length === 0) return undefined;
  const { piece, columns } = dice.of(tables);
  const one = dice.of(columns);
  const at = (sql: string, needs: readonly string[], unique?: readonly string[]): ReturnType<Maker['make']> => ({
    needs: [piece.id, ...needs],
    sql: [sql],
    target: `INDEX ${piece.as.includes('.') ? `${piece.as.slice(0, piece.as.indexOf('.', piece.as.startsWith('"') ? piece.as.indexOf('"', 1) : 0))}.` : ''}${as}`,
    ...(unique === undefined ? {} : { unique, kind: 'index' }),
  });
  const special: Partial<Record<typeof one.sort, readonly string[]>> = {
    list: ['gin'],
    bytes: ['hash'],
    text: ['hash'],
    number: ['brin', 'hash'],
  };
  const method = dice.chance(0.2) ? special[one.sort] : undefined;
  if (method !== undefined) return at(`CREATE INDEX ${as} ON ${piece.as} USING ${dice.of(method)} (${one.as})`, one.needs);
  const chosen = dice.some(
    columns.filter(({ sort }) => ['number', 'text', 'date', 'truth', 'bytes'].includes(sort)),
    3,
  );
  if (chosen.length === 0) return undefined;
  const parts = chosen.map(({ as: name, sort, needs }) => {
    const ways = dice.chance(0.2) && needs.length > 0 ? tongue.computed(sort, name).filter(({ sql }) => !sql.startsWith('NOT')) : [];
    const what = ways.length > 0 ? `(${dice.of(ways).sql})` : name;
    const word = what === name && sort === 'text' ? dice.of(['', '', ' COLLATE "C"', ' text_pattern_ops']) : '';
    return `${what}${word}${dice.of(['', '', ' DESC', ' DESC NULLS LAST', ' NULLS FIRST'])}`;
  });
  const filter = dice.chance(0.3) ? dice.of(columns) : undefined;
  const conditions = filter === undefined ? [] : tongue.conditions(filter.sort, filter.as);
  const where = conditions.length === 0 || filter?.sort === 'date' ? '' : ` WHERE ${dice.of(conditions)}`;
  const unique =
    piece.spot === 'table' &&
    dice.chance(0.2) &&
    chosen.every(({ computed, sort }) => computed !== true && tongue.keySorts.includes(sort)) &&
    parts.every((part) => part.startsWith('"'));
  const needs = [...chosen.flatMap((each) => each.needs), ...(where === '' ? [] : (filter?.needs ?? []))];
  const including = dice.chance(0.15) ? one : undefined;
  const tail = `${including === undefined ? '' : ` INCLUDE (${including.as})`}${unique && dice.chance(0.3) ? ' NULLS NOT DISTINCT' : ''}${dice.of(['', '', ' WITH (fillfactor=60)'])}${where}`;
  return at(
    `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${as} ON ${piece.as} (${parts.join(', ')})${tail}`,
    [...needs, ...(including?.needs ?? [])],
    unique ? chosen.flatMap((each) => each.needs) : undefined,
  );
};

const view =
  (materialized: boolean): Maker['make'] =>
  (making) => {
    const chosen = selection(tongue, making);
    if (chosen === undefined) return undefined;
    const { dice } = making;
    const { as, needs } = placed(making);
    const { gives, header } = headed(making, chosen);
    const body = dice.of([chosen.sql, chosen.sql, `WITH w AS (${chosen.sql}) SELECT * FROM w`, `${chosen.sql} ORDER BY 1 LIMIT 5`]);
    const kind = materialized ? 'MATERIALIZED VIEW' : 'VIEW';
    const options = materialized
      ? dice.of(['', ' WITH (fillfactor=70)'])
      : dice.of(['', '', ' WITH (security_barrier=true)', ' WITH (security_invoker=true)']);
    const check =
      !materialized && body === chosen.sql && !body.includes(' JOIN ')
        ? dice.of(['', '', ' WITH LOCAL CHECK OPTION', ' WITH CASCADED CHECK OPTION'])
        : '';
    return {
      needs: [...needs, ...chosen.needs],
      as,
      sql: [`CREATE ${kind} ${as}${header}${options} AS ${body}${materialized && dice.chance(0.1) ? ' WITH NO DATA' : check}`],
      gives,
      shape: `${as} ${shapeOf(gives)}`,
      target: `${kind} ${as}`,
    };
  };

const trigger: Maker['make'] = (making) => {
  const { dice, as } = making;
  const [functions, sources] = [
    only(making, 'watcher'),
    sourcesOf(making, quote).filter(({ piece }) => piece.spot === 'table' || piece.maker === 'view'),
  ];
  if (functions.length === 0 || sources.length === 0) return undefined;
  const [run, { piece, columns }] = [dice.of(functions), dice.of(sources)];
  const one = dice.of(columns);
  const tail = `EXECUTE FUNCTION ${run.as}(${dice.of(['', "'arg'", "'it''s', '2'"])})`;
  const target = `TRIGGER ${as} ON ${piece.as}`;
  const needs = [run.id, piece.id];
  if (piece.spot !== 'table')
    return {
      needs,
      sql: [`CREATE TRIGGER ${as} INSTEAD OF ${dice.of(['INSERT', 'UPDATE OR DELETE'])} ON ${piece.as} FOR EACH ROW ${tail}`],
      target,
    };
  const ways = [
    { sql: `CREATE TRIGGER ${as} BEFORE INSERT OR UPDATE ON ${piece.as} FOR EACH ROW ${tail}`, uses: false },
    {
      sql: `CREATE TRIGGER ${as} AFTER UPDATE OF ${one.as} ON ${piece.as} FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) ${tail}`,
      uses: true,
    },
    { sql: `CREATE TRIGGER ${as} BEFORE UPDATE ON ${piece.as} FOR EACH ROW WHEN (NEW.${one.as} IS NULL) ${tail}`, uses: true },
    { sql: `CREATE CONSTRAINT TRIGGER ${as} AFTER INSERT ON ${piece.as} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW ${tail}`, uses: false },
    { sql: `CREATE TRIGGER ${as} AFTER DELETE ON ${piece.as} REFERENCING OLD TABLE AS gone FOR EACH STATEMENT ${tail}`, uses: false },
    { sql: `CREATE TRIGGER ${as} BEFORE TRUNCATE ON ${piece.as} FOR EACH STATEMENT ${tail}`, uses: false },
  ];
  const way = dice.of(ways);
  const off = dice.chance(0.15) ? [`ALTER TABLE ${piece.as} DISABLE TRIGGER ${as}`] : [];
  return { needs: [...needs, ...(way.uses ? one.needs : [])], sql: [way.sql, ...off], target };
};

const onTable =
  (
    make: (
      making: Making,
      table: Source,
    ) => { readonly sql: string; readonly target?: string; readonly needs?: readonly string[] } | undefined,
  ): Maker['make'] =>
  (making) => {
    const tables = tablesFor(making, quote);
    if (tables.length === 0) return undefined;
    const table = making.dice.of(tables);
    const made = make(making, table);
    if (made === undefined) return undefined;
    return {
      needs: [table.piece.id, ...(made.needs ?? [])],
      sql: [made.sql],
      ...(made.target === undefined ? {} : { target: made.target }),
    };
  };

const policy = onTable(({ dice, as }, { piece, columns }) => {
  const one = dice.of(columns);
  const sql = dice.of([
    `USING (${one.as} IS NOT NULL)`,
    `FOR INSERT WITH CHECK (${one.as} IS NOT NULL)`,
    `AS RESTRICTIVE FOR SELECT TO PUBLIC USING (${one.as} IS NULL OR true)`,
    `FOR UPDATE USING (true) WITH CHECK (${one.as} IS NOT NULL)`,
  ]);
  return { sql: `CREATE POLICY ${as} ON ${piece.as} ${sql}`, target: `POLICY ${as} ON ${piece.as}`, needs: one.needs };
});

const rule = onTable(({ dice, as }, { piece, columns }) => {
  const one = dice.of(columns);
  const way = dice.of(['ON UPDATE TO % DO ALSO NOTHING', `ON DELETE TO % WHERE OLD.${one.as} IS NULL DO INSTEAD NOTHING`]);
  return { sql: `CREATE RULE ${as} AS ${way.replace('%', () => piece.as)}`, target: `RULE ${as} ON ${piece.as}`, needs: one.needs };
});

const statistics = onTable(({ dice, as }, { piece, columns }) => {
  const fit = columns.filter(({ sort }) => ['number', 'text'].includes(sort));
  if (fit.length < 2) return undefined;
  const [a, b] = fit;
  return {
    sql: `CREATE STATISTICS ${as} (${dice.of(['ndistinct', 'dependencies', 'ndistinct, mcv'])}) ON ${a?.as}, ${b?.as} FROM ${piece.as}`,
    needs: [...(a?.needs ?? []), ...(b?.needs ?? [])],
  };
});

const publication = onTable(({ dice, as }, { piece }) =>
  piece.kind === 'unlogged'
    ? undefined
    : { sql: `CREATE PUBLICATION ${as} FOR TABLE ${piece.as}${dice.of(['', " WITH (publish = 'insert')"])}`, target: `PUBLICATION ${as}` },
);

/** A comment on something that has none yet. */
const comment: Maker['make'] = (making) => {
  const taken = new Set([...making.parts.values()].filter(({ maker }) => maker === 'comment').flatMap(({ needs }) => needs));
  const free = making.others.filter(
    ({ id, target }) => target !== undefined && (!taken.has(id) || making.was?.needs.includes(id) === true),
  );
  const old = free.find(({ id }) => making.was?.needs.includes(id) === true);
  if (free.length === 0) return undefined;
  const on = old ?? making.dice.of(free);
  return { needs: [on.id], sql: [`COMMENT ON ${on.target} IS ${making.dice.of(remarks)}`] };
};

const rights: Readonly<Record<string, readonly string[]>> = {
  TABLE: ['SELECT', 'INSERT, UPDATE', 'ALL', 'SELECT'],
  VIEW: ['SELECT', 'ALL'],
  SEQUENCE: ['USAGE', 'SELECT, UPDATE'],
  SCHEMA: ['USAGE', 'ALL'],
};

const grant: Maker['make'] = (making) => {
  const { dice } = making;
  const fit = making.others.filter(
    ({ target }) => rights[target?.split(' ')[0] ?? ''] !== undefined || target?.startsWith('FUNCTION') === true,
  );
  if (fit.length === 0) return undefined;
  const on = dice.of(fit);
  const target = on.target ?? '';
  if (target.startsWith('FUNCTION')) return { needs: [on.id], sql: [`REVOKE EXECUTE ON ${target} FROM PUBLIC`] };
  const what = dice.of(rights[target.split(' ')[0] ?? ''] ?? []);
  const columns = on.spot === 'table' ? columnsOf(making.parts, on.id).filter(({ id }) => making.others.some((one) => one.id === id)) : [];
  if (columns.length > 0 && dice.chance(0.3)) {
    const one = dice.of(columns);
    return { needs: [on.id, one.id], sql: [`GRANT SELECT (${one.as}) ON ${target} TO PUBLIC`] };
  }
  return {
    needs: [on.id],
    sql: [
      `GRANT ${what} ON ${target.replace('VIEW ', '').replace('MATERIALIZED ', '')} TO ${dice.of(['PUBLIC', 'pg_monitor', 'PUBLIC WITH GRANT OPTION'.slice(0, 6)])}`,
    ],
  };
};

const eventTrigger: Maker['make'] = ({ as, dice }) => ({
  needs: [],
  sql: [
    `CREATE FUNCTION ${as}() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN NULL; END'`,
    `CREATE EVENT TRIGGER ${as} ON ${dice.of(['ddl_command_end', 'sql_drop', "ddl_command_start WHEN TAG IN ('DROP TABLE')"])} EXECUTE FUNCTION ${as}()`,
  ],
  target: `EVENT TRIGGER ${as}`,
});

/** What new things of a namespace get by themselves. */
const preset: Maker['make'] = (making) => {
  const [spaces, { dice }] = [only(making, 'namespace'), making];
  if (spaces.length === 0) return undefined;
  const space = dice.of(spaces);
  const right = dice.of(['SELECT ON TABLES', 'INSERT ON TABLES', 'USAGE ON SEQUENCES']);
  return { needs: [space.id], sql: [`ALTER DEFAULT PRIVILEGES IN SCHEMA ${space.as} GRANT ${right} TO PUBLIC`] };
};

const collation: Maker['make'] = (making) => {
  const { as, needs } = placed(making);
  const ways = [`CREATE COLLATION ${as} FROM "C"`, `CREATE COLLATION ${as} (provider = libc, locale = 'POSIX')`];
  return { needs, as, sql: [making.dice.of(ways)], shape: as, target: `COLLATION ${as}` };
};

const search: Maker['make'] = (making) => {
  const { as, needs } = placed(making);
  const from = making.dice.of(['simple', 'english']);
  return {
    needs,
    as,
    sql: [`CREATE TEXT SEARCH CONFIGURATION ${as} (COPY = pg_catalog.${from})`],
    shape: as,
    target: `TEXT SEARCH CONFIGURATION ${as}`,
  };
};

/** What makes everything of PostgreSQL that is no table. */
export const objectMakers: Readonly<Record<string, Maker>> = {
  namespace: {
    spot: 'statement',
    weight: 2,
    make: ({ as }) => ({ needs: [], sql: [`CREATE SCHEMA ${as}`], shape: as, target: `SCHEMA ${as}` }),
  },
  ...typeMakers,
  trigger: { spot: 'statement', weight: 4, make: trigger },
  index: { spot: 'statement', weight: 6, make: index },
  view: { spot: 'statement', weight: 6, make: view(false) },
  materialized: { spot: 'statement', weight: 3, make: view(true) },
  policy: { spot: 'statement', weight: 2, make: policy },
  rule: { spot: 'statement', weight: 1, make: rule },
  statistics: { spot: 'statement', weight: 1, make: statistics },
  publication: { spot: 'statement', weight: 1, make: publication },
  comment: { spot: 'statement', weight: 6, make: comment },
  grant: { spot: 'statement', weight: 4, make: grant },
  eventTrigger: { spot: 'statement', weight: 1, make: eventTrigger },
  preset: { spot: 'statement', weight: 1, make: preset },
  collation: { spot: 'statement', weight: 1, make: collation },
  search: { spot: 'statement', weight: 1, make: search },
};
