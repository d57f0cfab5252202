import { type ReactNode, useState } from 'react';
import type { Answer, Given } from '../api/client.ts';
import { Refused } from '../api/client.ts';
import { useAsk, useDo, useMay } from '../api/queries.ts';
import { Answered, ProblemCard, Trouble } from '../parts/answers.tsx';
import { Ago, Badge, Button, Code, duration, Page, Scroll } from '../parts/basics.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Differences, plural } from '../parts/words.tsx';

type Desk = Answer<'desk'>;
type Held = Desk['checkouts'][number];

/** Check out the structure, change it with any tool, look at what has changed, check in. */
export default function CheckoutPage(): ReactNode {
  const query = useAsk('deskTeam', {});
  return (
    <Page title="Check out" terminal={query.data?.own === undefined ? 'lockstep checkout -m WHY' : 'lockstep checkin'}>
      <Answered query={query}>
        {(desk) => {
          const own = desk.checkouts.find(({ checkout }) => checkout === desk.own);
          const other = desk.checkouts.find(({ checkout }) => checkout !== desk.own);
          if (own !== undefined) return <Own held={own} desk={desk} />;
          return other === undefined ? <Free desk={desk} /> : <HeldByOther held={other} desk={desk} />;
        }}
      </Answered>
    </Page>
  );
}

function Free({ desk }: { readonly desk: Desk }): ReactNode {
  const may = useMay('checkout');
  const take = useDo('deskCheckout');
  const [message, setMessage] = useState('');
  const [hours, setHours] = useState('2');
  const [withDrift, setWithDrift] = useState(false);
  return (
    <div className="card free">
      <h2>Free</h2>
      <p className="muted">
        Nobody has the structure checked out. While you have it, only you change it; what differs at the end becomes one migration.
      </p>
      {desk.behind.length === 0 ? null : <p>{plural(desk.behind.length, 'migration')} of others must be applied here first.</p>}
      <Trouble error={take.error} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          take.mutate({ message, forMs: Number(hours) * 3_600_000, ...(withDrift ? { withDrift } : {}) });
        }}
      >
        <label className="field">
          <span>What for</span>
          <input value={message} onChange={({ target }) => setMessage(target.value)} placeholder="coupons for orders" />
        </label>
        <div className="row">
          <label className="row">
            For
            <select className="input" value={hours} onChange={({ target }) => setHours(target.value)}>
              {[1, 2, 4, 8, 24].map((one) => (
                <option key={one} value={one}>
                  {plural(one, 'hour')}
                </option>
              ))}
            </select>
          </label>
          <label className="row">
            <input type="checkbox" checked={withDrift} onChange={({ target }) => setWithDrift(target.checked)} />
            Differences that are there already are meant too
          </label>
          <Button type="submit" look="main" busy={take.isPending} disabled={!may || message.trim() === ''}>
            Check out
          </Button>
        </div>
      </form>
    </div>
  );
}

function Facts({ held, now }: { readonly held: Held; readonly now: string }): ReactNode {
  const left = new Date(held.until).getTime() - new Date(now).getTime();
  return (
    <p>
      <b>{held.message}</b>
      <br />
      <span className="muted">
        {held.scope === 'all' ? 'the whole structure' : held.scope} · since <Ago at={held.since} /> ·{' '}
        {left <= 0 ? 'its time is over' : `${duration(left)} left`} · working copy on {held.at.host}
      </span>
    </p>
  );
}

