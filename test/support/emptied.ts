import type { Connection, Server } from '../../src/contracts/index.ts';
import { postgres } from '../../src/engines/postgres/index.ts';

/** Makes a database of PostgreSQL as a new one is; making one takes longer. */
export async function emptied(connection: Connection, server: Server): Promise<void> {
  for (const sql of postgres.session.reset(server)) await connection.query(sql);
  const { rows } = await connection.query(`SELECT format('DROP EVENT TRIGGER %I CASCADE', evtname) AS sql FROM pg_event_trigger
    UNION ALL SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication
    UNION ALL SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE oid >= 16384
    UNION ALL SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    UNION ALL SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I REVOKE ALL ON %s FROM PUBLIC', defaclrole::regrole::text, CASE defaclobjtype WHEN 'r' THEN 'TABLES'
      WHEN 'S' THEN 'SEQUENCES' END) FROM pg_default_acl WHERE defaclnamespace = 0 AND defaclobjtype IN ('r', 'S')
    UNION ALL SELECT format('ALTER DEFAULT PRIVILEGES FOR ROLE %I GRANT %s TO PUBLIC', defaclrole::regrole::text, CASE defaclobjtype WHEN 'f' THEN 'EXECUTE ON ROUTINES'
      WHEN 'T' THEN 'USAGE ON TYPES' END) FROM pg_default_acl WHERE defaclnamespace = 0 AND defaclobjtype IN ('f', 'T')`);
  for (const row of rows) await connection.query(String(row['sql']));
  // As a new database has it, and with nothing that must outlive a crash of the server.
  await connection.query(`CREATE SCHEMA public AUTHORIZATION pg_database_owner; GRANT USAGE ON SCHEMA public TO PUBLIC;
    COMMENT ON SCHEMA public IS 'standard public schema'; SET synchronous_commit = off`);
}
