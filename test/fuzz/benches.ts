import type { Flavour } from '../support/server/database.ts';
import type { Provision } from '../support/server/provide.ts';
import type { Bench } from './bench.ts';
import { mariadbBench } from './bench-mariadb.ts';
import { postgresBench } from './bench-postgres.ts';
import { sqliteBench } from './bench-sqlite.ts';

/** Where the rounds of a kind of database happen. */
export function benchOf(flavour: Flavour, { folder, postgres, mariadb }: Pick<Provision, 'folder' | 'postgres' | 'mariadb'>): Bench {
  switch (flavour) {
    case 'sqlite':
      return sqliteBench();
    case 'pglite':
      return postgresBench('pglite', folder, '');
    case 'postgres':
      if ('missing' in postgres) throw new Error(postgres.missing);
      return postgresBench('postgres', folder, postgres.url);
    case 'mariadb':
      if ('missing' in mariadb) throw new Error(mariadb.missing);
      return mariadbBench(folder, mariadb.url);
  }
}
