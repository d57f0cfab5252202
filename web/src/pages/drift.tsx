import { type ReactNode, useState } from 'react';
import type { Answer } from '../api/client.ts';
import { useAsk, useDo, useEnv, useMay } from '../api/queries.ts';
import { Answered, Trouble } from '../parts/answers.tsx';
import { Button, Code, Empty, Page } from '../parts/basics.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Differences, plural } from '../parts/words.tsx';

type Report = Answer<'drift'>;

/** What differs from what the history says, and the three answers to it. */
export default function Drift(): ReactNode {
  const env = useEnv();
  const query = useAsk('drift', { env });
  const [answer, setAnswer] = useState<Given>();
  const [written, setWritten] = useState<string>();
  const close = (): void => setAnswer(undefined);
  return (
    <Page
      title="Drift"
      terminal={`lockstep drift${env === undefined ? '' : ` --env ${env}`}`}
      actions={
        <Button busy={query.isFetching} onClick={() => void query.refetch()}>
          Look again
        </Button>
      }
    >
      {written === undefined ? null : (
        <p className="card free" role="status">
          <code>{written}</code> is written. Now commit and push it.
        </p>
      )}
      <Answered query={query}>
        {(report) =>
          report.differences.length === 0 ? (
            <Empty>
              <p>
                No drift: the structure is what {plural(report.applied, 'applied migration')} {report.applied === 1 ? 'makes' : 'make'}.
                {report.ignored.length === 0 ? '' : ` ${plural(report.ignored.length, 'difference')} is ignored on purpose.`}
              </p>
            </Empty>
          ) : (
            <Found report={report} onAnswer={setAnswer} />
          )
        }
      </Answered>
      {answer === 'ignore' && query.data !== undefined ? <Ignore report={query.data} env={env} onClose={close} /> : null}
      {answer === 'record' || answer === 'back' ? <Write answer={answer} env={env} onClose={close} onWritten={setWritten} /> : null}
    </Page>
  );
}

/** The three answers. */
type Given = 'record' | 'back' | 'ignore';

function Found({ report, onAnswer }: { readonly report: Report; readonly onAnswer: (answer: Given) => void }): ReactNode {
  const may = useMay('checkin');
  const mayIgnore = useMay('settings');
  return (
    <>
      <p className="muted">
        {report.target} · {plural(report.differences.length, 'difference')} from what {plural(report.applied, 'migration')} made ·{' '}
        {report.proven === true ? 'both ways were tried on a scratch database' : `not tried: ${report.proven.why}`}
      </p>
      <Differences of={report.differences} />
      <div className="row" style={{ marginBottom: 16 }}>
        <Button look="main" disabled={!may} onClick={() => onAnswer('record')}>
          Record as a migration…
        </Button>
        <Button disabled={!may || report.back.length === 0} onClick={() => onAnswer('back')}>
          Plan to take it back…
        </Button>
        <Button disabled={!mayIgnore} onClick={() => onAnswer('ignore')}>
          Ignore…
        </Button>
      </div>
      {report.losses.length === 0 ? null : (
        <p>Taking it back would destroy: {report.losses.map(({ text, rows }) => `${text} (${rows})`).join(', ')}</p>
      )}
      <details>
        <summary>What would take it back ({report.back.length})</summary>
        <Code text={report.back.map(({ sql }) => `${sql};`).join('\n\n')} label="The way back" />
      </details>
    </>
  );
}

interface Answering {
  readonly env: string | undefined;
  readonly onClose: () => void;
}

function Write({
  answer,
  env,
  onClose,
  onWritten,
}: Answering & { readonly answer: 'record' | 'back'; readonly onWritten: (file: string) => void }): ReactNode {
  const record = useDo('recordDrift');
  const back = useDo('planDriftBack');
  const doing = answer === 'record' ? record : back;
  const [name, setName] = useState(answer === 'record' ? 'what was changed by hand' : 'take back what was changed by hand');
  const write = (): void =>
    doing.mutate(
      { env, name },
      {
        onSuccess: ({ written }) => {
          if (written !== undefined) onWritten(written.file);
          onClose();
        },
      },
    );
  return (
    <Dialog title={answer === 'record' ? 'Record as a migration' : 'Plan to take it back'} onClose={onClose}>
      <p>
        {answer === 'record'
          ? 'The migration is written to the project and counts as applied here; elsewhere it runs.'
          : 'A migration is written whose way back makes the structure as it should be; it is run by taking it back.'}
      </p>
      <Trouble error={doing.error} />
      <label className="field">
        <span>Name</span>
        <input value={name} onChange={({ target }) => setName(target.value)} />
      </label>
      <div className="row">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" busy={doing.isPending} disabled={name.trim() === ''} onClick={write}>
          Write it
        </Button>
      </div>
    </Dialog>
  );
}

function Ignore({ report, env, onClose }: Answering & { readonly report: Report }): ReactNode {
  const ignore = useDo('ignoreDrift');
  const [what, setWhat] = useState(report.differences[0]?.name ?? '');
  const [why, setWhy] = useState('');
  const [until, setUntil] = useState(new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10));
  return (
    <Dialog title="Ignore until a day" onClose={onClose}>
      <Trouble error={ignore.error} />
      <label className="field">
        <span>What (* stands for anything)</span>
        <input value={what} onChange={({ target }) => setWhat(target.value)} />
      </label>
      <label className="field">
        <span>Why</span>
        <input value={why} onChange={({ target }) => setWhy(target.value)} />
      </label>
      <label className="field">
        <span>Until</span>
        <input type="date" value={until} onChange={({ target }) => setUntil(target.value)} />
      </label>
      <div className="row">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="main"
          busy={ignore.isPending}
          disabled={what.trim() === '' || why.trim() === ''}
          onClick={() => ignore.mutate({ env, ignore: what, why, until }, { onSuccess: onClose })}
        >
          Ignore
        </Button>
      </div>
    </Dialog>
  );
}
