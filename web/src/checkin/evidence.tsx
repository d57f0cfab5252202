import { type ReactNode, useState } from 'react';
import { useAsk } from '../api/queries.ts';
import { Answered } from '../parts/answers.tsx';
import { Ago } from '../parts/basics.tsx';
import { plural } from '../parts/words.tsx';
import '../styles/checkin.css';

const watchers = {
  guard: 'the guard in the database',
  server: 'the log of the server',
  shell: 'the console below and the command lockstep sql',
} as const;

/** The structural statements that were seen under the check-out: evidence beside the net changes, asked for when it is opened. */
export function Evidence(): ReactNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Statements that were seen</summary>
      {isOpen ? <Seen /> : null}
    </details>
  );
}

function Seen(): ReactNode {
  const query = useAsk('deskEvidence', {});
  return (
    <Answered query={query}>
      {(report) =>
        report === null ? null : (
          <>
            <p className="muted">
              {plural(report.statements.length, 'statement')}. Watched by {report.watched.map((one) => watchers[one]).join(' and ')}. What
              is checked in is the net difference, however it came about.
            </p>
            <ol className="seen">
              {report.statements.map(({ id, at, by, program, text }) => (
                <li key={id}>
                  <code>{text}</code>
                  <div className="muted">
                    {at === undefined ? null : <Ago at={at} />}
                    {[by, program].map((one) => (one === undefined || one === '' ? '' : ` · ${one}`))}
                  </div>
                </li>
              ))}
            </ol>
          </>
        )
      }
    </Answered>
  );
}