function HeldByOther({ held, desk }: { readonly held: Held; readonly desk: Desk }): ReactNode {
  const may = useMay('take-over');
  const take = useDo('deskCheckout');
  const [isOpen, setOpen] = useState(false);
  const [why, setWhy] = useState('');
  return (
    <div className="card">
      <h2 className="row">
        Checked out by {held.by} <Badge tone={held.over ? 'warn' : 'busy'}>{held.over ? 'time is over' : 'held'}</Badge>
      </h2>
      <Facts held={held} now={desk.now} />
      {desk.queue.length === 0 ? null : <p className="muted">In line: {desk.queue.map(({ by }) => by).join(', ')}</p>}
      <p className="muted">Rows can be read and changed meanwhile. Ask {held.by}, wait, or take it over when it cannot wait.</p>
      <Button look="danger" disabled={!may} onClick={() => setOpen(true)}>
        Take over…
      </Button>
      {isOpen ? (
        <Dialog title={`Take over from ${held.by}`} onClose={() => setOpen(false)}>
          <p>
            {held.by} has had it since <Ago at={held.since} /> for “{held.message}”. What {held.by} has changed and not checked in stays in
            that database; a check-in of it is refused then, and kept as a draft.
          </p>
          <Trouble error={take.error} />
          <label className="field">
            <span>Why</span>
            <input value={why} onChange={({ target }) => setWhy(target.value)} />
          </label>
          <div className="row">
            <Button onClick={() => setOpen(false)} autoFocus>
              Cancel
            </Button>
            <Button
              look="danger"
              busy={take.isPending}
              disabled={why.trim() === ''}
              onClick={() => take.mutate({ message: why, takeOver: true }, { onSuccess: () => setOpen(false) })}
            >
              Take over
            </Button>
          </div>
        </Dialog>
      ) : null}
    </div>
  );
}

