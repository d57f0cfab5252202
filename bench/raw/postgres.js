import pg from 'pg';
import { historyTable, run } from './migrations.js';

const [url, folder, verb] = process.argv.slice(2);
const client = new pg.Client({ connectionString: url });
await client.connect();
await run(
  {
    rows: async () => {
      await client.query(historyTable);
      return (await client.query('SELECT id, checksum FROM history')).rows;
    },
    apply: async (sql, row) => {
      await client.query(`BEGIN; ${sql}; ${row}; COMMIT`);
    },
    close: () => client.end(),
  },
  String(folder),
  verb === 'up',
);
