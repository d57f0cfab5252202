import { defineConfig } from 'lockstep';

export default defineConfig({
  url: 'sqlite:./warehouse.db',
  // Two teams, two folders, one order by date.
  migrations: ['dba', 'app'],
  // Every table knows when its rows were made, unless it says otherwise.
  defaultColumns: [{ name: 'created_at', type: 'timestamp', default: { sql: 'CURRENT_TIMESTAMP' } }],
});
