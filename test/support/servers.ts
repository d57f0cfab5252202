import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A URL of a PostgreSQL server whose user may create databases, or nothing when none can be had. */
    postgresUrl: string | undefined;
    /** The same for MySQL or MariaDB. */
    mysqlUrl: string | undefined;
  }
}

/** Makes the servers that the tests need and stops them afterwards. */
export default function setup(project: TestProject): void {
  project.provide('postgresUrl', process.env['POSTGRES_URL']);
  project.provide('mysqlUrl', process.env['MYSQL_URL']);
}
