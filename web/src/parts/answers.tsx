import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { type Problem, Refused } from '../api/client.ts';

/** A failure in the shape in which the terminal tells it: sentence, place, state, remedy, code. */
export function ProblemCard({ problem }: { readonly problem: Problem }): ReactNode {
  const { level, message, file, line, column, state, fix, code } = problem;
  return (
    <div className={`problem ${level === 'warning' ? 'warning' : ''}`} role={level === 'warning' ? 'status' : 'alert'}>
      <p className="what">{message}</p>
      <dl>
        {file === undefined ? null : (
          <>
            <dt>Where</dt>
            <dd>
              <code>{[file, line, column].filter((one) => one !== undefined).join(':')}</code>
            </dd>
          </>
        )}
        {state === undefined ? null : (
          <>
            <dt>State</dt>
            <dd>{state}</dd>
          </>
        )}
        {fix.length === 0 ? null : (
          <>
            <dt>What helps</dt>
            <dd>
              {fix.map((one) => (
                <div key={one}>
                  <code>{one}</code>
                </div>
              ))}
            </dd>
          </>
        )}
        <dt>Code</dt>
        <dd>
          <code>{code}</code>
        </dd>
      </dl>
    </div>
  );
}

/** What went wrong, whatever it was; nothing where nothing did. */
export function Trouble({ error }: { readonly error: Error | null | undefined }): ReactNode {
  if (error === null || error === undefined) return null;
  const problems: readonly Problem[] =
    error instanceof Refused && error.problems.length > 0
      ? error.problems
      : [{ code: 'team.unreachable', level: 'error', message: error.message, fix: ['see whether the server still runs'] }];
  return problems.map((problem) => <ProblemCard key={`${problem.code}${problem.message}`} problem={problem} />);
}

/** What was asked for when it is there, else that it is on its way, or why it does not come. What was known stays while it is asked anew. */
export function Answered<T>({
  query,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
}): ReactNode {
  const { data, error } = query;
  return (
    <>
      <Trouble error={error} />
      {data === undefined ? error === null ? <Loading /> : null : children(data)}
    </>
  );
}

/** Says that something is on its way, when it takes longer than the blink of an eye. */
export function Loading(): ReactNode {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return isLate ? (
    <p role="status" className="muted">
      Asking the server…
    </p>
  ) : null;
}
