import { createConnection } from 'mysql2/promise';
import { historyTable, run } from './migrations.js';

const [url, folder, verb] = process.argv.slice(2);
const connection = await createConnection({ uri: String(url), multipleStatements: true });
await run(
  {
    rows: async () => {
      await connection.query(historyTable);
      const [rows] = await connection.query('SELECT id, checksum FROM history');
      return /** @type {{ id: string, checksum: string }[]} */ (rows);
    },
    // A structural statement commits by itself, so a transaction would be empty words.
    apply: async (sql, row) => {
      await connection.query(`${sql}; ${row}`);
    },
    close: () => connection.end(),
  },
  String(folder),
  verb === 'up',
);
