import { canonicalJson, Failure } from '../base/index.ts';
import type {
  Engine,
  HistoryTables,
  HistoryWrite,
  InsideStore,
  LogEntry,
  LoggedEntry,
  RenderedChange,
  ResultRow,
  Server,
  StoreContext,
  WayBack,
} from '../contracts/index.ts';
import { DatabaseError } from '../contracts/index.ts';
import { type HistoryRow, isFixture } from '../migration/index.ts';

export interface TableStoreOptions {
  /** The name of the history's table; the log's is made from it. */
  readonly table?: string;
  /** The namespace it lies in; the connection's own by default. */
  readonly schema?: string;
}

/** The tables, quoted, and the plain name of the first. */
interface Named extends HistoryTables {
  readonly name: { readonly schema: string; readonly name: string };
}

type Written = keyof HistoryWrite['set'] | 'id';
/** The column of each property. Columns are text but for the three numbers. */
const columns = {
  id: 'id',
  kind: 'kind',
  set: 'fixture_set',
  module: 'module',
  version: 'version',
  name: 'name',
  state: 'state',
  checksum: 'checksum',
  downChecksum: 'down_checksum',
  textHash: 'text_hash',
  file: 'file',
  format: 'format',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
  milliseconds: 'milliseconds',
  run: 'run',
  by: 'by_user',
  host: 'host',
  error: 'error',
  reason: 'reason',
  done: 'done',
  total: 'total',
  finished: 'finished',
  intent: 'intent',
  direction: 'direction',
  text: 'text',
  back: 'back',
  rendered: 'rendered',
} as const satisfies Record<Written, string>;

/** What is read of every row, and of those that are looked at closely. */
const brief: readonly Written[] = ['id', 'state', 'checksum', 'textHash', 'finishedAt', 'milliseconds', 'by'];
const large: readonly Written[] = ['text', 'back', 'rendered'];
/** What only fixtures have: a history of an older make has no such columns, and no fixtures. */
const later: readonly Written[] = ['kind', 'set'];
const whole = (Object.keys(columns) as Written[]).filter((property) => !large.includes(property) && !later.includes(property));

/** The history in two tables of the database itself: a row a migration, and an append-only log. */
export function tableStore(options: TableStoreOptions = {}): InsideStore {
  const known = new WeakMap<Server, Named>();
  const names = ({ engine, server }: StoreContext): Named => {
    const found = known.get(server);
    if (found !== undefined) return found;
    const schema = options.schema ?? server.namespace;
    const name = options.table ?? 'lockstep_history';
    if (schema === undefined) {
      throw new Failure(
        'database.no-rights',
        `"${server.user}" may use no schema of its search path, so the history cannot be looked for`,
        {
          state: 'nothing was changed',
          fix: ['grant the user USAGE on the schema of the history', 'set history.schema in lockstep.config.ts'],
        },
      );
    }
    const quoted = (table: string): string => engine.quote.name({ schema, name: table });
    const log = name.endsWith('_history') ? name.replace(/_history$/, '_log') : `${name}_log`;
    const tables = { name: { schema, name }, history: quoted(name), log: quoted(log) };
    known.set(server, tables);
    return tables;
  };
  return {
    name: 'table',
    read: async (context, ids) => {
      const table = names(context).history;
      const literal = context.engine.quote.literal;
      const select = async (properties: readonly Written[], where: string): Promise<readonly HistoryRow[]> => {
        const { rows } = await context.connection.query(
          `SELECT ${properties.map((property) => columns[property]).join(', ')} FROM ${table} WHERE ${where}`,
        );
        return rows.map((row) => toRow(row, properties));
      };
      try {
        if (ids !== undefined) {
          const properties = ids.some((id) => isFixture({ id })) ? [...whole, ...later] : whole;
          return ids.length === 0 ? [] : await select(properties, `id IN (${ids.map(literal).join(', ')})`);
        }
        const applied = await select(brief, `state = 'applied'`);
        return [...applied, ...(await select(whole, `state <> 'applied'`))];
      } catch (error) {
        return absentOrForeign(error, context, table);
      }
    },
    load: async (context, id) => {
      const { rows } = await context.connection.query(
        `SELECT ${large.join(', ')} FROM ${names(context).history} WHERE id = ${context.engine.quote.literal(id)}`,
      );
      const [row] = rows;
      const value = (column: string): string | undefined => (typeof row?.[column] === 'string' ? row[column] : undefined);
      const [text, back, rendered] = [value('text'), value('back'), value('rendered')];
      return {
        ...(text === undefined ? {} : { text }),
        ...(back === undefined ? {} : { back: JSON.parse(back) as WayBack }),
        ...(rendered === undefined ? {} : { rendered: JSON.parse(rendered) as readonly RenderedChange[] }),
      };
    },
    probe: async (context, id) => {
      const { rows } = await context.connection.query(
        `SELECT probe FROM ${names(context).history} WHERE id = ${context.engine.quote.literal(id)}`,
      );
      const probe = rows[0]?.['probe'];
      return probe === null || probe === undefined ? undefined : String(probe);
    },
    log: async (context, most) => {
      const { history, log } = names(context);
      try {
        const { rows } = await context.connection.query(
          `SELECT at, event, migration, run, by_user, host, detail FROM ${log} ORDER BY seq DESC LIMIT ${most}`,
        );
        return rows.map(toLogged);
      } catch (error) {
        return absentOrForeign(error, context, history);
      }
    },
    prepare: async (context) => {
      const { connection, engine } = context;
      const tables = names(context);
      const { rows } = await connection.query(engine.history.columns(tables.name));
      if (rows.length === 0) for (const statement of engine.history.create(tables)) await connection.query(statement);
      const there = new Set(rows.map((row) => String(row['name']).toLowerCase()));
      for (const property of rows.length === 0 ? [] : later) {
        if (there.has(columns[property])) continue;
        await connection.query(`ALTER TABLE ${tables.history} ADD COLUMN ${columns[property]} ${engine.history.shortText}`);
      }
    },
    definition: (context) => context.engine.history.create(names(context)),
    record: (context, write) => {
      const { engine } = context;
      const tables = names(context);
      const literal = (value: string | number): string => (typeof value === 'number' ? String(value) : engine.quote.literal(value));
      const set: Record<string, string> = {};
      for (const [property, value] of Object.entries(write.set) as [Written, unknown][]) {
        if (value === undefined || (value === null && write.exists === false)) continue;
        set[columns[property]] = value === null ? 'NULL' : literal(asColumn(property, value));
      }
      if (write.probe !== undefined) set['probe'] = write.probe;
      if (write.stamp !== undefined) set[columns[write.stamp]] = engine.history.now;
      if (write.began !== undefined) set[columns.milliseconds] = engine.history.elapsed(write.began);
      const statements = [rowStatement(engine, tables.history, literal(write.id), { set, exists: write.exists })];
      if (write.log !== undefined) statements.push(logged(context, tables.log, write.log));
      return statements;
    },
    forget: (context, id, log) => {
      const tables = names(context);
      return [`DELETE FROM ${tables.history} WHERE id = ${context.engine.quote.literal(id)}`, logged(context, tables.log, log)];
    },
  };
}

