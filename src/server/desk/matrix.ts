import type { MatrixCell, MatrixReport } from '../../commands/index.ts';

/**
 * Migrations by databases as pages take them: thousands of migrations on hundreds of databases are millions of cells, so each is one letter of a
 * text with one for each database. `.` nothing is known, `a` applied, `p` pending, `f` failed, `c` covered, `b` baseline, `r` taken back; a capital
 * letter where something of it does not fit.
 */
export interface ShownMatrix extends Omit<MatrixReport, 'migrations'> {
  readonly migrations: readonly {
    readonly module: string;
    readonly id: string;
    readonly version: string;
    readonly name: string;
    readonly cells: string;
  }[];
}

export function shownMatrix({ migrations, ...rest }: MatrixReport): ShownMatrix {
  return { ...rest, migrations: migrations.map(({ cells, ...one }) => ({ ...one, cells: cells.map(letter).join('') })) };
}

function letter(cell: MatrixCell | null): string {
  if (cell === null) return '.';
  const first = cell.state.slice(0, 1);
  return cell.flags.length > 0 || cell.partial ? first.toUpperCase() : first;
}
