import { useVirtualizer, type VirtualItem } from '@tanstack/react-virtual';
import { memo, type ReactNode, useDeferredValue, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { Answer } from '../api/client.ts';
import { useAsk } from '../api/queries.ts';
import { Answered } from '../parts/answers.tsx';
import { Empty, Page } from '../parts/basics.tsx';
import { plural } from '../parts/words.tsx';
import '../styles/matrix.css';

type Report = Answer<'databases'>;

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
/** Beside the names a phone has room for something. */
const nameWidth = matchMedia('(max-width: 640px)').matches ? 150 : 300;

function Grid({ report }: { readonly report: Report }): ReactNode {
  const [typed, setTyped] = useState('');
  const [onlyMissing, setOnlyMissing] = useState(false);
  const wanted = useDeferredValue(typed.trim().toLowerCase());
  const missing = useDeferredValue(onlyMissing);
  const rows = useMemo(
    () => report.migrations.filter((one) => one.id.toLowerCase().includes(wanted) && (!missing || /[pfr]/i.test(one.cells))),
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
  const down = useVirtualizer({
    count: rows.length,
    getScrollElement: () => ref.current,
    estimateSize: () => rowHeight,
    overscan: 4,
    useFlushSync: false,
  });
  const across = useVirtualizer({
    horizontal: true,
    count: databases.length,
    getScrollElement: () => ref.current,
    estimateSize: () => columnWidth,
    overscan: 1,
    useFlushSync: false,
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
          return row === undefined ? null : <Row key={row.id} row={row} at={index + 2} top={start} columns={columns} />;
        })}
      </div>
    </div>
  );
}

interface RowProps {
  readonly row: Report['migrations'][number];
  readonly at: number;
  readonly top: number;
  readonly columns: readonly VirtualItem[];
}

/** Drawn anew only when other columns come into sight. */
const Row = memo(function Row({ row, at, top, columns }: RowProps): ReactNode {
  const path = `/migrations/${encodeURIComponent(row.id)}`;
  return (
    <div role="row" aria-rowindex={at} className="grid-row" style={{ top, height: rowHeight }}>
      <div role="rowheader" aria-colindex={1} className="grid-name" style={{ width: nameWidth }}>
        <Link href={path} title={row.id}>
          {row.id}
        </Link>
      </div>
      {columns.map(({ index, start }) => {
        const [sign, word, tone] = cellOf(row.cells.charAt(index));
        return (
          <div
            key={index}
            role="cell"
            aria-colindex={index + 2}
            aria-label={word}
            className={`grid-cell ${tone}`}
            style={{ left: nameWidth + start, width: columnWidth }}
          >
            {sign}
          </div>
        );
      })}
    </div>
  );
});

function cellOf(letter: string): readonly [string, string, string] {
  if (letter === '' || letter === '.') return ['?', 'not reached', 'unknown'];
  if (letter === 'f' || letter === 'F') return ['✖', 'failed', 'bad'];
  if (letter === letter.toUpperCase()) return ['!', 'edited, late or without a file', 'warn'];
  return letter === 'p' || letter === 'r' ? ['○', 'missing', 'info'] : ['✔', 'there', 'good'];
}
