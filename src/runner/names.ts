import { closest, Failure, type Place } from '../base/index.ts';
import type { Server, SourcedChange } from '../contracts/index.ts';
import { bookName, booksOf } from '../plan/index.ts';
import { type Change, formatReference, type RowReference, referencesOf } from '../schema/index.ts';
import type { Session } from './session.ts';

/** The names of rows that migrations meet one after another: those of the database, and those that migrations before will give. */
export interface NameView {
  /** Finds references to rows without such a name, and names that are taken; the changes come back knowing whether names go with tables. */
  follow(changes: readonly SourcedChange[]): Promise<{ readonly changes: readonly SourcedChange[]; readonly problems: readonly Failure[] }>;
  /** Something will run that may name rows, or take names away: from now on only the database can tell. */
  lose(): void;
}

/** What is known of the names, and of the tables that keep them. */
interface Known {
  /** Which change gives a name, by table and name; nothing for those of the database. */
  readonly owners: Map<string, string>;
  there: boolean;
}

/** Reads the names once, when the first change asks for them. */
export function nameView(session: Session): NameView {
  let known: Known | undefined;
  let lost = false;
  return {
    lose: () => {
      lost = true;
    },
    follow: async (changes) => {
      if (!changes.some(({ change }) => isConcerned(change))) return { changes, problems: [] };
      known ??= await load(session);
      const problems: Failure[] = [];
      const followed: SourcedChange[] = [];
      for (const sourced of changes) {
        followed.push(carried(sourced, known, session.server));
        const found = problemsOf(sourced, known, session.server);
        if (!lost) problems.push(...found);
      }
      return { changes: followed, problems };
    },
  };
}

/** The change, told whether names go with the table that it renames or drops. */
function carried(sourced: SourcedChange, { owners, there }: Known, server: Server): SourcedChange {
  const { change } = sourced;
  if (change.kind === 'renameTable') move(owners, bookName(change.from, server), bookName(change.to, server));
  return there && (change.kind === 'renameTable' || change.kind === 'dropTable') ? { ...sourced, carries: true } : sourced;
}

function problemsOf({ change, at, under, retakes }: SourcedChange, known: Known, server: Server): readonly Failure[] {
  const { owners } = known;
  const owner = under === undefined ? '' : `${under.migration}\0${under.number}`;
  const id = ({ table, name }: RowReference): string => `${bookName(table, server)}\0${name}`;
  const problems: Failure[] = [];
  for (const [references, names] of stages(change)) {
    const missing = references.filter((reference) => !owners.has(id(reference)));
    problems.push(...missing.map((reference) => unknown(reference, [...owners.keys()], at)));
    for (const name of names) {
      const taken = owners.get(id(name));
      if (change.kind === 'insertRows' && taken !== undefined && taken !== owner && !(retakes === true && taken === ''))
        problems.push(isTaken(name, at));
      owners.set(id(name), owner);
      known.there = true;
    }
  }
  return problems;
}

function isConcerned(change: Change): boolean {
  if (change.kind === 'renameTable' || change.kind === 'dropTable') return true;
  return referencesOf(change).length > 0 || ('names' in change && change.names !== undefined);
}

/** What a change asks for and what it names, in turn: a row that is inserted may ask for those before it, one of an upsert may not. */
function stages(change: Change): readonly (readonly [readonly RowReference[], readonly RowReference[]])[] {
  if (change.kind !== 'insertRows' && change.kind !== 'upsertRows') return [[referencesOf(change), []]];
  const { table, rows, names } = change;
  const named = (name: string | null | undefined): readonly RowReference[] => (typeof name === 'string' ? [{ table, name }] : []);
  if (change.kind === 'upsertRows') return [[referencesOf(change), (names ?? []).flatMap(named)]];
  return rows.map((row, i) => [referencesOf({ kind: 'insertRows', table, rows: [row] }), named(names?.[i])] as const);
}

async function load(session: Session): Promise<Known> {
  const { connection, engine, server } = session;
  const books = booksOf(engine, server);
  const { rows } = await connection.query(engine.books.exists(books));
  if (rows.length === 0) return { owners: new Map(), there: false };
  const found = await connection.query(`SELECT DISTINCT table_name, name FROM ${books.names}`);
  return { owners: new Map(found.rows.map((row) => [`${String(row['table_name'])}\0${String(row['name'])}`, ''])), there: true };
}

function move(owners: Map<string, string>, from: string, to: string): void {
  for (const [key, owner] of [...owners]) {
    const [table, name] = key.split('\0');
    if (table !== from) continue;
    owners.delete(key);
    owners.set(`${to}\0${name ?? ''}`, owner);
  }
}

function unknown(reference: RowReference, known: readonly string[], at: Place | undefined): Failure {
  const shown = formatReference(reference);
  const candidates = known.map((key) => `@${key.replace('\0', '.')}`);
  const near = closest(shown, candidates);
  return new Failure('reference.unknown', `no row is called ${shown} when this runs`, {
    ...(at === undefined ? {} : { place: at }),
    fix: [
      ...(near === undefined ? [] : [`did you mean ${near}?`]),
      'name the row before it is asked for: { "@": "name", … } in insert or upsert',
      `write @${shown} where the text is meant`,
    ],
  });
}

function isTaken(reference: RowReference, at: Place | undefined): Failure {
  return new Failure('reference.taken', `a row is called ${formatReference(reference)} already`, at === undefined ? {} : { place: at });
}
