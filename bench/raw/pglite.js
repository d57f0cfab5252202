import { PGlite } from '@electric-sql/pglite';
import { historyTable, run } from './migrations.js';

const [url, folder, verb] = process.argv.slice(2);
const database = await PGlite.create({ dataDir: String(url).slice('pglite:'.length) });
await run(
  {
    rows: async () => {
      await database.exec(historyTable);
      const { rows } = await database.query('SELECT id, checksum FROM history');
      return /** @type {{ id: string, checksum: string }[]} */ (rows);
    },
    apply: async (sql, row) => {
      await database.exec(`BEGIN; ${sql}; ${row}; COMMIT`);
    },
    close: () => database.close(),
  },
  String(folder),
  verb === 'up',
);
