import { type ReactNode, useState } from 'react';
import { actions, roles } from '../../../src/team/protocol/roles.ts';
import { useAsk, useProject } from '../api/queries.ts';
import { Answered } from '../parts/answers.tsx';
import { Badge, Button, Page, Scroll } from '../parts/basics.tsx';

const root = document.documentElement;

/** How this server is set up, and what each role may do. What a file decides is changed in the file, where it is reviewed. */
export default function Settings(): ReactNode {
  const project = useProject();
  const query = useAsk('databases', {});
  const [theme, setTheme] = useState(root.dataset['theme']);
  const choose = (wanted: 'light' | 'dark'): void => {
    root.dataset['theme'] = wanted;
    localStorage.setItem('lockstep-theme', wanted);
    setTheme(wanted);
  };
  return (
    <Page
      title="Settings"
      terminal="lockstep doctor"
      note="Environments, protection and policies stand in lockstep.config and travel with the repository."
    >
      <section className="card" aria-labelledby="here">
        <h2 id="here">This server</h2>
        <p>
          Lockstep {project?.version} · {project?.databases[0]?.target ?? 'without a database'} · you are {project?.user} ({project?.role}
          {project?.isLocal === true ? ', because nobody has a key yet' : ''})
        </p>
        <div className="row">
          {(['light', 'dark'] as const).map((one) => (
            <Button key={one} aria-pressed={theme === one} look={theme === one ? 'main' : 'plain'} onClick={() => choose(one)}>
              {one}
            </Button>
          ))}
        </div>
      </section>
      <section aria-labelledby="protection">
        <h2 id="protection">Protection</h2>
        <Answered query={query}>
          {({ databases }) => (
            <Scroll label="Protection of databases">
              <table>
                <thead>
                  <tr>
                    <th>Database</th>
                    <th>Protection</th>
                    <th className="wide">Changed by</th>
                  </tr>
                </thead>
                <tbody>
                  {databases.map(({ name, protected: isProtected }) => (
                    <tr key={name}>
                      <th scope="row">{name === '' ? 'the project’s own' : name}</th>
                      <td>
                        {isProtected ? (
                          <Badge tone="bad">must be named by whoever changes it</Badge>
                        ) : (
                          <span className="muted">none by the configuration</span>
                        )}
                      </td>
                      <td className="wide">
                        <code>lockstep protect NAME -m WHY{name === '' ? '' : ` --env ${name}`}</code>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )}
        </Answered>
      </section>
      <Rules />
      <section aria-labelledby="roles">
        <h2 id="roles">Roles</h2>
        <Scroll label="What each role may do">
          <table>
            <thead>
              <tr>
                <th>May</th>
                {roles.map((role) => (
                  <th key={role}>{role}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {Object.entries(actions).map(([action, least]) => (
                <tr key={action}>
                  <th scope="row">{action.replaceAll('-', ' ')}</th>
                  {roles.map((role) => (
                    <td key={role}>{roles.indexOf(role) >= roles.indexOf(least) ? '✔' : <span className="muted">–</span>}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      </section>
    </Page>
  );
}

const checkoutRules = {
  off: 'nobody has to: migrations are written and run freely',
  advisory: 'wanted: what nobody has announced runs with a warning',
  required: 'needed: what nobody has announced is refused outside a check-out',
} as const;
const lateRules = { run: 'they run', warn: 'they run, and it is said', refuse: 'they are refused' } as const;
const errorRules = { halt: 'the run stops', ignore: 'the others go on', backout: 'the run is taken back' } as const;

/** What the configuration says of check-outs, approvals, order, failures and hooks, each with the line that changes it. */
function Rules(): ReactNode {
  const query = useAsk('policies', {});
  return (
    <section aria-labelledby="rules">
      <h2 id="rules">Rules</h2>
      <Answered query={query}>
        {({ checkouts, approvals, destructive, late, onError, hooks, data }) => (
          <Scroll label="Rules of the configuration">
            <table>
              <thead>
                <tr>
                  <th>What</th>
                  <th>Holds</th>
                  <th className="wide">In lockstep.config</th>
                </tr>
              </thead>
              <tbody>
                <Rule what="Check-outs" holds={checkoutRules[checkouts]} line={`checkouts: '${checkouts}'`} />
                <Rule
                  what="Approvals on a protected database"
                  holds={
                    approvals + destructive === 0
                      ? 'none are needed'
                      : `${approvals} of a migration, ${destructive} of one that destroys something`
                  }
                  line={`review: { approvals: ${approvals}, destructive: ${destructive} }`}
                />
                <Rule what="Migrations older than the newest applied" holds={lateRules[late]} line={`late: '${late}'`} />
                <Rule what="After a failure" holds={errorRules[onError]} line={`onError: '${onError}'`} />
                <Rule
                  what="Rows that a check-in records"
                  holds={data.length === 0 ? 'none' : `of ${data.join(', ')}`}
                  line={`record: { data: [${data.map((one) => `'${one}'`).join(', ')}] }`}
                />
                <Rule what="Hooks" holds={hooks.length === 0 ? 'none' : hooks.join(', ')} line="hooks: { … }" />
              </tbody>
            </table>
          </Scroll>
        )}
      </Answered>
    </section>
  );
}

function Rule({ what, holds, line }: { readonly what: string; readonly holds: string; readonly line: string }): ReactNode {
  return (
    <tr>
      <th scope="row">{what}</th>
      <td>{holds}</td>
      <td className="wide">
        <code>{line}</code>
      </td>
    </tr>
  );
}
