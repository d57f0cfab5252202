import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { DeskRun } from '../api/client.ts';
import { useAsk, useDo } from '../api/queries.ts';
import { ProblemCard } from '../parts/answers.tsx';
import { Ago, Badge, Button, Code, duration, type Tone } from '../parts/basics.tsx';

const tones: Readonly<Record<DeskRun['state'], readonly [Tone, string]>> = {
  running: ['busy', '▸ running'],
  stopping: ['warn', 'stops after this statement'],
  done: ['good', '✔ done'],
  failed: ['bad', '✖ failed'],
  refused: ['bad', 'refused'],
};
const words: Readonly<Record<DeskRun['kind'], string>> = { up: 'Run', down: 'Take back', load: 'Load fixtures', remove: 'Remove fixtures' };
const tellEveryMs = 5_000;

/** The run that was started last on a database, while it goes on and afterwards until the page is left. */
export function LatestRun({ env }: { readonly env: string }): ReactNode {
  const { data } = useAsk('runs', {});
  const stop = useDo('stopRun');
  const [closed, setClosed] = useState<string>();
  const run = data?.find((one) => one.env === env);
  if (run === undefined || run.run === closed) return null;
  const [tone, text] = tones[run.state];
  const over = run.steps.filter(({ state }) => state === 'done' || state === 'failed').length;
  const isOver = run.ended !== undefined;
  return (
    <section className="card" aria-labelledby="run" aria-busy={!isOver}>
      <div className="row">
        <h2 id="run" style={{ margin: 0 }}>
          {words[run.kind]}
        </h2>
        <Badge tone={tone}>{text}</Badge>
        <span className="muted">
          by {run.by}, <Ago at={run.begun} />
          {run.ended === undefined ? '' : `, took ${duration(new Date(run.ended).getTime() - new Date(run.begun).getTime())}`}
        </span>
        <span style={{ flex: 1 }} />
        {isOver ? (
          <Button small look="plain" onClick={() => setClosed(run.run)}>
            Close
          </Button>
        ) : (
          <>
            <Button small busy={stop.isPending} disabled={run.state === 'stopping'} onClick={() => stop.mutate({ run: run.run })}>
              Stop after this statement
            </Button>
            <Button small look="danger" onClick={() => stop.mutate({ run: run.run, now: true })}>
              Cancel now
            </Button>
          </>
        )}
      </div>
      {run.steps.length === 0 ? null : (
        <p>
          <progress aria-label="Progress" max={run.steps.length} value={over} /> {over} of {run.steps.length}
          {run.steps.some(({ state }) => state === 'failed') ? ', 1 failed' : ''}
        </p>
      )}
      <Told run={run} over={over} />
      {run.now === undefined ? null : (
        <>
          <p>
            {run.now.migration}, statement {run.now.statement}
            {run.now.of === undefined ? '' : ` of ${run.now.of}`}
          </p>
          <Code text={run.now.sql} label="The statement that is running" />
        </>
      )}
      <Steps run={run} />
      {run.problems.map((problem) => (
        <ProblemCard key={`${problem.code}${problem.message}`} problem={problem} />
      ))}
      {run.frames.map(({ file, from, line, lines }) => (
        <Code
          key={`${file}${line}`}
          label={`${file}, line ${line}`}
          text={lines.map((text, index) => `${from + index === line ? '>' : ' '} ${String(from + index).padStart(4)} │ ${text}`).join('\n')}
        />
      ))}
      {run.log.length === 0 ? null : (
        <details>
          <summary>Log ({run.log.length})</summary>
          <Code
            text={run.log.map(({ at, text: said }) => `${new Date(at).toLocaleTimeString()}  ${said}`).join('\n')}
            label="Log of the run"
          />
        </details>
      )}
    </section>
  );
}

const stepsMost = 12;

/** The steps around the one that is running; all of them would bury what matters. */
function Steps({ run }: { readonly run: DeskRun }): ReactNode {
  const at = Math.max(
    0,
    run.steps.findIndex(({ state }) => state === 'running' || state === 'failed'),
  );
  const from = run.ended === undefined || run.state === 'failed' ? Math.max(0, Math.min(at - 3, run.steps.length - stepsMost)) : 0;
  const shown = run.steps.slice(from, from + stepsMost);
  const signs = { waiting: '○', running: '▸', done: '✔', failed: '✖', untouched: '–' } as const;
  return (
    <ul className="timeline">
      {shown.map(({ id, state, ms }) => (
        <li key={id}>
          <span>
            {signs[state]} {state}
          </span>
          <div className="mono">{id}</div>
          <span className="muted">{ms === undefined ? '' : duration(ms)}</span>
        </li>
      ))}
      {run.steps.length > shown.length ? <li className="muted">and {run.steps.length - shown.length} more</li> : null}
    </ul>
  );
}

/** Tells who listens how far it has come, now and then; a failure at once. */
function Told({ run, over }: { readonly run: DeskRun; readonly over: number }): ReactNode {
  const [said, setSaid] = useState('');
  const last = useRef(0);
  useEffect(() => {
    if (run.ended === undefined && Date.now() - last.current < tellEveryMs) return;
    last.current = Date.now();
    setSaid(run.ended === undefined ? `${over} of ${run.steps.length} done` : `${words[run.kind]}: ${run.state}`);
  }, [run, over]);
  return (
    <p className="hidden-text" role={run.state === 'failed' ? 'alert' : 'status'}>
      {said}
    </p>
  );
}
