import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useParams } from 'wouter';
import type { Answer } from '../api/client.ts';
import { useAsk, useEnv } from '../api/queries.ts';
import { Answered, Loading } from '../parts/answers.tsx';
import { Badge, Code, Empty, Go, Page, Scroll, Tabs } from '../parts/basics.tsx';
import { plural } from '../parts/words.tsx';

const Diagram = lazy(() => import('../diagram/diagram.tsx'));

type Structure = Answer<'structure'>;
type Table = Structure['tables'][number];
const shownAtOnce = 300;

/** Tables with their columns, indexes and relations; as lists, and as a diagram. */
export default function StructurePage(): ReactNode {
  const env = useEnv();
  const { table } = useParams<{ table?: string }>();
  const query = useAsk('structure', { env });
  const { data: drift } = useAsk('drift', { env });
  const [tab, setTab] = useState<'list' | 'diagram'>('list');
  return (
    <Page title="Structure" terminal={`lockstep dump${env === undefined ? '' : ` --env ${env}`}`}>
      <Answered query={query}>
        {(structure) =>
          structure.tables.length + structure.others.length === 0 ? (
            <Empty
              actions={
                <Go to="/checkout" className="button main">
                  Check out
                </Go>
              }
            >
              <p>The database is empty. Check out the structure and make the first table with any tool.</p>
            </Empty>
          ) : (
            <>
              <p className="muted">
                {structure.target} · {structure.server} · {plural(structure.tables.length, 'table')} ·{' '}
                {drift === undefined || drift.differences.length === 0 ? (
                  'as the history says'
                ) : (
                  <Go to="/drift">{plural(drift.differences.length, 'difference')} from what the history says</Go>
                )}
              </p>
              <Tabs
                tabs={[
                  ['list', 'Tables'],
                  ['diagram', 'Diagram'],
                ]}
                open={tab}
                onOpen={setTab}
              />
              {tab === 'list' ? (
                <List structure={structure} open={table === undefined ? undefined : decodeURIComponent(table)} />
              ) : (
                <Suspense fallback={<Loading />}>
                  <Diagram
                    tables={structure.tables}
                    differences={drift?.differences ?? []}
                    focus={table === undefined ? undefined : decodeURIComponent(table)}
                  />
                </Suspense>
              )}
            </>
          )
        }
      </Answered>
    </Page>
  );
}

function List({ structure, open }: { readonly structure: Structure; readonly open: string | undefined }): ReactNode {
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const tables = structure.tables.filter(
    ({ name, columns }) =>
      name.toLowerCase().includes(wanted) || (wanted.length > 1 && columns.some((column) => column.name.toLowerCase().includes(wanted))),
  );
  const table = structure.tables.find(({ name }) => name === open) ?? tables[0];
  return (
    <div className="columns list">
      <nav aria-label="Tables">
        <label className="field">
          <span>Search tables and columns</span>
          <input data-filter value={typed} onChange={({ target }) => setTyped(target.value)} />
        </label>
        <ul className="timeline">
          {tables.slice(0, shownAtOnce).map(({ name, columns }) => (
            <li key={name}>
              <div>
                <Go to={`/structure/${encodeURIComponent(name)}`}>{name}</Go>
              </div>
              <span className="muted">{columns.length}</span>
            </li>
          ))}
        </ul>
        {tables.length > shownAtOnce ? <p className="muted">and {tables.length - shownAtOnce} more: search for one</p> : null}
        {structure.others.length === 0 ? null : (
          <details>
            <summary>{plural(structure.others.length, 'other object')}</summary>
            <ul className="timeline">
              {structure.others.map(({ kind, name, definition }) => (
                <li key={`${kind}${name}`}>
                  <div>
                    <span className="muted">{kind}</span> {name}
                    {definition === undefined ? null : (
                      <details>
                        <summary>SQL</summary>
                        <Code text={definition} label={`${kind} ${name}`} />
                      </details>
                    )}
                  </div>
                </li>
              ))}
            </ul>
          </details>
        )}
      </nav>
      <div>{table === undefined ? <p>No table has such a name.</p> : <TableView table={table} all={structure.tables} />}</div>
    </div>
  );
}

function TableView({ table, all }: { readonly table: Table; readonly all: readonly Table[] }): ReactNode {
  const from = all.flatMap((other) =>
    other.references.filter((one) => one.table === table.name).map((one) => ({ other: other.name, one })),
  );
  return (
    <>
      <h2>{table.name}</h2>
      {table.comment === undefined ? null : <p className="muted">{table.comment}</p>}
      <Scroll label={`Columns of ${table.name}`}>
        <table>
          <thead>
            <tr>
              <th>Column</th>
              <th>Type</th>
              <th>Rules</th>
              <th>Default</th>
            </tr>
          </thead>
          <tbody>
            {table.columns.map((column) => (
              <tr key={column.name}>
                <th scope="row" className="mono">
                  {column.name}
                </th>
                <td className="mono">{column.type}</td>
                <td>
                  <span className="row" style={{ gap: 4 }}>
                    {column.inKey ? <Badge tone="info">key</Badge> : null}
                    {column.nullable ? (
                      <span className="muted">may be empty</span>
                    ) : column.generated === undefined ? (
                      'must be given'
                    ) : (
                      'never empty'
                    )}
                    {column.comment === undefined ? null : <span className="muted">{column.comment}</span>}
                  </span>
                </td>
                <td className="mono">{column.generated ?? column.default ?? ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {table.indexes.length + table.rules.length === 0 ? null : (
        <>
          <h3>Indexes and rules</h3>
          <ul className="timeline">
            {table.indexes.map(({ name, on, unique, where }) => (
              <li key={name}>
                <div className="mono">
                  {name} {unique ? 'unique ' : ''}({on}){where === undefined ? '' : ` where ${where}`}
                </div>
              </li>
            ))}
            {table.rules.map(({ name, text }) => (
              <li key={`${name}${text}`}>
                <div className="mono">
                  {name ?? ''} {text}
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
      {table.references.length + from.length === 0 ? null : (
        <>
          <h3>Relations</h3>
          <ul className="timeline">
            {table.references.map(({ columns, table: to, target, onDelete }) => (
              <li key={`${columns.join()}${to}`}>
                <div>
                  <span className="mono">{columns.join(', ')}</span> → <Go to={`/structure/${encodeURIComponent(to)}`}>{to}</Go>{' '}
                  <span className="mono">({target.join(', ')})</span>{' '}
                  {onDelete === undefined ? '' : <span className="muted">on delete {onDelete}</span>}
                </div>
              </li>
            ))}
            {from.map(({ other, one }) => (
              <li key={`${other}${one.columns.join()}`}>
                <div>
                  ← <Go to={`/structure/${encodeURIComponent(other)}`}>{other}</Go> <span className="mono">({one.columns.join(', ')})</span>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
