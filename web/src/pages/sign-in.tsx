import { type ReactNode, useState } from 'react';
import { useSignIn } from '../api/session.ts';
import { Trouble } from '../parts/answers.tsx';
import { Button, Terminal } from '../parts/basics.tsx';

/** Asks for a key. `again`: a session has ended, and the page behind it waits as it was left. */
export function SignIn({ again }: { readonly again: boolean }): ReactNode {
  const signIn = useSignIn();
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error>();
  const enter = (): void => {
    setBusy(true);
    setError(undefined);
    signIn(key)
      .catch((problem: unknown) => setError(problem instanceof Error ? problem : new Error(String(problem))))
      .finally(() => setBusy(false));
  };
  return (
    <main style={{ margin: '10vh auto', maxWidth: 480 }}>
      <title>Sign in · Lockstep</title>
      <h1>{again ? 'Your session is over' : 'Sign in'}</h1>
      <p className="muted">
        {again
          ? 'What you have typed is still there when you sign in again.'
          : 'By your key, which is sent once and not kept in this browser.'}
      </p>
      <Trouble error={error} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          enter();
        }}
      >
        <label className="field">
          <span>Key</span>
          <input
            type="password"
            autoComplete="current-password"
            spellCheck={false}
            value={key}
            onChange={({ target }) => setKey(target.value)}
          />
        </label>
        <Button type="submit" look="main" busy={busy} disabled={key.trim() === ''}>
          Sign in
        </Button>
      </form>
      <Terminal line="lockstep keys add --label browser" />
    </main>
  );
}