function rowStatement(
  engine: Engine,
  table: string,
  id: string,
  { set, exists }: { readonly set: Readonly<Record<string, string>>; readonly exists: boolean | undefined },
): string {
  if (exists === undefined) return engine.history.upsert(table, id, set);
  if (exists) return `UPDATE ${table} SET ${assignments(set)} WHERE id = ${id}`;
  return `INSERT INTO ${table} (${['id', ...Object.keys(set)].join(', ')}) VALUES (${[id, ...Object.values(set)].join(', ')})`;
}

function assignments(set: Readonly<Record<string, string>>): string {
  return Object.entries(set)
    .map(([column, value]) => `${column} = ${value}`)
    .join(', ');
}

function asColumn(property: Written, value: unknown): string | number {
  if (property === 'back' || property === 'rendered') return canonicalJson(value);
  return typeof value === 'number' ? value : String(value);
}

function logged({ engine }: StoreContext, table: string, entry: LogEntry): string {
  const values: Record<string, string> = { at: engine.history.now };
  const given = {
    event: entry.event,
    migration: entry.migration,
    run: entry.run,
    by_user: entry.by,
    host: entry.host,
    detail: entry.detail,
  };
  for (const [column, value] of Object.entries(given)) if (value !== undefined) values[column] = engine.quote.literal(value);
  return `INSERT INTO ${table} (${Object.keys(values).join(', ')}) VALUES (${Object.values(values).join(', ')})`;
}

function toLogged(row: ResultRow): LoggedEntry {
  const value = (column: string): string | undefined => (typeof row[column] === 'string' && row[column] !== '' ? row[column] : undefined);
  const found = { migration: value('migration'), run: value('run'), by: value('by_user'), host: value('host'), detail: value('detail') };
  const given = Object.fromEntries(Object.entries(found).filter(([, text]) => text !== undefined));
  return { at: String(row['at']), event: String(row['event']), ...given };
}

function toRow(row: ResultRow, properties: readonly Written[]): HistoryRow {
  const result: Record<string, unknown> = { done: 0, total: 0 };
  for (const property of properties) {
    const value = row[columns[property]];
    if (value === null || value === undefined) continue;
    result[property] = property === 'done' || property === 'total' || property === 'milliseconds' ? Number(value) : String(value);
  }
  const found = result as unknown as HistoryRow;
  return isFixture(found) ? { ...found, kind: 'fixture' } : found;
}

/** No table means no history yet. A table with other columns is somebody else's. */
async function absentOrForeign(error: unknown, context: StoreContext, table: string): Promise<undefined> {
  if (!(error instanceof DatabaseError)) throw error;
  if (context.engine.errorKind(error) === 'no-table') return undefined;
  const exists = await context.connection.query(`SELECT count(*) AS n FROM ${table} WHERE 1 = 0`).then(
    () => true,
    () => false,
  );
  if (!exists || context.engine.errorKind(error) !== 'other') throw error;
  throw new Failure('history.foreign', `the table ${table} is not a history of Lockstep`, {
    engine: { message: error.message, code: error.code },
  });
}
