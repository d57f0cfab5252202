import { type ReactNode, useState } from 'react';
import type { Answer, Given } from '../api/client.ts';
import { Refused } from '../api/client.ts';
import { useDo } from '../api/queries.ts';
import { Trouble } from '../parts/answers.tsx';
import { Button } from '../parts/basics.tsx';
import { plural } from '../parts/words.tsx';
import { Proposed } from './proposed.tsx';

type Held = Answer<'desk'>['checkouts'][number];

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

export function Checkin({ held, isEmpty }: { readonly held: Held; readonly isEmpty: boolean }): ReactNode {
  const plan = useDo('deskPlan');
  const checkin = useDo('deskCheckin');
  const [message, setMessage] = useState(held.message);
  const [decided, setDecided] = useState<Pick<Given<'deskPlan'>, 'rename' | 'drop'>>({});
  const [edited, setEdited] = useState<string>();
  const [proposed, setProposed] = useState<{ readonly text: string; readonly format: string }>();
  const [proven, setProven] = useState<string>();
  const own = edited === undefined || proposed === undefined ? {} : { text: edited, format: proposed.format };
  const propose = (given: Given<'deskPlan'>): void =>
    plan.mutate(given, {
      onSuccess: ({ text, format }) => {
        if (given.text === undefined) setProposed(text === undefined || format === undefined ? undefined : { text, format });
        setProven(text);
      },
    });
  const questions = [...questionsIn(plan.error), ...questionsIn(checkin.error)];
  const error = questions.length > 0 ? null : (checkin.error ?? plan.error);
  const decide = (flag: string): void => {
    const [kind, value = ''] = /^--(rename|drop) (.*)$/.exec(flag)?.slice(1) ?? [];
    const name = value.replace(/^'(.*)'$/, '$1');
    const next =
      kind === 'drop' ? { ...decided, drop: [...(decided.drop ?? []), name] } : { ...decided, rename: [...(decided.rename ?? []), name] };
    setDecided(next);
    checkin.reset();
    setEdited(undefined);
    propose({ message, ...next });
  };
  if (checkin.data !== undefined) {
    const { version, file, notRun } = checkin.data;
    return (
      <section className="card free">
        <h2>Checked in</h2>
        <p>
          {version === undefined
            ? 'Nothing was changed; the check-out is released.'
            : `Version ${version.number} is announced: ${version.message}.`}
          {file === undefined ? '' : ` Now commit and push ${file}.`}
        </p>
        <NotRun statements={notRun} />
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
        <Button busy={plan.isPending} onClick={() => propose({ message, ...decided, ...own })}>
          {edited === undefined ? 'Show the migration' : 'Prove the edited text'}
        </Button>
        <Button
          look="main"
          busy={checkin.isPending}
          disabled={isEmpty || message.trim() === ''}
          onClick={() => checkin.mutate({ message, ...decided, ...own })}
        >
          Check in
        </Button>
      </div>
      <NotRun statements={plan.data?.notRun} />
      {proposed === undefined ? null : (
        <Proposed {...proposed} edited={edited} onEdit={setEdited} isProven={proven === (edited ?? proposed.text)} />
      )}
    </section>
  );
}

/** What an edited text does with rows on other databases and not here, so that nobody takes it for done. */
function NotRun({ statements }: { readonly statements: readonly string[] | undefined }): ReactNode {
  if (statements === undefined || statements.length === 0) return null;
  return (
    <div role="status" className="problem warning">
      <p>{plural(statements.length, 'statement')} for rows: run on other databases, and not here. Run it below where it is wanted.</p>
      {statements.map((sql) => (
        <div key={sql}>
          <code>{sql}</code>
        </div>
      ))}
    </div>
  );
}
