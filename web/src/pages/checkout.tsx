import { type ReactNode, useState } from 'react';
import type { Answer } from '../api/client.ts';
import { useAsk, useDo, useMay } from '../api/queries.ts';
import { Checkin } from '../checkin/checkin.tsx';
import { Console } from '../checkin/console.tsx';
import { Evidence } from '../checkin/evidence.tsx';
import { Answered, Trouble } from '../parts/answers.tsx';
import { Ago, Badge, Button, duration, Page } from '../parts/basics.tsx';
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
      <div className="columns checkin">
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
          <Evidence />
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
