import { type ReactNode, useState } from 'react';
import { useParams } from 'wouter';
import type { Answer } from '../api/client.ts';
import { useAsk, useEnv, useMay } from '../api/queries.ts';
import { Answered, ProblemCard } from '../parts/answers.tsx';
import { Ago, Badge, Button, Code, duration, Page, Tabs } from '../parts/basics.tsx';
import { isThere, StateBadges } from '../parts/words.tsx';
import { Checks } from '../reviews/checks.tsx';
import { Discussion } from '../reviews/discussion.tsx';
import { LatestRun } from '../runs/latest-run.tsx';
import { RunDialog, type Wanted } from '../runs/run-dialog.tsx';

type Migration = Answer<'migration'>;
type Step = NonNullable<Migration['step']>;

/** One migration: what it would do, what it says, what became of it. */
export default function MigrationPage(): ReactNode {
  const { id = '' } = useParams<{ id: string }>();
  const env = useEnv();
  const name = decodeURIComponent(id);
  const query = useAsk('migration', { env, id: name });
  const may = useMay('update');
  const [wanted, setWanted] = useState<Wanted>();
  const state = query.data?.listed.state;
  const actions =
    state === undefined ? null : isThere(state) ? (
      <Button disabled={!may} onClick={() => setWanted({ kind: 'down', id: name, title: `Take back ${name}` })}>
        Take back
      </Button>
    ) : (
      <Button look="main" disabled={!may} onClick={() => setWanted({ kind: 'up', to: name, title: `Run up to ${name}` })}>
        Run to here
      </Button>
    );
  return (
    <Page
      title={name}
      actions={actions}
      terminal={`lockstep ${state !== undefined && isThere(state) ? `down ${name} --dry-run` : `plan --to ${name}`}${env === undefined ? '' : ` --env ${env}`}`}
    >
      <LatestRun env={env ?? ''} />
      <Answered query={query}>{(migration) => <Parts migration={migration} />}</Answered>
      {wanted === undefined ? null : <RunDialog wanted={wanted} onClose={() => setWanted(undefined)} />}
    </Page>
  );
}

function Parts({ migration }: { readonly migration: Migration }): ReactNode {
  const { listed, text, downText, step, losses, problem, checksum } = migration;
  const [tab, setTab] = useState<'sql' | 'checks' | 'file' | 'talk'>('sql');
  return (
    <>
      <p className="row">
        <StateBadges {...listed} />
        {listed.appliedAt === undefined ? null : (
          <span className="muted">
            <Ago at={listed.appliedAt} /> by {listed.by ?? 'unknown'}
            {listed.ms === undefined ? '' : `, took ${duration(listed.ms)}`}
          </span>
        )}
        <span className="muted">{listed.file ?? 'no file'}</span>
      </p>
      <Failed listed={listed} />
      {problem === null ? null : <ProblemCard problem={{ ...problem, level: 'warning' }} />}
      <Tabs
        tabs={[
          ['sql', isThere(listed.state) ? 'The way back' : 'What would run'],
          ['checks', 'Structure and checks'],
          ['file', 'The file'],
          ['talk', 'Review'],
        ]}
        open={tab}
        onOpen={setTab}
      />
      {tab === 'sql' ? <Planned step={step} losses={losses} isBack={isThere(listed.state)} /> : null}
      {tab === 'checks' ? <Checks id={listed.id} /> : null}
      {tab === 'file' ? text === null ? <p>There is no file of it here.</p> : <Code text={text} tall label="The file" /> : null}
      {tab === 'talk' ? <Discussion module={listed.module} migration={listed.id} checksum={checksum ?? undefined} /> : null}
      {tab === 'file' && downText !== null ? <Code text={downText} tall label="The file of the way back" /> : null}
    </>
  );
}

/** Why it failed, what is left of it, and the way out. */
function Failed({ listed: { error, partial, file } }: Pick<Migration, 'listed'>): ReactNode {
  if (error === undefined) return null;
  const again = `edit ${file ?? 'its file'}, then run it again`;
  const problem = {
    code: 'migration.failed',
    level: 'error',
    message: error,
    state: partial ? 'half done: what ran of it is still there' : 'rolled back: nothing of it remains',
    fix: partial ? [again, 'lockstep down --partial   takes back what ran of it'] : [again],
  } as const;
  return <ProblemCard problem={problem} />;
}

interface PlannedProps {
  readonly step: Step | null;
  readonly losses: Migration['losses'];
  /** It is the way back that is shown. */
  readonly isBack: boolean;
}

function Planned({ step, losses, isBack }: PlannedProps): ReactNode {
  if (step === null) return <p className="muted">Nothing would run.</p>;
  return (
    <>
      <p className="row">
        <Badge tone="quiet">{step.transaction === 'none' ? 'outside a transaction' : `transactions: ${step.transaction}`}</Badge>
        {isBack ? null : <Badge tone={step.back === 'none' ? 'warn' : 'quiet'}>way back: {step.back}</Badge>}
        {step.whyNoBack === undefined ? null : <span className="muted">{step.whyNoBack}</span>}
      </p>
      {losses.map(({ text, rows }) => (
        <p key={text}>
          <Badge tone="bad">destroys</Badge> {text}, {rows.toLocaleString('en')} now
        </p>
      ))}
      {step.statements.map(({ sql, lock, blocks, risks, rows, effects }, index) => (
        <section key={`${index}${sql}`}>
          <p className="row">
            <b>{index + 1}</b>
            <span className="muted">
              {effects.map(({ sign, text }) => `${sign} ${text}`).join(', ')} {blocks === 'nothing' ? '' : `· blocks ${blocks} (${lock})`}
              {rows === undefined ? '' : ` · rows: ${rows}`}
            </span>
            {risks.map((risk) => (
              <Badge key={JSON.stringify(risk)} tone={risk.kind === 'loses' ? 'bad' : 'warn'}>
                {riskText(risk)}
              </Badge>
            ))}
          </p>
          <Code text={sql} label={`Statement ${index + 1}`} />
        </section>
      ))}
      {step.boundary === undefined ? null : <p>What follows is decided when it runs: {step.boundary}</p>}
    </>
  );
}

function riskText(risk: Step['statements'][number]['risks'][number]): string {
  switch (risk.kind) {
    case 'loses':
      return `loses ${risk.loss.what}`;
    case 'rewrites':
      return `rewrites ${risk.table.name}`;
    case 'rewritesHistory':
      return `rewrites the past of ${risk.table.name}`;
    case 'scans':
      return `scans ${risk.table.name}`;
    case 'mayFail':
      return `may fail: ${risk.why}`;
  }
}
