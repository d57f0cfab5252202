import type { ReactNode } from 'react';
import type { Answer } from '../api/client.ts';
import { useAsk } from '../api/queries.ts';
import { Answered } from '../parts/answers.tsx';
import { Badge, Empty, Page, Scroll } from '../parts/basics.tsx';

/** Every database of the configuration: where it is, which server, what it lacks. */
export default function Databases(): ReactNode {
  const query = useAsk('databases', {});
  return (
    <Page
      title="Databases"
      terminal="lockstep status --env all"
      note="Environments and their databases stand in the configuration; here is how each of them is."
    >
      <Answered query={query}>
        {({ databases }) =>
          databases.length === 0 ? (
            <Empty>
              <p>No database is configured: add a URL, or environments, to lockstep.config.</p>
            </Empty>
          ) : (
            <Scroll label="Databases">
              <table>
                <thead>
                  <tr>
                    <th>Name</th>
                    <th className="wide">Where</th>
                    <th className="wide">Server</th>
                    <th>State</th>
                    <th className="right">Missing</th>
                    <th className="right">Applied</th>
                  </tr>
                </thead>
                <tbody>
                  {databases.map((database) => (
                    <Row key={database.name} database={database} />
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Answered>
    </Page>
  );
}

function Row({ database }: { readonly database: Answer<'databases'>['databases'][number] }): ReactNode {
  const { name, target, server, counts, upToDate, problem, protected: isProtected } = database;
  return (
    <tr>
      <th scope="row">
        <a href={`/migrations${name === '' ? '' : `?env=${encodeURIComponent(name)}`}`}>{name === '' ? 'the project’s own' : name}</a>{' '}
        {isProtected ? <Badge tone="bad">protected</Badge> : null}
      </th>
      <td className="wide name mono">{target}</td>
      <td className="wide">{server ?? ''}</td>
      <td>
        {problem === undefined ? (
          <Badge tone={upToDate === true ? 'good' : 'info'}>{upToDate === true ? '✔ up to date' : '○ something is missing'}</Badge>
        ) : (
          <>
            <Badge tone="bad">✖ {problem.code}</Badge> <span className="muted">{problem.message}</span>
          </>
        )}
      </td>
      <td className="right">{counts?.pending ?? ''}</td>
      <td className="right">{counts?.applied ?? ''}</td>
    </tr>
  );
}
