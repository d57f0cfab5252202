import { closeSync, openSync, writeSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { Failure } from '../base/index.ts';
import type { Batch, Engine } from '../contracts/index.ts';
import type { LossyMapping } from '../neutral/index.ts';
import { batchesOf, buildingOf, type CopiedTable, numbersOf, type TableCopy } from '../replicate/index.ts';
import type { Session } from '../runner/index.ts';
import { emptySchema, formatName, type RowValue, type Table, tablesOf } from '../schema/index.ts';
import type { CommonOptions } from './options.ts';
import { type Database, type Project, writtenOut } from './project.ts';
import { readSide, type SideSource, withSession } from './structure.ts';
import { fileText, scriptOf, wayFrom } from './way.ts';
import { writing } from './write.ts';

export interface ReplicateReport {
  readonly from: string;
  readonly to: string;
  readonly server: string;
  readonly dryRun: boolean;
  /** A copy that was broken off was finished. */
  readonly resumed: boolean;
  readonly objects: number;
  readonly losses: readonly LossyMapping[];
  readonly statements: readonly string[];
  /** What is in each table now, the same on both sides; empty without rows. */
  readonly tables: readonly CopiedTable[];
  /** The file that was written. */
  readonly file?: string;
}

interface FileTask {
  readonly project: Project;
  readonly options: CommonOptions;
  readonly source: SideSource;
  readonly reference: Database;
  readonly data: boolean;
  readonly dryRun: boolean;
  readonly file: string;
}

/** Writes a structure, and into SQL its rows too, as a file that the same engine runs on an empty database. */
export async function writeReplica(task: FileTask): Promise<ReplicateReport> {
  const { project, options, source, reference, data, dryRun, file } = task;
  const format = formatOf(file);
  if (data && format !== 'sql') {
    throw new Failure('usage.invalid-value', `rows are written as SQL, not as ${format}`, {
      state: 'nothing was written',
      fix: ['--to FILE.sql', 'leave --data out'],
    });
  }
  const side = await readSide(source, reference, project, options);
  const way = wayFrom(emptySchema, side.schema, reference.engine, side.server);
  const report: ReplicateReport = {
    from: side.title,
    to: file,
    server: side.server.title,
    dryRun,
    resumed: false,
    objects: side.schema.objects.size,
    losses: [],
    statements: way.statements.map(({ sql }) => sql),
    tables: [],
  };
  if (dryRun) return report;
  const path = resolve(project.base, file);
  const text = data ? '' : await fileText(format, way, { engine: reference.engine, ...writtenOut(project) });
  const handle = writing(file, () => openSync(path, 'wx'));
  try {
    if (!data) writeSync(handle, text);
    const tables = data
      ? await withSession(reference, project, options, { readOnly: true }, (session) =>
          writeAll(session, side.schema, (part) => writing(file, () => writeSync(handle, part))),
        )
      : [];
    return { ...report, tables, file };
  } finally {
    closeSync(handle);
  }
}

function formatOf(file: string): string {
  const ending = extname(file).slice(1).toLowerCase();
  return ending === 'yml' ? 'yaml' : ending;
}

async function writeAll(
  session: Session,
  schema: Parameters<typeof buildingOf>[0],
  write: (text: string) => void,
): Promise<readonly CopiedTable[]> {
  const { connection, engine } = session;
  const building = buildingOf(schema, session);
  for (const sql of engine.transfer.snapshot) await connection.query(sql);
  const statement = (sql: string): void => write(`${sql};\n`);
  for (const sql of engine.transfer.opening) statement(sql);
  for (const { statements } of building.first) write(scriptOf(statements, engine));
  for (const sql of engine.transfer.writing) statement(sql);
  const copied: CopiedTable[] = [];
  const tables = tablesOf(schema).map((table, i) => sameTable(table, i + 1));
  for (const table of tables) {
    const written = await batchesOf(table, session, session, (batch) => write(batchText(batch, engine)));
    copied.push({ table: formatName(table.to.name), ...written });
  }
  for (const sql of engine.transfer.wrote) statement(sql);
  for (const { statements } of building.last) write(scriptOf(statements, engine));
  for (const table of tables) for (const sql of await numbersOf(table, session, session)) statement(sql);
  return copied;
}

function batchText(batch: Batch, { quote }: Engine): string {
  switch (batch.kind) {
    case 'copy':
      return `${batch.sql};\n${batch.data}\\.\n`;
    case 'statement':
      return `${batch.sql};\n`;
    case 'each': {
      const head = batch.sql.slice(0, batch.sql.lastIndexOf('('));
      const rows = batch.rows.map((row) => `(${row.map((value) => quote.literal(value as RowValue)).join(', ')})`);
      return rows.map((row) => `${head}${row};\n`).join('');
    }
    case 'refused':
      throw new Failure('replicate.value', batch.why, { state: 'the file holds what was read before' });
  }
}

/** A table for another one of the same engine. */
export function sameTable(table: Table, part: number): TableCopy {
  const columns = table.columns.filter(({ generated }) => generated === undefined);
  return { part, from: table, to: table, parts: false, columns: columns.map((column) => ({ from: column, to: column, as: undefined })) };
}
