import { type ReactNode, useState } from 'react';
import { useAsk, useEnv } from '../api/queries.ts';
import { Answered } from '../parts/answers.tsx';
import { Ago, Badge, Button, Code, Empty, Go, Page, Tabs, type Tone } from '../parts/basics.tsx';
import { eventText } from '../parts/event-text.ts';
import { plural } from '../parts/words.tsx';

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
  const [tab, setTab] = useState<'database' | 'team' | 'compare'>('database');
  return (
    <Page
      title="History"
      terminal={{ database: 'lockstep history', team: 'lockstep history --team', compare: 'lockstep diff --from app@A --to app@B' }[tab]}
    >
      <Tabs
        tabs={[
          ['database', 'This database'],
          ['team', 'The team'],
          ['compare', 'Compare'],
        ]}
        open={tab}
        onOpen={setTab}
      />
      {tab === 'database' ? <OfDatabase /> : null}
      {tab === 'team' ? <OfTeam /> : null}
      {tab === 'compare' ? <Compare /> : null}
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

/** Any two points: what a database without anything, the one that is looked at, or the migrations up to one amount to. */
function Compare(): ReactNode {
  const env = useEnv();
  const { data: status } = useAsk('status', { env });
  const [from, setFrom] = useState('empty');
  const [to, setTo] = useState('db');
  const query = useAsk('compare', { env, from, to }, { enabled: from !== to });
  const points = [
    ['empty', 'nothing'],
    ...(status?.migrations ?? [])
      .filter(({ file, module }) => file !== undefined && module === 'app')
      .map(({ module, id }) => [`${module}@${id}`, `after ${id}`]),
    ['db', 'the database now'],
  ] as const;
  const pick = (label: string, value: string, set: (value: string) => void): ReactNode => (
    <label className="row">
      {label}
      <select className="input" aria-label={`${label} which point`} value={value} onChange={({ target }) => set(target.value)}>
        {points.map(([point, title]) => (
          <option key={point} value={point}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <>
      <div className="row" style={{ marginBottom: 12 }}>
        {pick('From', from, setFrom)}
        {pick('to', to, setTo)}
      </div>
      {from === to ? (
        <p className="muted">These are the same.</p>
      ) : (
        <Answered query={query}>
          {({ statements, proven, server }) => (
            <>
              <p className="muted">
                {statements.length === 0 ? 'No difference' : plural(statements.length, 'statement')} · {server} ·{' '}
                {proven === true ? 'tried on a scratch database, there and back' : proven.why}
              </p>
              <ul className="diff">
                {statements.flatMap(({ effects }) =>
                  effects.map(({ sign, text }) => (
                    <li key={`${sign}${text}`} className={{ '+': 'plus', '-': 'minus', '~': 'tilde' }[sign]}>
                      {sign} {text}
                    </li>
                  )),
                )}
              </ul>
              {statements.length === 0 ? null : <Code text={statements.map(({ sql }) => `${sql};`).join('\n\n')} tall label="The way" />}
            </>
          )}
        </Answered>
      )}
    </>
  );
}
