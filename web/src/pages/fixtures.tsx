import { type ReactNode, useState } from 'react';
import type { Answer } from '../api/client.ts';
import { useAsk, useEnv, useMay } from '../api/queries.ts';
import { Answered, ProblemCard } from '../parts/answers.tsx';
import { Ago, Badge, Button, Code, Empty, Page, Scroll, type Tone } from '../parts/basics.tsx';
import { LatestRun } from '../runs/latest-run.tsx';
import { RunDialog, type Wanted } from '../runs/run-dialog.tsx';

type Fixture = Answer<'fixtures'>['fixtures'][number];
const tones: Readonly<Record<string, readonly [Tone, string]>> = {
  loaded: ['good', '✔ loaded'],
  pending: ['info', '○ not loaded'],
  outdated: ['warn', '○ a newer version is there'],
  failed: ['bad', '✖ failed'],
};

/** Sets of data for a program to begin with: which are loaded here, and in which version. */
export default function Fixtures(): ReactNode {
  const env = useEnv();
  const query = useAsk('fixtures', { env });
  const may = useMay('update');
  const [wanted, setWanted] = useState<Wanted>();
  return (
    <Page title="Fixtures" terminal={`lockstep fixtures${env === undefined ? '' : ` --env ${env}`}`}>
      <LatestRun env={env ?? ''} />
      <Answered query={query}>
        {({ fixtures, problems }) => (
          <>
            {problems.map((problem) => (
              <ProblemCard key={`${problem.code}${problem.message}`} problem={problem} />
            ))}
            {fixtures.length === 0 ? (
              <Empty>
                <p>
                  There are no fixtures. A file fixtures/main/countries.yaml is loaded once; with a version it is loaded again when that is
                  raised.
                </p>
              </Empty>
            ) : (
              [...new Set(fixtures.map(({ set }) => set))].map((set) => (
                <section key={set}>
                  <h2 className="row">
                    {set}
                    <span style={{ flex: 1 }} />
                    <Button
                      small
                      look="main"
                      disabled={!may}
                      onClick={() => setWanted({ kind: 'load', sets: [set], title: `Load ${set}` })}
                    >
                      Load {set}
                    </Button>
                    <Button small disabled={!may} onClick={() => setWanted({ kind: 'remove', sets: [set], title: `Remove ${set}` })}>
                      Remove…
                    </Button>
                  </h2>
                  <Rows of={fixtures.filter((one) => one.set === set)} />
                </section>
              ))
            )}
          </>
        )}
      </Answered>
      {wanted === undefined ? null : <RunDialog wanted={wanted} onClose={() => setWanted(undefined)} />}
    </Page>
  );
}

function Rows({ of }: { readonly of: readonly Fixture[] }): ReactNode {
  return (
    <Scroll label="Fixtures">
      <table>
        <thead>
          <tr>
            <th>Fixture</th>
            <th>State</th>
            <th>Version</th>
            <th>When and by whom</th>
          </tr>
        </thead>
        <tbody>
          {of.map(({ id, module, state, version, loadedVersion, loadedAt, by, file }) => {
            const [tone, word] = tones[state] ?? ['quiet', state];
            return (
              <tr key={`${module}${id}`}>
                <th scope="row" className="mono">
                  {file === undefined ? id : <Preview id={id} file={file} />}
                </th>
                <td>
                  <Badge tone={tone}>{word}</Badge>
                </td>
                <td>
                  {version === undefined
                    ? 'once'
                    : loadedVersion === undefined || loadedVersion === version
                      ? version
                      : `${loadedVersion} → ${version}`}
                </td>
                <td>
                  {loadedAt === undefined ? '' : <Ago at={loadedAt} />} {by ?? ''}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}

/** The name of a fixture, and its file for whoever opens it. */
function Preview({ id, file }: { readonly id: string; readonly file: string }): ReactNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{id}</summary>
      {isOpen ? <FileText file={file} /> : null}
    </details>
  );
}

function FileText({ file }: { readonly file: string }): ReactNode {
  const query = useAsk('fixtureText', { file });
  return (
    <Answered query={query}>
      {({ text, more }) => (
        <>
          <Code text={text} tall label={file} />
          {more ? <p className="muted">and more in {file}</p> : null}
        </>
      )}
    </Answered>
  );
}
