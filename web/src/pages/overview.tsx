import { lazy, type ReactNode, Suspense } from 'react';
import type { Answer } from '../api/client.ts';
import { useAsk, useProject } from '../api/queries.ts';
import { Answered, Loading, ProblemCard } from '../parts/answers.tsx';
import { Ago, Badge, Empty, Go, Page } from '../parts/basics.tsx';
import { eventText } from '../parts/event-text.ts';
import { plural } from '../parts/words.tsx';

const Setup = lazy(() => import('./setup.tsx'));

export function Overview(): ReactNode {
  const project = useProject();
  if (project === undefined) return null;
  if (project.isLocal && project.databases.length === 0) {
    return (
      <Page title="Welcome" terminal="lockstep init">
        <Suspense fallback={<Loading />}>
          <Setup />
        </Suspense>
      </Page>
    );
  }
  return <Standing />;
}

/** How every database stands, what waits for somebody, what happened. */
function Standing(): ReactNode {
  const databases = useAsk('databases', {});
  return (
    <Page title="Overview" terminal="lockstep status --env all">
      <Answered query={databases}>
        {({ databases: found, migrations }) =>
          migrations.length === 0 && found.every(({ problem }) => problem === undefined) ? (
            <Empty
              actions={
                <>
                  <Go to="/checkout" className="button main">
                    Check out
                  </Go>
                  <Go to="/structure" className="button">
                    Look at the structure
                  </Go>
                </>
              }
            >
              <p>No migrations yet. Check out the structure, change anything with any tool, check in: the migration is written for you.</p>
            </Empty>
          ) : (
            <Environments databases={found} />
          )
        }
      </Answered>
      <NeedsYou />
      <Activity />
    </Page>
  );
}

function Environments({ databases }: { readonly databases: Answer<'databases'>['databases'] }): ReactNode {
  return (
    <section aria-labelledby="environments">
      <h2 id="environments">Databases</h2>
      <div className="cards">
        {databases.map((database) => (
          <Card key={database.name} database={database} />
        ))}
      </div>
    </section>
  );
}

type Database = Answer<'databases'>['databases'][number];

function Card({ database }: { readonly database: Database }): ReactNode {
  const { name, target, protected: isProtected, counts, upToDate, problem, server } = database;
  return (
    <div className="card" style={isProtected ? { borderColor: 'var(--remove)' } : {}}>
      <h3 className="row">
        <a href={`/migrations${name === '' ? '' : `?env=${encodeURIComponent(name)}`}`}>{name === '' ? 'The project’s database' : name}</a>
        {isProtected ? <Badge tone="bad">protected</Badge> : null}
      </h3>
      <p className="muted" style={{ overflowWrap: 'anywhere' }}>
        {target}
        <br />
        {server ?? 'not reached'}
      </p>
      {problem === undefined ? null : <p className="badge bad long">{problem.message}</p>}
      {counts === undefined ? null : <Counts counts={counts} upToDate={upToDate === true} />}
    </div>
  );
}

function Counts({ counts, upToDate }: { readonly counts: NonNullable<Database['counts']>; readonly upToDate: boolean }): ReactNode {
  if (upToDate) return <Badge tone="good">✔ up to date, {plural(counts.applied, 'migration')}</Badge>;
  return (
    <span className="row">
      {counts.pending > counts.failed ? <Badge tone="info">○ {counts.pending - counts.failed} missing</Badge> : null}
      {counts.failed > 0 ? <Badge tone="bad">✖ {counts.failed} failed</Badge> : null}
      {counts.edited > 0 ? <Badge tone="warn">{counts.edited} edited</Badge> : null}
      {counts.missing > 0 ? <Badge tone="warn">{counts.missing} without a file</Badge> : null}
      <span className="muted">{counts.applied} applied</span>
    </span>
  );
}

/** What waits for somebody: versions that are not deployed, migrations that are missing here, drafts of lost check-outs. */
function NeedsYou(): ReactNode {
  const { data: desk } = useAsk('desk', {});
  const { data: drafts } = useAsk('drafts', {});
  const { data: status } = useAsk('status', {});
  if (desk === undefined) return null;
  const announced = desk.versions.filter(({ state }) => state === 'announced');
  const mismatched = desk.versions.filter(({ state }) => state === 'mismatched');
  const pending = status?.counts.pending ?? 0;
  const nothing =
    announced.length + mismatched.length + (drafts?.length ?? 0) + (status?.problems.length ?? 0) + desk.behind.length + pending === 0;
  return (
    <section aria-labelledby="needs">
      <h2 id="needs">Needs you</h2>
      {nothing ? <p className="muted">Nothing waits for you.</p> : null}
      <ul className="timeline">
        {pending === 0 ? null : (
          <li>
            <Badge tone="info">to run</Badge>
            <div>
              {plural(pending, 'migration')} {pending === 1 ? 'is' : 'are'} not in this database. <Go to="/migrations">Look and run</Go>
            </div>
          </li>
        )}
        {desk.behind.length === 0 ? null : (
          <li>
            <Badge tone="info">missing here</Badge>
            <div>
              {plural(desk.behind.length, 'migration')} of others {desk.behind.length === 1 ? 'is' : 'are'} not in this database yet.{' '}
              <Go to="/migrations">Look and run</Go>
            </div>
          </li>
        )}
        {announced.map(({ number, message, by, migration }) => (
          <li key={number}>
            <Badge tone="busy">to deploy</Badge>
            <div>
              Version {number}, {message}, checked in by {by}: no database of the server has it yet.{' '}
              <Go to={`/migrations/${encodeURIComponent(migration)}`}>Look</Go>
            </div>
          </li>
        ))}
        {mismatched.map(({ number }) => (
          <li key={number}>
            <Badge tone="bad">another text</Badge>
            <div>Version {number} was deployed with another text than was announced.</div>
          </li>
        ))}
        {(drafts ?? []).map(({ draft, by, message }) => (
          <li key={draft}>
            <Badge tone="warn">draft</Badge>
            <div>
              {by} could not check in “{message}”. <Go to="/changes">Look</Go>
            </div>
          </li>
        ))}
      </ul>
      {(status?.problems ?? []).map((problem) => (
        <ProblemCard key={`${problem.code}${problem.message}`} problem={problem} />
      ))}
    </section>
  );
}

function Activity(): ReactNode {
  const { data: desk } = useAsk('deskTeam', {});
  const after = Math.max(0, (desk?.head ?? 0) - 15);
  const { data } = useAsk('events', { after }, { enabled: desk !== undefined });
  return (
    <section aria-labelledby="activity">
      <h2 id="activity">Activity</h2>
      {data === undefined || data.events.length === 0 ? <p className="muted">Nothing has happened in the team yet.</p> : null}
      <ul className="timeline">
        {[...(data?.events ?? [])].reverse().map((record) => (
          <li key={record.seq}>
            <Ago at={record.at} />
            <div>{eventText(record)}</div>
          </li>
        ))}
      </ul>
    </section>
  );
}
