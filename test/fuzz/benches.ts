import type { Flavour } from '../support/server/database.ts';
import type { Provision } from '../support/server/provide.ts';
import type { Bench } from './bench.ts';
import { sqliteBench } from './bench-sqlite.ts';

/** Where the rounds of a kind of database happen. */
export async function benchOf(flavour: Flavour, _provision: Pick<Provision, 'folder' | 'postgres' | 'mariadb'>): Promise<Bench> {
  switch (flavour) {
    case 'sqlite':
      return sqliteBench();
    default:
      throw new Error('not yet');
  }
}
