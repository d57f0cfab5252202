import { type ReactNode, useState } from 'react';
import { useDo, useProject } from '../api/queries.ts';
import { Trouble } from '../parts/answers.tsx';
import { Button } from '../parts/basics.tsx';
import '../styles/setup.css';

const databases = [
  [
    'sqlite:./.lockstep/dev.db',
    'SQLite, a file in this folder',
    'Nothing to install. Good to try things out, and for programs that use SQLite.',
  ],
  ['pglite:./.lockstep/pg', 'PGlite, PostgreSQL in this folder', 'Nothing to install. Speaks like PostgreSQL, without a server.'],
  ['', 'A server of mine', 'PostgreSQL, MySQL or MariaDB that runs already.'],
] as const;

/** The first minute: which database, who you are, an example. Writes what `lockstep init` writes. */
export default function Setup(): ReactNode {
  const project = useProject();
  const begin = useDo('begin');
  const [chosen, setChosen] = useState<string>(databases[0][0]);
  const [server, setServer] = useState('');
  const [example, setExample] = useState(true);
  const url = chosen === '' ? server.trim() : chosen;
  return (
    <form
      className="card setup"
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate({ url, example });
      }}
    >
      <h2>This folder has no database yet</h2>
      <fieldset>
        <legend>1. Which database</legend>
        {databases.map(([value, title, note]) => (
          <label key={title} className="choice">
            <input type="radio" name="database" checked={chosen === value} onChange={() => setChosen(value)} />
            <span>
              <b>{title}</b>
              <br />
              <span className="muted">{note}</span>
            </span>
          </label>
        ))}
        {chosen === '' ? (
          <label className="field">
            <span>Its URL. A password goes to .env, which git ignores</span>
            <input
              className="mono"
              value={server}
              onChange={({ target }) => setServer(target.value)}
              placeholder="postgres://me@127.0.0.1:5432/shop"
              autoComplete="off"
            />
          </label>
        ) : null}
      </fieldset>
      <fieldset>
        <legend>2. Who you are</legend>
        <p>
          You work as <b>{project?.user}</b>: by this name the history and check-outs know you. <code>LOCKSTEP_USER</code> gives another.
        </p>
      </fieldset>
      <fieldset>
        <legend>3. An example</legend>
        <label className="choice">
          <input type="checkbox" checked={example} onChange={({ target }) => setExample(target.checked)} />
          <span>Write a first migration to try: a table with a row, and its way back</span>
        </label>
      </fieldset>
      <Trouble error={begin.error} />
      <Button type="submit" look="main" busy={begin.isPending} disabled={url === ''}>
        Start
      </Button>
    </form>
  );
}
