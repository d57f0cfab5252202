import { type Connection, DatabaseError, type Driver, type Engine, type Server, type Target } from './contracts/index.ts';
import { renderChanges } from './plan/index.ts';
import { ask } from './runner/index.ts';
import { type Change, emptySchema, type Schema, type Table, tableKey, tableOf } from './schema/index.ts';
import type { Nonconformity } from './testing-files.ts';

/** An empty database of its own to try an engine on, and a driver that reaches it. */
export interface EngineSample {
  readonly driver: Driver;
  readonly target: Target;
}

/** A name that any quoting would spoil. */
const odd = 'select "from" ünï';
const text = `it's "quoted" \\ back -- ünï`;

const parent: Table = {
  kind: 'table',
  name: { name: `${odd} parent` },
  columns: [
    { name: 'id', type: { kind: 'integer', bits: 64 }, nullable: false },
    { name: odd, type: { kind: 'string', length: 80 }, nullable: true },
  ],
  constraints: [{ kind: 'primaryKey', columns: ['id'] }],
  indexes: [],
  options: {},
};
const child: Table = {
  ...parent,
  name: { name: 'lockstep_conformance' },
  columns: [...parent.columns, { name: 'parent_id', type: { kind: 'integer', bits: 64 }, nullable: true }],
};

/**
 * Tries an engine on an empty database, and gives everything that it does otherwise than the contract says; nothing when it keeps it. Its tables
 * are dropped again where it can drop them.
 */
export async function conformEngine(engine: Engine, { driver, target }: EngineSample): Promise<readonly Nonconformity[]> {
  const found: Nonconformity[] = [];
  const rule = async (name: string, work: () => Promise<readonly [holds: boolean, seen: unknown]>): Promise<void> => {
    try {
      const [holds, seen] = await work();
      if (!holds)
        found.push({
          rule: name,
          found: JSON.stringify(seen, (_, value) => (typeof value === 'bigint' ? String(value) : value)) ?? 'nothing',
        });
    } catch (error) {
      found.push({ rule: name, found: error instanceof Error ? error.message : String(error) });
    }
  };
  const connection = await driver.connect(target, { label: 'lockstep conformance' });
  try {
    for (const statement of engine.session.start) await connection.query(statement);
    const server = await ask(connection, engine.identify());
    await tryTexts(engine, server, rule);
    await tryStructure({ engine, server, connection }, rule);
  } catch (error) {
    found.push({ rule: 'it can be connected to, and says who it is', found: error instanceof Error ? error.message : String(error) });
  } finally {
    await connection.close();
  }
  return found;
}

type Rule = (name: string, work: () => Promise<readonly [holds: boolean, seen: unknown]>) => Promise<void>;

/** What an engine knows of its texts, without a database. */
async function tryTexts(engine: Engine, server: Server, rule: Rule): Promise<void> {
  await rule('the server has a title, a version and a database', async () => [
    server.title !== '' && server.version.length > 0 && server.database !== '',
    server,
  ]);
  await rule('a script is cut at semicolons, not in texts and comments', async () => {
    const first = `SELECT ${engine.quote.literal(`a;b ${text}`)} -- c;d`;
    const { statements, problems } = engine.split(`${first}\n;\nSELECT 2;\n`);
    return [statements.length === 2 && problems.length === 0 && statements[1]?.sql.includes('SELECT 2') === true, statements];
  });
  await rule('scripts that differ in comments and white space only have the same tokens, others not', async () => {
    const tokens = [engine.tokens('SELECT 1'), engine.tokens('/* a */ SELECT\n  1 -- b\n'), engine.tokens('SELECT 2')];
    return [tokens[0] === tokens[1] && tokens[0] !== tokens[2], tokens];
  });
  await rule('statements are told apart by what they do', async () => {
    const name = engine.quote.name(child.name);
    const families = [`CREATE TABLE ${name} (id integer)`, `INSERT INTO ${name} VALUES (1)`, 'SELECT 1'].map(
      (sql) => engine.classify(sql, server).family,
    );
    return [families.join() === 'structure,rows,query', families];
  });
  await rule('dropping a table is known to lose it', async () => {
    const { risks } = engine.classify(`DROP TABLE ${engine.quote.name(child.name)}`, server);
    return [risks.some(({ kind }) => kind === 'loses'), risks];
  });
  await rule('the statements of a transaction are known', async () => {
    const kinds = ['BEGIN', 'COMMIT', 'ROLLBACK', 'SELECT 1'].map((sql) => engine.transactionControl(sql));
    return [kinds[0] === 'begin' && kinds[1] !== undefined && kinds[2] !== undefined && kinds[3] === undefined, kinds];
  });
}

