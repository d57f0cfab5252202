import { isFixture, isInDatabase } from '../../migration/index.ts';
import type { Expected } from '../../team/index.ts';
import { inWorkplace, readEntries } from '../open.ts';
import type { CommonOptions } from '../options.ts';

/** What a database has had, with the checksums as of then. Writes nothing, and needs no files. */
export async function appliedMigrations(options: CommonOptions): Promise<readonly Expected[]> {
  return (await appliedRows(options)).map(({ statements: _, ...one }) => one);
}

/** The same, with the number of statements that each had. */
export async function appliedRows(options: CommonOptions): Promise<readonly (Expected & { readonly statements: number })[]> {
  return inWorkplace(options, { command: 'team', readOnly: true }, async (workplace) => {
    const { all } = await readEntries(workplace);
    return all.flatMap(({ module, id, row }) =>
      row === undefined || !isInDatabase(row) || isFixture(row)
        ? []
        : [{ module, migration: id, checksum: row.checksum ?? '', statements: row.total }],
    );
  });
}
