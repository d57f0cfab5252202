import { type ReactNode, useState } from 'react';
import type { Answer } from '../api/client.ts';
import { useAsk, useDo, useMay } from '../api/queries.ts';
import { Answered, Trouble } from '../parts/answers.tsx';
import { Badge, Button, Code, Empty, Go, Page, type Tone } from '../parts/basics.tsx';
import { Dialog } from '../parts/dialog.tsx';

type Version = Answer<'desk'>['versions'][number];
const states: Readonly<Record<Version['state'], readonly [Tone, string]>> = {
  announced: ['busy', 'to deploy'],
  deployed: ['good', '✔ deployed'],
  mismatched: ['bad', '✖ another text'],
  withdrawn: ['quiet', 'withdrawn'],
};

/** What was checked in, newest first: each version, where it is, and what could not be checked in. */
export default function Changes(): ReactNode {
  const query = useAsk('deskTeam', {});
  const drafts = useAsk('drafts', {});
  const [withdrawing, setWithdrawing] = useState<Version>();
  return (
    <Page title="Changes" terminal="lockstep team status">
      <Answered query={query}>
        {({ versions }) =>
          versions.length === 0 ? (
            <Empty
              actions={
                <Go to="/checkout" className="button main">
                  Check out
                </Go>
              }
            >
              <p>
                Nothing was checked in yet. Each check-in becomes a version here, numbered by the server, with its migration and where it
                is.
              </p>
            </Empty>
          ) : (
            [...versions]
              .reverse()
              .map((version) => <Card key={version.number} version={version} onWithdraw={() => setWithdrawing(version)} />)
          )
        }
      </Answered>
      {(drafts.data ?? []).map(({ draft, by, message, text }) => (
        <section key={draft} className="card">
          <h2 className="row">
            Draft {draft} <Badge tone="warn">not checked in</Badge>
          </h2>
          <p>
            {message} <span className="muted">by {by}, whose check-out was lost</span>
          </p>
          <Code text={text} label={`Draft ${draft}`} />
        </section>
      ))}
      {withdrawing === undefined ? null : <Withdraw version={withdrawing} onClose={() => setWithdrawing(undefined)} />}
    </Page>
  );
}

function Card({ version, onWithdraw }: { readonly version: Version; readonly onWithdraw: () => void }): ReactNode {
  const may = useMay('withdraw');
  const { number, message, by, module, migration, checksum, statements, state, deployed, mismatch, withdrawal } = version;
  const [tone, word] = states[state];
  const places = Object.keys(deployed);
  const { data: reviews } = useAsk('reviews', {});
  const review = reviews?.find((one) => one.migration === migration && one.module === module);
  const approved = review?.verdicts.filter((one) => one.verdict === 'approved' && one.checksum === checksum) ?? [];
  return (
    <article className="card" aria-label={`Version ${number}`}>
      <h2 className="row">
        {number}. {message} <Badge tone={tone}>{word}</Badge>
        {approved.length === 0 ? null : <Badge tone="good">✔ approved by {approved.map((one) => one.by).join(', ')}</Badge>}
      </h2>
      <p className="muted">
        by {by} · <Go to={`/migrations/${encodeURIComponent(migration)}`}>{migration}</Go> · {statements} changes ·{' '}
        {places.length === 0 ? 'on no database yet' : `on ${places.join(', ')}`}
        {mismatch === undefined ? '' : ` · another text on ${mismatch.database}`}
        {withdrawal === undefined ? '' : ` · withdrawn by ${withdrawal.by}: ${withdrawal.reason}`}
      </p>
      {state === 'announced' ? (
        <div className="row">
          <Go to={`/migrations/${encodeURIComponent(migration)}`} className="button small">
            Review
          </Go>
          <Deploy />
          <Button small disabled={!may} onClick={onWithdraw}>
            Withdraw…
          </Button>
        </div>
      ) : null}
    </article>
  );
}

/** Brings the server's own database up to date, as the deploy call does. */
function Deploy(): ReactNode {
  const may = useMay('update');
  const update = useDo('update');
  return (
    <>
      <Button small look="main" disabled={!may} busy={update.isPending} onClick={() => update.mutate({})}>
        Deploy here
      </Button>
      <Trouble error={update.error} />
    </>
  );
}

function Withdraw({ version, onClose }: { readonly version: Version; readonly onClose: () => void }): ReactNode {
  const withdraw = useDo('withdraw');
  const [reason, setReason] = useState('');
  return (
    <Dialog title={`Withdraw version ${version.number}`} onClose={onClose}>
      <p>No database has it. Its number stays used; its migration must be removed from the repository.</p>
      <Trouble error={withdraw.error} />
      <label className="field">
        <span>Why</span>
        <input value={reason} onChange={({ target }) => setReason(target.value)} />
      </label>
      <div className="row">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="danger"
          busy={withdraw.isPending}
          disabled={reason.trim() === ''}
          onClick={() => withdraw.mutate({ number: version.number, reason }, { onSuccess: onClose })}
        >
          Withdraw
        </Button>
      </div>
    </Dialog>
  );
}
