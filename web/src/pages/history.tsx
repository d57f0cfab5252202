import { type ReactNode, useState } from 'react';
import { useAsk, useEnv } from '../api/queries.ts';
import { Answered } from '../parts/answers.tsx';
import { Ago, Badge, Button, Empty, Go, Page, Tabs, type Tone } from '../parts/basics.tsx';
import { eventText } from '../parts/event-text.ts';

const words: Readonly<Record<string, readonly [Tone, string]>> = {
  up: ['good', 'applied'],
  down: ['quiet', 'taken back'],
  failed: ['bad', 'failed'],
  mark: ['warn', 'marked'],
  created: ['info', 'created'],
  uninstall: ['bad', 'uninstalled'],
};

/** What has happened: to the database, and in the team. */
export default function History(): ReactNode {
  const [tab, setTab] = useState<'database' | 'team'>('database');
  return (
    <Page title="History" terminal={tab === 'team' ? 'lockstep history --team' : 'lockstep history'}>
      <Tabs
        tabs={[
          ['database', 'This database'],
          ['team', 'The team'],
        ]}
        open={tab}
        onOpen={setTab}
      />
      {tab === 'database' ? <OfDatabase /> : <OfTeam />}
    </Page>
  );
}

function OfDatabase(): ReactNode {
  const env = useEnv();
  const [most, setMost] = useState(100);
  const query = useAsk('history', { env, most });
  return (
    <Answered query={query}>
      {({ entries, more }) =>
        entries.length === 0 ? (
          <Empty>
            <p>Nothing has happened to this database yet. Every run, failure and mark is written down, and never taken away.</p>
          </Empty>
        ) : (
          <>
            <ul className="timeline">
              {entries.map(({ at, event, migration, by, host, detail }, index) => {
                const [tone, word] = words[event] ?? ['quiet', event];
                return (
                  <li key={`${at}${index}`}>
                    <Ago at={at} />
                    <Badge tone={tone}>{word}</Badge>
                    <div>
                      {migration === undefined ? null : <Go to={`/migrations/${encodeURIComponent(migration)}`}>{migration}</Go>}{' '}
                      <span className="muted">
                        by {by ?? 'unknown'}
                        {host === undefined ? '' : ` on ${host}`}
                      </span>
                      {detail === undefined || detail === '' ? null : <div>{detail}</div>}
                    </div>
                  </li>
                );
              })}
            </ul>
            {more && most < 1000 ? <Button onClick={() => setMost(1000)}>Show more</Button> : null}
          </>
        )
      }
    </Answered>
  );
}

function OfTeam(): ReactNode {
  const { data: desk } = useAsk('deskTeam', {});
  const after = Math.max(0, (desk?.head ?? 0) - 500);
  const query = useAsk('events', { after, most: 500 }, { enabled: desk !== undefined });
  return (
    <Answered query={query}>
      {({ events }) =>
        events.length === 0 ? (
          <Empty>
            <p>Nothing has happened in the team yet: check-outs, check-ins and deployments will stand here.</p>
          </Empty>
        ) : (
          <ul className="timeline">
            {[...events].reverse().map((record) => (
              <li key={record.seq}>
                <Ago at={record.at} />
                <div>{eventText(record)}</div>
              </li>
            ))}
          </ul>
        )
      }
    </Answered>
  );
}
