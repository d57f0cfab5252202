import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Flavour, isServed, makeDatabase, type TestDatabase } from '../test/support/server/database.ts';
import type { Provision } from '../test/support/server/provide.ts';
import { type Measured, measure, measureProgram } from './measure.ts';
import type { Row } from './table.ts';
import type { Workload } from './workloads.ts';

interface Bench {
  readonly runs: number;
  readonly provision: Provision;
  readonly program: string;
}

/** The engine's own bulk loader, as a command of the shell; an embedded PostgreSQL has none of its own. */
const loaders: { readonly [F in Flavour]?: readonly [name: string, command: (url: string, file: string) => string] } = {
  postgres: ['psql \\copy', (url, file) => `psql -X -q -v ON_ERROR_STOP=1 -d '${url}' -c "\\copy page FROM '${file}' CSV HEADER"`],
  mariadb: [
    'LOAD DATA',
    (url, file) => {
      const { hostname, port, username, pathname } = new URL(url);
      const load = `LOAD DATA LOCAL INFILE '${file}' INTO TABLE page CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\\"' ESCAPED BY '' IGNORE 1 LINES`;
      return `mariadb --no-defaults --local-infile=1 --host=${hostname} --port=${port} --user=${username} -e "${load}" ${pathname.slice(1)}`;
    },
  ],
  sqlite: ['.import', (url, file) => `sqlite3 '${url.replace(/^sqlite:(\/\/)?/, '')}' '.mode csv' '.import --skip 1 ${file} page'`],
};

/** Loads a CSV file of so many rows as a fixture, in turns with the engine's own loader; each into an empty table. */
export async function measureFixtures(flavour: Flavour, workload: Workload, { runs, provision, program }: Bench): Promise<Row> {
  const [against, command] = loaders[flavour] ?? [];
  if (against === undefined || command === undefined) throw new Error(`"${flavour}" has no loader to be held against`);
  const results = { raw: [] as Measured[], lockstep: [] as Measured[] };
  const project = mkdtempSync(join(provision.folder, 'fixtures-'));
  for (const folder of ['migrations', 'fixtures']) mkdirSync(join(project, folder));
  const text = flavour === 'mariadb' ? 'varchar(120) CHARACTER SET utf8mb4' : 'text';
  writeFileSync(
    join(project, 'migrations/001_page.sql'),
    `CREATE TABLE page (id integer PRIMARY KEY, title ${text} NOT NULL, note ${text}, price decimal(10,2), seen timestamp);\n`,
  );
  const file = join(project, 'fixtures/page.csv');
  await writeRows(file, workload.size);
  const onto = async (side: keyof typeof results, work: (target: TestDatabase) => Promise<Measured>): Promise<void> => {
    const provided = isServed(flavour) ? provision[flavour] : { url: '' };
    if ('missing' in provided) throw new Error(`no server "${flavour}": ${provided.missing}`);
    const target = await makeDatabase(flavour, mkdtempSync(join(provision.folder, 'loaded-')), provided.url);
    await measure([program, 'up', '--url', target.url], project);
    results[side].push(await work(target));
    await expectRows(target, workload.size);
    await target.drop();
  };
  for (let i = 0; i < runs; i++) {
    await onto('raw', ({ url }) => measureProgram('sh', ['-c', command(url, file)]));
    await onto('lockstep', ({ url }) => measure([program, ...workload.args, '--url', url], project));
  }
  return { workload, flavour, against, ...results };
}

async function writeRows(path: string, size: number): Promise<void> {
  const file = createWriteStream(path);
  file.write('id,title,note,price,seen\n');
  for (let from = 0; from < size; from += 1000) {
    let text = '';
    for (let i = from + 1; i <= Math.min(from + 1000, size); i++)
      text += `${i},page number ${i},"a note, ""quoted"", of row ${i}",${(i % 10_000) / 100},2026-01-${String((i % 28) + 1).padStart(2, '0')} 10:00:00\n`;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** A load that lacks rows would be the fastest. */
async function expectRows(database: TestDatabase, size: number): Promise<void> {
  const connection = await database.connect();
  const found = Number((await connection.query('SELECT count(*) AS n FROM page')).rows[0]?.['n']);
  await connection.close();
  if (found !== size) throw new Error(`${found} of ${size} rows were loaded`);
}
