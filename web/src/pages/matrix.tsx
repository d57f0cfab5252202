import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useDeferredValue, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Answer } from '../api/client.ts';
import { useAsk } from '../api/queries.ts';
import { Answered } from '../parts/answers.tsx';
import { Empty, Page } from '../parts/basics.tsx';
import { isThere, plural } from '../parts/words.tsx';
import '../styles/matrix.css';

type Report = Answer<'databases'>;
type Cell = Report['migrations'][number]['cells'][number];

/** Every migration on every database. Only what is in sight is in the page, however many there are. */
export default function Matrix(): ReactNode {
  const query = useAsk('databases', {});
  return (
    <Page title="Matrix" terminal="lockstep status --env all">
      <Answered query={query}>
        {(report) =>
          report.migrations.length === 0 ? (
            <Empty>
              <p>There are no migrations yet, so there is nothing that a database could lack.</p>
            </Empty>
          ) : (
            <Grid report={report} />
          )
        }
      </Answered>
    </Page>
  );
}

const rowHeight = 28;
const columnWidth = 96;
const nameWidth = 300;

function Grid({ report }: { readonly report: Report }): ReactNode {
  const [typed, setTyped] = useState('');
  const [onlyMissing, setOnlyMissing] = useState(false);
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const missing = useDeferredValue(onlyMissing);
  const rows = useMemo(
    () =>
      report.migrations.filter(
        (one) => one.id.toLowerCase().includes(wanted) && (!missing || one.cells.some((cell) => cell !== null && !isThere(cell.state))),
      ),
    [report, wanted, missing],
  );
  return (
    <>
      <div className="row" style={{ marginBottom: 12 }}>
        <label>
          <span className="hidden-text">Filter by name</span>
          <input
            className="input"
            data-filter
            placeholder="Filter by name"
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        <label className="row">
          <input type="checkbox" checked={onlyMissing} onChange={({ target }) => setOnlyMissing(target.checked)} />
          Only what is missing somewhere
        </label>
        <span className="muted" role="status">
          {plural(rows.length, 'migration')} × {plural(report.databases.length, 'database')}
        </span>
        <span className="muted">✔ there · ○ missing · ✖ failed · ! edited or late · ? not reached</span>
      </div>
      <Cells rows={rows} databases={report.databases} />
    </>
  );
}

function Cells({ rows, databases }: { readonly rows: Report['migrations']; readonly databases: Report['databases'] }): ReactNode {
  const ref = useRef<HTMLDivElement>(null);
  const [, navigate] = useLocation();
  const down = useVirtualizer({ count: rows.length, getScrollElement: () => ref.current, estimateSize: () => rowHeight, overscan: 8 });
  const across = useVirtualizer({
    horizontal: true,
    count: databases.length,
    getScrollElement: () => ref.current,
    estimateSize: () => columnWidth,
    overscan: 2,
  });
  const columns = across.getVirtualItems();
  return (
    <div
      ref={ref}
      className="grid"
      style={{ height: `min(70vh, ${rows.length * rowHeight + 52}px)` }}
      role="table"
      aria-label="Migrations by databases"
      aria-rowcount={rows.length + 1}
      aria-colcount={databases.length + 1}
      tabIndex={0}
    >
      <div role="row" aria-rowindex={1} className="grid-head" style={{ width: nameWidth + across.getTotalSize() }}>
        <div role="columnheader" aria-colindex={1} className="grid-name" style={{ width: nameWidth }}>
          Migration
        </div>
        {columns.map(({ index, start }) => (
          <div
            key={index}
            role="columnheader"
            aria-colindex={index + 2}
            className="grid-cell"
            style={{ left: nameWidth + start, width: columnWidth }}
          >
            <span title={databases[index]?.problem?.message ?? databases[index]?.target}>{databases[index]?.name || 'own'}</span>
          </div>
        ))}
      </div>
      <div role="rowgroup" style={{ height: down.getTotalSize(), width: nameWidth + across.getTotalSize(), position: 'relative' }}>
        {down.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <div key={row.id} role="row" aria-rowindex={index + 2} className="grid-row" style={{ top: start, height: rowHeight }}>
              <div role="rowheader" aria-colindex={1} className="grid-name" style={{ width: nameWidth }}>
                <a
                  href={`/migrations/${encodeURIComponent(row.id)}`}
                  title={row.id}
                  onClick={(event) => {
                    event.preventDefault();
                    navigate(`/migrations/${encodeURIComponent(row.id)}`);
                  }}
                >
                  {row.id}
                </a>
              </div>
              {columns.map((column) => {
                const [sign, word, tone] = cellOf(row.cells[column.index] ?? null);
                return (
                  <div
                    key={column.index}
                    role="cell"
                    aria-colindex={column.index + 2}
                    className={`grid-cell ${tone}`}
                    style={{ left: nameWidth + column.start, width: columnWidth }}
                  >
                    <span aria-hidden="true">{sign}</span>
                    <span className="hidden-text">{word}</span>
                  </div>
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function cellOf(cell: Cell): readonly [string, string, string] {
  if (cell === null) return ['?', 'not reached', 'unknown'];
  if (cell.state === 'failed') return ['✖', 'failed', 'bad'];
  if (cell.flags.length > 0) return ['!', cell.flags.join(', '), 'warn'];
  return isThere(cell.state) ? ['✔', 'there', 'good'] : ['○', 'missing', 'info'];
}
