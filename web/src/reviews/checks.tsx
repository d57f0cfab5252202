import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { Answer } from '../api/client.ts';
import { useAsk, useEnv } from '../api/queries.ts';
import { Answered, Loading, ProblemCard } from '../parts/answers.tsx';
import { Badge, Button, duration } from '../parts/basics.tsx';
import { Differences, plural } from '../parts/words.tsx';

const Diagram = lazy(() => import('../diagram/diagram.tsx'));

type Tested = Answer<'trial'>;

/** A migration tried on a scratch database: whether it goes there and back, and what it makes of the structure, as a tree and as a diagram. */
export function Checks({ id }: { readonly id: string }): ReactNode {
  const env = useEnv();
  const query = useAsk('trial', { env, id });
  return (
    <>
      {query.isFetching && query.data === undefined ? <p role="status">Trying it on a scratch database…</p> : null}
      <Answered query={query}>
        {(tested) => (
          <>
            <ul className="timeline">
              {checksOf(tested, id).map(({ sign, text }) => (
                <li key={text}>
                  <Badge tone={sign === '✔' ? 'good' : sign === '!' ? 'warn' : 'bad'}>{sign}</Badge>
                  <div>{text}</div>
                </li>
              ))}
            </ul>
            <p className="muted">
              {tested.server}, a scratch database, {duration(tested.ms)}. No real database was touched.
            </p>
            {tested.problems.map((problem) => (
              <ProblemCard key={`${problem.code}${problem.message}`} problem={problem} />
            ))}
            {tested.tried === undefined ? null : <Structure tried={tested.tried} />}
          </>
        )}
      </Answered>
    </>
  );
}

interface Check {
  readonly sign: '✔' | '!' | '✖';
  readonly text: string;
}

function checksOf({ problems, irreversible, reversible }: Tested, id: string): readonly Check[] {
  const none = irreversible.find((one) => one.id === id);
  if (reversible > 0) {
    return [
      { sign: '✔', text: 'Runs on the structure that the migrations before it make' },
      { sign: '✔', text: 'The way back leads to exactly that structure' },
      { sign: '✔', text: 'A second time up makes the same structure, and its own checks hold' },
    ];
  }
  if (none !== undefined)
    return [
      { sign: '✔', text: 'Runs on the structure that the migrations before it make' },
      { sign: '!', text: `There is no way back: ${none.why}` },
    ];
  return [{ sign: '✖', text: plural(problems.length, 'problem') }];
}

function Structure({ tried: { differences, tables } }: { readonly tried: NonNullable<Tested['tried']> }): ReactNode {
  const [isDrawn, setDrawn] = useState(false);
  if (differences.length === 0) return <p className="muted">The structure stays as it is: it is about rows, or about nothing.</p>;
  // Around what differs: the rest of a large structure is not what is reviewed.
  const first = differences.map(({ kind, name }) => (kind === 'table' ? name : (name.split('.')[0] ?? name)));
  const focus = tables.find(({ name }) => first.includes(name))?.name;
  return (
    <>
      <h2 className="row">
        What it makes of the structure
        <Button small onClick={() => setDrawn(!isDrawn)} aria-pressed={isDrawn}>
          Diagram
        </Button>
      </h2>
      <Differences of={differences} />
      {isDrawn ? (
        <Suspense fallback={<Loading />}>
          <Diagram tables={tables} differences={differences} focus={focus} />
        </Suspense>
      ) : null}
    </>
  );
}