interface Tried {
  readonly engine: Engine;
  readonly server: Server;
  readonly connection: Connection;
}

/** What it makes of a database: tables with names that any quoting would spoil, what reading gives of them, and the way back. */
async function tryStructure({ engine, server, connection }: Tried, rule: Rule): Promise<void> {
  let known: Schema = emptySchema;
  const apply = async (...changes: readonly Change[]): Promise<void> => {
    const rendered = renderChanges(
      changes.map((change) => ({ change })),
      engine,
      server,
      known,
    );
    const [problem] = rendered.problems;
    if (problem !== undefined) throw problem;
    for (const { sql } of rendered.statements) await connection.query(sql);
    known = rendered.after;
  };
  const read = (): Promise<Schema> => ask(connection, engine.inspect(server));
  const fingerprint = (): Promise<string> => ask(connection, engine.fingerprint(server));
  const probe = async (): Promise<unknown> => {
    const { rows } = await connection.query(`SELECT ${engine.probe([tableKey(child.name)], server)} AS probe`);
    return rows[0]?.['probe'];
  };
  await rule('a table that was made is read as it was meant, whatever its names are', async () => {
    await apply({ kind: 'createTable', table: parent }, { kind: 'createTable', table: child });
    const seen = tableOf(await read(), parent.name);
    const columns = seen?.columns.map(({ name, nullable }) => [name, nullable]);
    const key = seen?.constraints.find(({ kind }) => kind === 'primaryKey');
    return [
      JSON.stringify(columns) === JSON.stringify(parent.columns.map(({ name, nullable }) => [name, nullable])) && key !== undefined,
      seen,
    ];
  });
  await rule('a structure that was not changed has the same fingerprint, a changed one another', async () => {
    const before = [await fingerprint(), await fingerprint(), await probe()];
    await apply({ kind: 'addColumn', table: child.name, column: { name: 'added', type: { kind: 'integer', bits: 32 }, nullable: true } });
    const after = [await fingerprint(), await probe()];
    return [before[0] === before[1] && before[0] !== after[0] && before[2] !== after[1], [before, after]];
  });
  await rule('a row comes back as it was given', async () => {
    await apply({ kind: 'insertRows', table: parent.name, rows: [{ id: 1, [odd]: text }] });
    const { rows } = await connection.query(`SELECT ${engine.quote.identifier(odd)} AS given FROM ${engine.quote.name(parent.name)}`);
    return [rows[0]?.['given'] === text, rows];
  });
  await rule('what would be lost is counted', async () => {
    const losses = await ask(connection, engine.losses([{ what: 'table', table: parent.name }], server));
    return [losses.some(({ rows }) => rows === 1), losses];
  });
  await rule('a table that is not there, and a statement that is none, are told apart from a lost connection', async () => {
    const kinds: string[] = [];
    for (const sql of [`SELECT * FROM ${engine.quote.identifier('lockstep_nowhere')}`, 'SELEKT 1']) {
      const error = await connection.query(sql).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      kinds.push(error instanceof DatabaseError ? engine.errorKind(error) : String(error));
    }
    return [kinds[0] === 'no-table' && kinds[1] === 'syntax', kinds];
  });
  await rule('what was made can be dropped, and is gone then', async () => {
    await apply({ kind: 'dropTable', table: child.name }, { kind: 'dropTable', table: parent.name });
    const left = [...(await read()).objects.keys()];
    return [!left.includes(tableKey(child.name)) && !left.includes(tableKey(parent.name)), left];
  });
}
