import { byText } from '../base/index.ts';
import { diff, type Finding, findings } from '../diff/index.ts';
import type { Migration } from '../migration/index.ts';
import { type Column, formatName, type Schema, tablesOf } from '../schema/index.ts';
import { sha256 } from './digest.ts';
import type { Workplace } from './open.ts';
import type { CommonOptions } from './options.ts';
import { type OnScratch, settle } from './prove.ts';
import { replay } from './replay.ts';
import { onScratch, readStructure, type Trial } from './structure.ts';

/** Where migrations are tried: a project without its hooks and books, its files, and the database that a scratch one is made like. */
export type Ground = Pick<Workplace, 'project' | 'database' | 'collected'>;

/** How many rows a table holds, and what they have in common with equal rows elsewhere. */
export interface Filled {
  readonly rows: number;
  readonly sum: string;
}

/** What migrations have made of an empty database. */
export interface Built {
  readonly schema: Schema;
  /** By table. */
  readonly rows: ReadonlyMap<string, Filled>;
}

/** Work on a scratch database on which migrations can be run one list after another. */
export function building<T>(
  ground: Ground,
  options: CommonOptions,
  work: (run: (migrations: readonly Migration[]) => Promise<Built>, there: Workplace) => Promise<T>,
): Promise<T> {
  return onScratch(ground.database, ground.project, options, (session) => {
    const there: Workplace = { ...ground, session, close: () => Promise.resolve() };
    const run = async (migrations: readonly Migration[]): Promise<Built> => {
      const failed = migrations.length === 0 ? undefined : await replay(there, migrations, options);
      if (failed !== undefined) throw failed.with({ state: 'nothing was changed; it was tried on a scratch database' });
      const schema = await readStructure(session);
      return { schema, rows: await rowsOf(session, schema) };
    };
    return work(run, there);
  });
}

async function rowsOf({ connection, engine }: Trial, schema: Schema): Promise<Built['rows']> {
  const filled = new Map<string, Filled>();
  for (const table of tablesOf(schema)) {
    const columns = table.columns.filter(({ generated }) => generated === undefined).toSorted((a, b) => byText(a.name, b.name));
    const readings = columns.map((column) => engine.transfer.read(column, undefined));
    const selected = readings.map(({ sql }, i) => `${sql} AS c${i}`).join(', ') || '1';
    const { rows } = await connection.query(`SELECT ${selected} FROM ${engine.transfer.from(table, false)}`);
    const texts = rows.map((row) =>
      JSON.stringify(
        columns.map((column, i) => {
          const value = row[`c${i}`];
          if (value === null || value === undefined) return null;
          if (differsByItself(column)) return '';
          return readings[i]?.text?.(value) ?? String(value);
        }),
      ),
    );
    filled.set(formatName(table.name), { rows: rows.length, sum: sha256(texts.sort().join('\n')) });
  }
  return filled;
}

/** What another run of the same statements may fill with something else: of these only counts whether there is a value. */
function differsByItself({ identity, default: given, type }: Column): boolean {
  return identity !== undefined || (given !== undefined && 'sql' in given) || ['date', 'time', 'timestamp'].includes(type.kind);
}

/** A table whose rows are not the same. */
export interface OtherRows {
  readonly table: string;
  /** By the migrations. */
  readonly wanted: number;
  /** By the installer. */
  readonly found: number;
}

/** The tables of which two databases hold other rows; a table that only one has is a matter of the structure. */
export function otherRows(wanted: Built, found: Built): readonly OtherRows[] {
  return [...wanted.rows].flatMap(([table, { rows, sum }]) => {
    const other = found.rows.get(table);
    return other === undefined || other.sum === sum ? [] : [{ table, wanted: rows, found: other.rows }];
  });
}

/** In what two structures of one build differ, after the engine has read its own words again; another order of columns is no difference. */
export async function differing(wanted: Schema, found: Schema, { database }: Ground, scratch: OnScratch): Promise<readonly Finding[]> {
  const { engine } = database;
  const { before, after } = await settle(wanted, found, scratch);
  const all = findings(before, after, engine.diff);
  if (all.length > 0) return all;
  // What a name alone does not tell apart is told by the way between them.
  const way = diff(before, after, engine.diff);
  if ('refused' in way || way.changes.length === 0) return [];
  return [
    {
      key: 'structure',
      sign: '~',
      kind: 'structure',
      name: way.changes.map(({ kind }) => kind).join(', '),
      aliases: [],
      differing: [],
      with: [],
    },
  ];
}

/** A finding as a line: `- column pages.title`, `~ index pages_slug (unique)`. */
export function findingLine({ sign, kind, name, differing: properties }: Finding): string {
  const which = properties.map(({ property }) => property).join(', ');
  return `${sign} ${kind} ${name}${which === '' ? '' : ` (${which})`}`;
}
