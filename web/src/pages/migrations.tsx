import { type ReactNode, useState } from 'react';
import type { Answer } from '../api/client.ts';
import { useAsk, useEnv, useMay } from '../api/queries.ts';
import { Answered, ProblemCard } from '../parts/answers.tsx';
import { Ago, Button, duration, Empty, Go, Page, Scroll } from '../parts/basics.tsx';
import { isThere, plural, StateBadges } from '../parts/words.tsx';
import { LatestRun } from '../runs/latest-run.tsx';
import { RunDialog, type Wanted } from '../runs/run-dialog.tsx';

type Status = Answer<'status'>;
const filters = ['all', 'pending', 'applied', 'failed', 'edited', 'missing'] as const;
type Filter = (typeof filters)[number];
const atOnce = 200;

/** The migrations of one database: what is there, what is missing, and buttons that run it. */
export default function Migrations(): ReactNode {
  const env = useEnv();
  const query = useAsk('status', { env });
  const [wanted, setWanted] = useState<Wanted>();
  return (
    <Page
      title="Migrations"
      terminal={`lockstep status${env === undefined ? '' : ` --env ${env}`}`}
      actions={<Actions query={query.data} onWant={setWanted} />}
    >
      <LatestRun env={env ?? ''} />
      <Answered query={query}>{(status) => <List status={status} onWant={setWanted} />}</Answered>
      {wanted === undefined ? null : <RunDialog wanted={wanted} onClose={() => setWanted(undefined)} />}
    </Page>
  );
}

interface Wanting {
  readonly onWant: (wanted: Wanted) => void;
}

function Actions({ query, onWant }: Wanting & { readonly query: Status | undefined }): ReactNode {
  const may = useMay('update');
  if (query === undefined) return null;
  const pending = query.migrations.filter(({ state }) => state === 'pending' || state === 'failed' || state === 'reverted');
  const [first] = pending;
  const last = query.migrations.findLast(({ state }) => isThere(state));
  return (
    <>
      <Button
        disabled={!may || first === undefined}
        onClick={() => first !== undefined && onWant({ kind: 'up', to: first.id, title: `Run ${first.id}` })}
      >
        Run next
      </Button>
      <Button
        look="main"
        disabled={!may || pending.length === 0}
        onClick={() => onWant({ kind: 'up', title: `Run all (${plural(pending.length, 'migration')})` })}
      >
        Run all{pending.length === 0 ? '' : ` ${pending.length}`}
      </Button>
      <Button
        disabled={!may || last === undefined}
        onClick={() => last !== undefined && onWant({ kind: 'down', id: last.id, title: `Take back ${last.id}` })}
      >
        Take back the last
      </Button>
    </>
  );
}

function List({ status, onWant }: Wanting & { readonly status: Status }): ReactNode {
  const [filter, setFilter] = useState<Filter>('all');
  const [typed, setTyped] = useState('');
  const [shown, setShown] = useState(atOnce);
  const found = status.migrations.filter((one) => matches(one, filter) && one.id.toLowerCase().includes(typed.trim().toLowerCase()));
  return (
    <>
      {status.problems.map((problem) => (
        <ProblemCard key={`${problem.code}${problem.message}`} problem={problem} />
      ))}
      <p className="muted">
        {status.database} · {status.server} · {status.counts.pending} pending · {status.counts.applied} applied
        {status.upToDate ? ' · everything is applied' : ''}
      </p>
      {status.migrations.length === 0 ? (
        <Empty
          actions={
            <Go to="/checkout" className="button main">
              Check out
            </Go>
          }
        >
          <p>There are no migrations yet. A check-in writes one from what you have changed; `lockstep new` writes one by hand.</p>
        </Empty>
      ) : (
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
            <fieldset className="row" style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
              <legend className="hidden-text">State</legend>
              {filters.map((one) => (
                <Button
                  key={one}
                  small
                  aria-pressed={filter === one}
                  look={filter === one ? 'main' : 'plain'}
                  onClick={() => setFilter(one)}
                >
                  {one}
                </Button>
              ))}
            </fieldset>
          </div>
          {found.length === 0 ? (
            <p>None of {plural(status.migrations.length, 'migration')} fits.</p>
          ) : (
            <Rows of={found.slice(0, shown)} onWant={onWant} />
          )}
          {found.length > shown ? <Button onClick={() => setShown(shown + 1000)}>Show more ({found.length - shown} left)</Button> : null}
        </>
      )}
    </>
  );
}

function matches(one: Status['migrations'][number], filter: Filter): boolean {
  switch (filter) {
    case 'all':
      return true;
    case 'applied':
      return isThere(one.state);
    case 'pending':
      return one.state === 'pending' || one.state === 'reverted';
    case 'failed':
      return one.state === 'failed';
    case 'edited':
      return one.flags.includes('edited');
    case 'missing':
      return one.flags.includes('file-missing');
  }
}

function Rows({ of, onWant }: Wanting & { readonly of: Status['migrations'] }): ReactNode {
  const may = useMay('update');
  return (
    <Scroll label="Migrations">
      <table>
        <thead>
          <tr>
            <th>Migration</th>
            <th>State</th>
            <th className="wide">When and by whom</th>
            <th className="right wide">Took</th>
            <th>
              <span className="hidden-text">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {of.map((one) => (
            <tr key={one.id}>
              <td className="name">
                <Go to={`/migrations/${encodeURIComponent(one.id)}`}>{one.id}</Go>
                {one.module === 'app' ? null : <span className="muted"> {one.module}</span>}
              </td>
              <td>
                <StateBadges {...one} />
              </td>
              <td className="wide">
                {one.appliedAt === undefined ? '' : <Ago at={one.appliedAt} />} {one.by ?? ''}
              </td>
              <td className="right wide">{one.ms === undefined ? '' : duration(one.ms)}</td>
              <td className="right">
                {isThere(one.state) ? (
                  <Button
                    small
                    look="plain"
                    disabled={!may}
                    aria-label={`Take back ${one.id}`}
                    onClick={() => onWant({ kind: 'down', id: one.id, title: `Take back ${one.id}` })}
                  >
                    Take back
                  </Button>
                ) : (
                  <Button
                    small
                    disabled={!may}
                    aria-label={`Run to here: ${one.id}`}
                    onClick={() => onWant({ kind: 'up', to: one.id, title: `Run up to ${one.id}` })}
                  >
                    Run to here
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
