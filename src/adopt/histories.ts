import { type Key, keyOf, type QualifiedName, referenceTo, type Schema, type Table, tablesOf } from '../schema/index.ts';

/** A table in which another tool keeps what it has done to a database: its name, and columns that no table of that name is without. */
interface Books {
  readonly tool: string;
  readonly table: string;
  readonly columns: readonly string[];
}

/** The tables as the tools make them when nobody gives them other names. Columns tell tools apart that use one name. */
const books: readonly Books[] = [
  { tool: 'Alembic', table: 'alembic_version', columns: ['version_num'] },
  { tool: 'Atlas', table: 'atlas_schema_revisions', columns: ['version', 'applied', 'hash'] },
  { tool: 'db-migrate', table: 'migrations', columns: ['name', 'run_on'] },
  { tool: 'Django', table: 'django_migrations', columns: ['app', 'name', 'applied'] },
  { tool: 'Doctrine', table: 'doctrine_migration_versions', columns: ['version', 'executed_at'] },
  { tool: 'Drizzle', table: '__drizzle_migrations', columns: ['hash', 'created_at'] },
  { tool: 'Entity Framework', table: '__EFMigrationsHistory', columns: ['MigrationId', 'ProductVersion'] },
  { tool: 'Flyway', table: 'flyway_schema_history', columns: ['installed_rank', 'script', 'checksum'] },
  { tool: 'golang-migrate', table: 'schema_migrations', columns: ['version', 'dirty'] },
  { tool: 'goose', table: 'goose_db_version', columns: ['version_id', 'is_applied'] },
  { tool: 'graphile-migrate', table: 'migrations', columns: ['hash', 'previous_hash', 'filename'] },
  { tool: 'Knex', table: 'knex_migrations', columns: ['name', 'batch', 'migration_time'] },
  { tool: 'Knex', table: 'knex_migrations_lock', columns: ['is_locked'] },
  { tool: 'Kysely', table: 'kysely_migration', columns: ['name', 'timestamp'] },
  { tool: 'Kysely', table: 'kysely_migration_lock', columns: ['id', 'is_locked'] },
  { tool: 'Laravel', table: 'migrations', columns: ['migration', 'batch'] },
  { tool: 'Liquibase', table: 'databasechangelog', columns: ['id', 'author', 'filename', 'md5sum'] },
  { tool: 'Liquibase', table: 'databasechangeloglock', columns: ['id', 'locked', 'lockgranted'] },
  { tool: 'MikroORM', table: 'mikro_orm_migrations', columns: ['name', 'executed_at'] },
  { tool: 'node-pg-migrate', table: 'pgmigrations', columns: ['name', 'run_on'] },
  { tool: 'Payload', table: 'payload_migrations', columns: ['name', 'batch'] },
  { tool: 'pgroll', table: 'migrations', columns: ['schema', 'name', 'migration', 'parent', 'done'] },
  { tool: 'Phinx', table: 'phinxlog', columns: ['version', 'migration_name', 'breakpoint'] },
  { tool: 'postgrator', table: 'schemaversion', columns: ['version', 'md5', 'run_at'] },
  { tool: 'postgres-migrations', table: 'migrations', columns: ['name', 'hash', 'executed_at'] },
  { tool: 'Prisma', table: '_prisma_migrations', columns: ['checksum', 'migration_name', 'applied_steps_count'] },
  { tool: 'Rails', table: 'ar_internal_metadata', columns: ['key', 'value', 'created_at'] },
  { tool: 'Sequelize', table: 'SequelizeMeta', columns: ['name'] },
  { tool: 'Supabase', table: 'schema_migrations', columns: ['version', 'statements'] },
  { tool: 'TypeORM', table: 'migrations', columns: ['timestamp', 'name'] },
  { tool: 'TypeORM', table: 'typeorm_metadata', columns: ['type', 'table', 'value'] },
  { tool: 'Rails, dbmate or Ecto', table: 'schema_migrations', columns: ['version'] },
];

/** A table that is another tool's own. */
export interface ForeignTable {
  readonly tool: string;
  readonly table: QualifiedName;
  readonly key: Key;
}

/** The tables in which other migration tools keep their histories. The case of names does not count: servers fold it in different ways. */
export function foreignHistories(schema: Schema): readonly ForeignTable[] {
  return tablesOf(schema).flatMap((table) => {
    const found = books.find((one) => isOf(one, table));
    return found === undefined ? [] : [{ tool: found.tool, table: table.name, key: keyOf(referenceTo(table)) }];
  });
}

function isOf({ table, columns }: Books, { name, columns: own }: Table): boolean {
  const names = new Set(own.map((column) => column.name.toLowerCase()));
  return name.name.toLowerCase() === table.toLowerCase() && columns.every((column) => names.has(column.toLowerCase()));
}
