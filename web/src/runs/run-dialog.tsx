import { type ReactNode, useState } from 'react';
import type { Answer, Given } from '../api/client.ts';
import { useAsk, useDo, useEnv, useProject } from '../api/queries.ts';
import { Answered, Trouble } from '../parts/answers.tsx';
import { Button } from '../parts/basics.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { plural } from '../parts/words.tsx';

/** A run that somebody thinks of. */
export interface Wanted extends Omit<Given<'run'>, 'env' | 'allow' | 'confirm'> {
  readonly title: string;
}

const verbs: Readonly<Record<Wanted['kind'], string>> = { up: 'Run', down: 'Take back', load: 'Load', remove: 'Remove' };

/** Says what would happen, asks for what must be said before it may, and starts it. How it goes stands on the page behind. */
export function RunDialog({ wanted: { title, ...wanted }, onClose }: { readonly wanted: Wanted; readonly onClose: () => void }): ReactNode {
  const env = useEnv();
  const start = useDo('run');
  const [allow, setAllow] = useState(false);
  const [typed, setTyped] = useState('');
  const database = useProject()?.databases.find(({ name }) => name === (env ?? ''));
  const isMove = wanted.kind === 'up' || wanted.kind === 'down';
  const preview = useAsk('plan', { env, to: wanted.to, down: wanted.id }, { enabled: isMove });
  const losses = preview.data?.losses ?? [];
  const isProtected = database?.protected === true;
  const go = (): void =>
    start.mutate(
      { env, ...wanted, ...(allow ? { allow: ['destructive'] } : {}), ...(isProtected ? { confirm: typed } : {}) },
      { onSuccess: onClose },
    );
  return (
    <Dialog title={title} onClose={onClose}>
      <p>
        On <b>{database?.title ?? 'the project’s database'}</b>, {database?.target ?? ''}
      </p>
      {isMove ? (
        <Answered query={preview}>
          {({ steps, statements, exact }) => (
            <p className="muted">
              {plural(steps.length, 'migration')}, {plural(statements, 'statement')}
              {exact ? '' : ', and what is decided when they run'}
            </p>
          )}
        </Answered>
      ) : null}
      <Losses of={losses} />
      <label className="row" style={{ marginBottom: 12 }}>
        <input type="checkbox" checked={allow} onChange={({ target }) => setAllow(target.checked)} />
        Data may be destroyed by it
      </label>
      {isProtected ? (
        <label className="field">
          <span>This database is protected. Type {env} to confirm</span>
          <input value={typed} onChange={({ target }) => setTyped(target.value)} />
        </label>
      ) : null}
      <Trouble error={start.error} />
      <div className="row">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look={wanted.kind === 'up' || wanted.kind === 'load' ? 'main' : 'danger'}
          busy={start.isPending}
          disabled={isProtected && typed !== env}
          onClick={go}
        >
          {verbs[wanted.kind]}
        </Button>
      </div>
    </Dialog>
  );
}

function Losses({ of }: { readonly of: Answer<'plan'>['losses'] }): ReactNode {
  if (of.length === 0) return null;
  return (
    <div className="problem">
      <p className="what">This destroys</p>
      {of.map(({ text, rows }) => (
        <div key={text}>
          {text} ({rows.toLocaleString('en')})
        </div>
      ))}
    </div>
  );
}
