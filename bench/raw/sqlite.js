import { historyTable, run } from './migrations.js';

const [url, folder, verb] = process.argv.slice(2);
// The same choice as the product makes: Node's own module where there is one.
const own = /** @type {{ DatabaseSync: typeof import('libsql') } | undefined} */ (process.getBuiltinModule('node:sqlite'));
const Database = own?.DatabaseSync ?? (await import('libsql')).default;
const database = new Database(String(url).slice('sqlite:'.length));
await run(
  {
    rows: async () => {
      database.exec(historyTable);
      return /** @type {{ id: string, checksum: string }[]} */ (database.prepare('SELECT id, checksum FROM history').all());
    },
    apply: async (sql, row) => {
      database.exec(`BEGIN; ${sql}; ${row}; COMMIT`);
    },
    close: async () => {
      database.close();
    },
  },
  String(folder),
  verb === 'up',
);
