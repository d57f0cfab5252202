import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ReplicateReport, replicate } from '../../src/commands/index.ts';
import { losses } from '../../src/neutral/index.ts';
import { type Flavour, makeDatabase, type TestDatabase } from '../../test/support/server/database.ts';
import { ownPrograms } from './engine.ts';
import type { Place } from './history.ts';
import { strayDifferences } from './round-trip.ts';
import { structureOf } from './structure.ts';

/** A schema with rows, and the databases that it goes through; the last one is of the first one's engine again. */
interface Journey {
  readonly id: string;
  readonly through: readonly Flavour[];
}

/** Journeys of `schemas/`. */
export const journeys: readonly Journey[] = [
  { id: 'sakila-data-mysql', through: ['mariadb', 'postgres', 'sqlite', 'mariadb'] },
  { id: 'chinook-mysql', through: ['mariadb', 'postgres', 'sqlite', 'mariadb'] },
  { id: 'chinook-postgres', through: ['postgres', 'mariadb', 'sqlite', 'postgres'] },
  { id: 'chinook-sqlite', through: ['sqlite', 'postgres', 'mariadb', 'sqlite'] },
];

const engines = { mariadb: 'mysql', postgres: 'postgres', sqlite: 'sqlite', pglite: 'postgres' } as const;

/**
 * Copies a schema with its rows from engine to engine and back. Refuses where counts or sums change on the way, and where the structure
 * differs afterwards by more than was told.
 */
export async function runJourney({ id, through }: Journey, place: Place): Promise<string> {
  const databases: TestDatabase[] = [];
  try {
    for (const flavour of through)
      databases.push(await makeDatabase(flavour, mkdtempSync(join(place.folder, 'copy-')), place.admin(flavour)));
    const [first] = databases;
    if (first === undefined) throw new Error('a journey begins somewhere');
    await load(id, first, place);
    const reports: ReplicateReport[] = [];
    for (const [i, target] of databases.entries()) {
      const source = databases[i - 1];
      if (source === undefined) continue;
      const allowLossy = Object.keys(losses);
      reports.push(await replicate({ cwd: first.folder, env: {}, yes: true, from: source.url, to: target.url, data: true, allowLossy }));
    }
    const texts = reports.map(tableText);
    if (texts.some((text) => text !== texts[0])) throw new Error(`tables changed on the way:\n${texts.join('\n')}`);
    const last = databases.at(-1) ?? first;
    const stray = strayDifferences(
      await structureOf(first),
      await structureOf(last),
      reports.flatMap(({ losses: told }) => told),
    );
    if (stray.length > 0) throw new Error(`${stray.length} differences that nobody told of:\n${stray.join('\n')}`);
    const lost = reports.map((report) => [...new Set(report.losses.map(({ name }) => name))].sort().join(',') || 'nothing');
    const rows = (reports[0]?.tables ?? []).reduce((sum, table) => sum + table.rows, 0);
    return `${rows} rows in ${reports[0]?.tables.length} tables the same on all sides, and no difference of structure but those told of; lost on the way: ${lost.join(' | ')}`;
  } finally {
    for (const database of databases) await database.drop();
  }
}

async function load(id: string, { flavour, url, folder }: TestDatabase, { corpora }: Place): Promise<void> {
  const name = new URL(url.replace(/^sqlite:/, 'file://')).pathname.slice(1);
  const files = readdirSync(join(corpora, 'schemas')).sort();
  for (const file of files.filter((one) => one === `${id}.sql` || one.startsWith(`${id}.`))) {
    const text = readFileSync(join(corpora, 'schemas', file), 'utf8');
    const copy = join(folder, file);
    // Dumps make and choose a database of their own.
    const own =
      flavour === 'mariadb'
        ? text.replaceAll(/\b(sakila|Chinook)\b/g, name)
        : text.replaceAll(/^(DROP|CREATE) DATABASE.*;$|^\\c .*$/gm, '');
    writeFileSync(copy, own);
    await ownPrograms[engines[flavour]].run(url, copy);
  }
}

function tableText({ tables }: ReplicateReport): string {
  return tables
    .map(({ table, rows, checksum }) => `${table} ${rows} ${checksum}`)
    .sort()
    .join('\n');
}
