/** Suites for plug-ins, for any test runner: each gives what a plug-in does otherwise than its contract says. */
import { type HistoryWrite, isOutside, type LogEntry, type PlainWrite, type Store, type StoreContext } from './contracts/index.ts';
import type { HistoryRow } from './migration/index.ts';
import type { Nonconformity } from './testing-files.ts';

export { conformDriver, type DriverSample } from './testing-driver.ts';
export { conformEngine, type EngineSample } from './testing-engine.ts';
export { conformFormat, conformSource, type FormatSample, type Nonconformity } from './testing-files.ts';

const log: LogEntry = { event: 'mark', run: 'conformance', by: 'conformance', host: 'conformance' };
/** A text that any quoting, encoding or line handling would spoil. */
const awkward = `it's "quoted" \\ back\nnew line, ünï → 漢字, NULL, {"a": [1]} -- '`;

/**
 * Tries a store on a database of its own whose history has never been set up, and gives everything that it does otherwise than the
 * contract says; nothing when it keeps it. It leaves its rows there.
 */
export async function conformStore(store: Store, context: StoreContext): Promise<readonly Nonconformity[]> {
  const found: Nonconformity[] = [];
  const expect = (rule: string, holds: boolean, seen: unknown): void => {
    if (!holds) found.push({ rule, found: JSON.stringify(seen) ?? 'nothing' });
  };
  const rule = async (name: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      found.push({ rule: name, found: error instanceof Error ? error.message : String(error) });
    }
  };
  const only = async (id: string): Promise<HistoryRow | undefined> => (await store.read(context, [id]))?.find((row) => row.id === id);
  await rule('a history that was never set up reads as nothing, and reading makes none', async () => {
    const before = [await store.read(context), await store.read(context)];
    expect(
      'a history that was never set up reads as nothing, and reading makes none',
      before.every((rows) => rows === undefined),
      before,
    );
  });
  await rule('setting up twice is setting up once, and gives an empty history', async () => {
    await store.prepare(context);
    await store.prepare(context);
    const rows = await store.read(context);
    expect('setting up twice is setting up once, and gives an empty history', rows?.length === 0, rows);
  });
  await rule('a row is read as it was written', async () => {
    await tell(store, context, { id: 'a/v1/01_x', set: { ...identity, error: awkward }, exists: false, log });
    const row = await only('a/v1/01_x');
    expect('a row is read as it was written', row?.error === awkward && row.state === 'failed' && row.done === 1 && row.total === 3, row);
    expect(
      'setting up again keeps what is there',
      await store.prepare(context).then(async () => (await only('a/v1/01_x')) !== undefined),
      row,
    );
  });
  await rule('a write changes what it gives, empties what is null, and keeps the rest', async () => {
    await tell(store, context, { id: 'a/v1/01_x', set: { state: 'applied', error: null, done: 0, total: 0 }, exists: true, log });
    const row = await only('a/v1/01_x');
    const kept = row?.checksum === identity.checksum && row.module === 'a' && row.state === 'applied' && row.error === undefined;
    expect('a write changes what it gives, empties what is null, and keeps the rest', kept, row);
  });
  await rule('a write without knowledge of the row makes it, or changes it', async () => {
    for (const state of ['covered', 'baseline'] as const) await tell(store, context, { id: 'b', set: { ...identity, state }, log });
    const rows = await store.read(context);
    const states = rows?.map((row) => `${row.id} ${row.state}`).sort();
    expect('a write without knowledge of the row makes it, or changes it', String(states) === 'a/v1/01_x applied,b baseline', states);
  });
  await rule('what is large is loaded by itself, and nothing of a row that is not there', async () => {
    const back = { kind: 'statements', statements: ['DROP TABLE a', awkward] } as const;
    const rendered = [{ digest: 'd', statements: ['x'] }];
    await tell(store, context, { id: 'b', set: { back, rendered }, exists: true, log });
    const [loaded, none] = [await store.load(context, 'b'), await store.load(context, 'nowhere')];
    const same = JSON.stringify(loaded.back) === JSON.stringify(back) && JSON.stringify(loaded.rendered) === JSON.stringify(rendered);
    expect('what is large is loaded by itself, and nothing of a row that is not there', same && Object.keys(none).length === 0, {
      loaded,
      none,
    });
  });
  await rule('only the rows that are asked for are read', async () => {
    const rows = await store.read(context, ['b', 'nowhere']);
    expect('only the rows that are asked for are read', rows?.length === 1 && rows[0]?.id === 'b', rows);
    const none = await store.read(context, []);
    expect('only the rows that are asked for are read', none?.length === 0, none);
  });
  await rule('the probe is kept as it was, also when the row changes', async () => {
    await tell(store, context, { id: 'b', set: { state: 'failed' }, probe: `'before'`, exists: true, log });
    await tell(store, context, { id: 'b', set: { state: 'applied' }, exists: true, log });
    const probe = await store.probe(context, 'b');
    expect('the probe is kept as it was, also when the row changes', probe === 'before', probe);
  });
  await rule('a row that leaves is gone, and the others stay', async () => {
    await forget(store, context, 'b');
    const rows = await store.read(context);
    expect('a row that leaves is gone, and the others stay', rows?.length === 1 && rows[0]?.id === 'a/v1/01_x', rows);
  });
  return found;
}

const identity = { module: 'a', version: 'v1', name: 'x', state: 'failed', checksum: 'c'.repeat(64), done: 1, total: 3 } as const;

async function tell(store: Store, context: StoreContext, write: HistoryWrite): Promise<void> {
  if (!isOutside(store)) {
    for (const sql of store.record(context, write)) await context.connection.query(sql);
    return;
  }
  const { id, set, probe, log: entry } = write;
  const plain: PlainWrite = {
    id,
    set,
    ...(probe === undefined ? {} : { probe: probe.replaceAll("'", '') }),
    ...(entry === undefined ? {} : { log: entry }),
  };
  await store.write(context, [plain]);
}

async function forget(store: Store, context: StoreContext, id: string): Promise<void> {
  if (isOutside(store)) await store.write(context, [{ forget: id, log }]);
  else for (const sql of store.forget(context, id, log)) await context.connection.query(sql);
}
