import type { GuardTexts } from '../../contracts/index.ts';
import { structureGuard } from './guard-structure.ts';
import { quote } from './quote.ts';

/** How a table and the structure are kept. https://www.postgresql.org/docs/current/sql-createtrigger.html */
export const guard: GuardTexts = {
  appendOnly: (table) => {
    const [name, refuse] = [quote.identifier(table), quote.identifier(`${table}_refuse`)];
    return [
      `CREATE FUNCTION ${refuse}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rows are only ever added to this table'; END $$`,
      `CREATE TRIGGER ${quote.identifier(`${table}_kept`)} BEFORE UPDATE OR DELETE OR TRUNCATE ON ${name} FOR EACH STATEMENT EXECUTE FUNCTION ${refuse}()`,
    ];
  },
  structure: structureGuard,
  gaps:
    'roles, databases, tablespaces, REASSIGN OWNED, TRUNCATE and whatever a superuser does with event triggers switched off pass; ' +
    'REINDEX and REFRESH MATERIALIZED VIEW change no structure and are not refused',
};
