import type { MatrixCell, MatrixReport } from '../../commands/index.ts';
import { columns, type Terminal } from '../terminal.ts';

/** Migrations by databases: those that are not the same everywhere, or all. */
export function showMatrix({ databases, migrations }: MatrixReport, terminal: Terminal, { all }: { readonly all: boolean }): void {
  const { out } = terminal;
  if (databases.length === 0) {
    terminal.print('The configuration has no environments.');
    return;
  }
  const cellOf = (cell: MatrixCell | null): string => {
    if (cell === null) return out.dim('?');
    const more = [...cell.flags, ...(cell.partial ? ['partial'] : [])].join(' ');
    if (cell.state === 'failed') return out.red(`${out.sign.fail} ${more}`.trim());
    const isThere = cell.state === 'applied' || cell.state === 'covered' || cell.state === 'baseline';
    const text = `${isThere ? out.green(out.sign.ok) : out.yellow('-')} ${more}`.trim();
    return text;
  };
  const differing = migrations.filter(({ cells }) => !cells.every((cell) => cell !== null && cell.flags.length === 0 && isApplied(cell)));
  const shown = all ? migrations : differing;
  const heads = databases.map(({ name, protected: isProtected }) => `${name}${isProtected ? ' !' : ''}`);
  const rows = shown.map(({ id, cells }) => [id, ...cells.map(cellOf)]);
  const totals = databases.map(({ counts }) =>
    counts === undefined ? 'not reached' : `${counts.applied} applied, ${counts.pending} pending`,
  );
  for (const line of columns([['', ...heads], ...rows, ['', ...totals]])) terminal.print(line);
  for (const { name, problem } of databases)
    if (problem !== undefined) terminal.note(`${out.red(out.sign.fail)} ${name}: ${problem.message}`);
  if (!all && shown.length < migrations.length)
    terminal.print(out.dim(`${migrations.length - shown.length} are applied everywhere: --all shows them`));
}

function isApplied({ state }: MatrixCell): boolean {
  return state === 'applied' || state === 'covered' || state === 'baseline';
}
