import { type ReactNode, useState } from 'react';
import type { Answer } from '../api/client.ts';
import { useDo } from '../api/queries.ts';
import { ProblemCard, Trouble } from '../parts/answers.tsx';
import { Button, Scroll } from '../parts/basics.tsx';
import { plural } from '../parts/words.tsx';

/** Runs statements while the structure is checked out; they are recorded like those of any tool. */
export function Console(): ReactNode {
  const run = useDo('sql');
  const [script, setScript] = useState('');
  return (
    <section className="card" aria-labelledby="console">
      <h2 id="console">SQL</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run.mutate({ script });
        }}
      >
        <label className="field">
          <span>Statements, each ended by a semicolon. Ctrl Enter runs them</span>
          <textarea
            spellCheck={false}
            value={script}
            onChange={({ target }) => setScript(target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
            }}
          />
        </label>
        <Button type="submit" busy={run.isPending} disabled={script.trim() === ''}>
          Run
        </Button>
      </form>
      <Trouble error={run.error} />
      {run.data?.results.map((result, index) => (
        <Result key={`${index}${result.sql}`} result={result} />
      ))}
      {run.data?.problem === null || run.data?.problem === undefined ? null : <ProblemCard problem={run.data.problem} />}
    </section>
  );
}

function Result({ result: { sql, rows, affected, isStructure } }: { readonly result: Answer<'sql'>['results'][number] }): ReactNode {
  const [first] = rows;
  const columns = first === undefined ? [] : Object.keys(first);
  return (
    <div style={{ marginTop: 12 }}>
      <code>{sql}</code>
      <p className="muted">
        {isStructure
          ? 'The structure was changed.'
          : affected === undefined
            ? plural(rows.length, 'row')
            : `${plural(affected, 'row')} changed`}
      </p>
      {columns.length === 0 ? null : (
        <Scroll label="Rows">
          <table>
            <thead>
              <tr>
                {columns.map((column) => (
                  <th key={column}>{column}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={index}>
                  {columns.map((column) => (
                    <td key={column} className="mono">
                      {row[column] === null ? (
                        <span className="muted">null</span>
                      ) : typeof row[column] === 'object' ? (
                        JSON.stringify(row[column])
                      ) : (
                        String(row[column])
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </div>
  );
}