function Own({ held, desk }: { readonly held: Held; readonly desk: Desk }): ReactNode {
  const extend = useDo('deskExtend');
  const release = useDo('deskRelease');
  const changes = useAsk('deskChanges', {});
  const [isReleasing, setReleasing] = useState(false);
  const left = new Date(held.until).getTime() - new Date(desk.now).getTime();
  return (
    <>
      <div className="card">
        <h2 className="row">
          Checked out by you <Badge tone="busy">check-out {held.checkout}</Badge>
          <span style={{ flex: 1 }} />
          <Button small busy={extend.isPending} onClick={() => extend.mutate({ forMs: 2 * 3_600_000 })}>
            Two more hours
          </Button>
          <Button small onClick={() => setReleasing(true)}>
            Release…
          </Button>
        </h2>
        <Facts held={held} now={desk.now} />
        {left > 15 * 60_000 ? null : (
          <p role="alert" className="badge warn">
            It ends soon: take more time, or check in.
          </p>
        )}
        <Trouble error={extend.error} />
      </div>
      <div className="columns">
        <section className="card" aria-labelledby="mine">
          <h2 id="mine" className="row">
            Your changes so far
            <Button small look="plain" busy={changes.isFetching} onClick={() => void changes.refetch()}>
              Look again
            </Button>
          </h2>
          <Answered query={changes}>
            {(report) =>
              report === null || report.differences.length === 0 ? (
                <p className="muted">Nothing yet. Change the database with any tool, or below; it shows here.</p>
              ) : (
                <Differences of={report.differences} />
              )
            }
          </Answered>
        </section>
        <Checkin held={held} isEmpty={changes.data?.differences.length === 0} />
      </div>
      <Console />
      {isReleasing ? (
        <Dialog title="Release the check-out" onClose={() => setReleasing(false)}>
          <p>
            What you have changed stays in the database as drift, or is taken back first. Taking back may destroy what the new tables and
            columns hold.
          </p>
          <Trouble error={release.error} />
          <div className="row">
            <Button onClick={() => setReleasing(false)} autoFocus>
              Cancel
            </Button>
            <Button busy={release.isPending} onClick={() => release.mutate({}, { onSuccess: () => setReleasing(false) })}>
              Release, keep the changes
            </Button>
            <Button
              look="danger"
              busy={release.isPending}
              onClick={() => release.mutate({ restore: true }, { onSuccess: () => setReleasing(false) })}
            >
              Take back and release
            </Button>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}

interface Question {
  readonly gone: string;
  readonly holds?: number;
  readonly drop: string;
  readonly candidates: readonly { readonly rename: string; readonly flag: string }[];
}

/** What may have been renamed or dropped, where the server refused to guess. */
function questionsIn(error: Error | null): readonly Question[] {
  if (!(error instanceof Refused) || error.data === null || typeof error.data !== 'object' || !('questions' in error.data)) return [];
  return error.data.questions as readonly Question[];
}

function Checkin({ held, isEmpty }: { readonly held: Held; readonly isEmpty: boolean }): ReactNode {
  const plan = useDo('deskPlan');
  const checkin = useDo('deskCheckin');
  const [message, setMessage] = useState(held.message);
  const [decided, setDecided] = useState<Pick<Given<'deskPlan'>, 'rename' | 'drop'>>({});
  const questions = [...questionsIn(plan.error), ...questionsIn(checkin.error)];
  const error = questions.length > 0 ? null : (checkin.error ?? plan.error);
  const decide = (flag: string): void => {
    const [kind, value = ''] = /^--(rename|drop) (.*)$/.exec(flag)?.slice(1) ?? [];
    const name = value.replace(/^'(.*)'$/, '$1');
    const next =
      kind === 'drop' ? { ...decided, drop: [...(decided.drop ?? []), name] } : { ...decided, rename: [...(decided.rename ?? []), name] };
    setDecided(next);
    checkin.reset();
    plan.mutate({ message, ...next });
  };
  if (checkin.data !== undefined) {
    const { version, file } = checkin.data;
    return (
      <section className="card free">
        <h2>Checked in</h2>
        <p>
          {version === undefined
            ? 'Nothing was changed; the check-out is released.'
            : `Version ${version.number} is announced: ${version.message}.`}
          {file === undefined ? '' : ` Now commit and push ${file}.`}
        </p>
      </section>
    );
  }
  return (
    <section className="card" aria-labelledby="checkin">
      <h2 id="checkin">Check in</h2>
      <label className="field">
        <span>What was done</span>
        <input value={message} onChange={({ target }) => setMessage(target.value)} />
      </label>
      {questions.map(({ gone, holds, candidates, drop }) => (
        <fieldset key={gone} className="problem warning">
          <legend>
            <b>{gone}</b> is gone{holds === undefined ? '' : ` (${plural(holds, 'value')})`}: what became of it?
          </legend>
          <div className="row">
            {candidates.map(({ rename, flag }) => (
              <Button key={flag} onClick={() => decide(flag)}>
                Renamed: {rename}
              </Button>
            ))}
            <Button look="danger" onClick={() => decide(drop)}>
              Dropped, its values too
            </Button>
          </div>
        </fieldset>
      ))}
      <Trouble error={error} />
      <div className="row">
        <Button busy={plan.isPending} onClick={() => plan.mutate({ message, ...decided })}>
          Show the migration
        </Button>
        <Button
          look="main"
          busy={checkin.isPending}
          disabled={isEmpty || message.trim() === ''}
          onClick={() => checkin.mutate({ message, ...decided })}
        >
          Check in
        </Button>
      </div>
      {plan.data?.text === undefined ? null : <Code text={plan.data.text} label="The migration that would be written" />}
    </section>
  );
}

/** Runs statements while the structure is checked out; they are recorded like those of any tool. */
function Console(): ReactNode {
  const run = useDo('sql');
  const [script, setScript] = useState('');
  return (
    <section className="card" aria-labelledby="console">
      <h2 id="console">SQL</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run.mutate({ script });
        }}
      >
        <label className="field">
          <span>Statements, each ended by a semicolon. Ctrl Enter runs them</span>
          <textarea
            spellCheck={false}
            value={script}
            onChange={({ target }) => setScript(target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
            }}
          />
        </label>
        <Button type="submit" busy={run.isPending} disabled={script.trim() === ''}>
          Run
        </Button>
      </form>
      <Trouble error={run.error} />
      {run.data?.results.map((result, index) => (
        <Result key={`${index}${result.sql}`} result={result} />
      ))}
      {run.data?.problem === null || run.data?.problem === undefined ? null : <ProblemCard problem={run.data.problem} />}
    </section>
  );
}

function Result({ result: { sql, rows, affected, isStructure } }: { readonly result: Answer<'sql'>['results'][number] }): ReactNode {
  const [first] = rows;
  const columns = first === undefined ? [] : Object.keys(first);
  return (
    <div style={{ marginTop: 12 }}>
      <code>{sql}</code>
      <p className="muted">
        {isStructure
          ? 'The structure was changed.'
          : affected === undefined
            ? plural(rows.length, 'row')
            : `${plural(affected, 'row')} changed`}
      </p>
      {columns.length === 0 ? null : (
        <Scroll label="Rows">
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column}>{column}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={index}>
                  {columns.map((column) => (
                    <td key={column} className="mono">
                      {row[column] === null ? (
                        <span className="muted">null</span>
                      ) : typeof row[column] === 'object' ? (
                        JSON.stringify(row[column])
                      ) : (
                        String(row[column])
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </div>
  );
}
