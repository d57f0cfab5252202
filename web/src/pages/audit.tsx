import { type ReactNode, useState } from 'react';
import { useAsk, useMay } from '../api/queries.ts';
import { Answered } from '../parts/answers.tsx';
import { Ago, Badge, Button, Empty, Page, Scroll } from '../parts/basics.tsx';
import { eventText } from '../parts/event-text.ts';

const classes = ['all', 'state', 'version', 'update', 'security'] as const;
const page = 500;

/** The log that only grows, each line chained to the one before by a hash. */
export default function Audit(): ReactNode {
  const may = useMay('audit');
  const { data: desk } = useAsk('deskTeam', {});
  const [chosen, setChosen] = useState<(typeof classes)[number]>('all');
  const [typed, setTyped] = useState('');
  const [pages, setPages] = useState(1);
  const after = Math.max(0, (desk?.head ?? 0) - page * pages);
  const query = useAsk(
    'audit',
    { after, most: 5000, ...(chosen === 'all' ? {} : { class: chosen }) },
    { enabled: may && desk !== undefined },
  );
  const chain = useAsk('verifyAudit', {}, { enabled: may });
  if (!may)
    return (
      <Page title="Audit">
        <p>The audit log is for leads and admins.</p>
      </Page>
    );
  return (
    <Page
      title="Audit"
      terminal="lockstep audit --verify"
      actions={
        chain.data === undefined ? null : chain.data.broken === undefined ? (
          <Badge tone="good">✔ {chain.data.events} events, the chain is unbroken</Badge>
        ) : (
          <Badge tone="bad">
            ✖ the chain breaks at {chain.data.broken.seq}: {chain.data.broken.why}
          </Badge>
        )
      }
    >
      <div className="row" style={{ marginBottom: 12 }}>
        <label>
          <span className="hidden-text">Filter</span>
          <input className="input" data-filter placeholder="Filter" value={typed} onChange={({ target }) => setTyped(target.value)} />
        </label>
        {classes.map((one) => (
          <Button key={one} small aria-pressed={chosen === one} look={chosen === one ? 'main' : 'plain'} onClick={() => setChosen(one)}>
            {one}
          </Button>
        ))}
      </div>
      <Answered query={query}>
        {({ events }) => {
          const found = [...events]
            .reverse()
            .filter((record) => `${record.actor} ${eventText(record)}`.toLowerCase().includes(typed.trim().toLowerCase()));
          if (found.length === 0)
            return (
              <Empty>
                <p>{events.length === 0 ? 'Nothing has happened yet.' : 'No event fits the filter.'}</p>
              </Empty>
            );
          return (
            <>
              <Scroll label="Audit log">
                <table>
                  <thead>
                    <tr>
                      <th className="right">No.</th>
                      <th>When</th>
                      <th>Who</th>
                      <th>What</th>
                      <th>Hash</th>
                    </tr>
                  </thead>
                  <tbody>
                    {found.slice(0, 1000).map((record) => (
                      <tr key={record.seq}>
                        <td className="right">{record.seq}</td>
                        <td>
                          <Ago at={record.at} />
                        </td>
                        <td>{record.actor}</td>
                        <td className="name">{eventText(record)}</td>
                        <td className="mono muted" title={record.hash}>
                          {record.hash.slice(0, 10)}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Scroll>
              {after > 0 ? <Button onClick={() => setPages(pages + 4)}>Show older ones</Button> : null}
            </>
          );
        }}
      </Answered>
    </Page>
  );
}
