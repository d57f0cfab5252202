import { type ReactNode, useState } from 'react';
import { type Role, roles } from '../../../src/team/protocol/roles.ts';
import { useAsk, useDo, useMay, useProject } from '../api/queries.ts';
import { Answered, Trouble } from '../parts/answers.tsx';
import { Ago, Badge, Button, Empty, Page, Scroll } from '../parts/basics.tsx';
import { Dialog } from '../parts/dialog.tsx';

/** Who is in the team, and by which keys. */
export default function Team(): ReactNode {
  const mayUsers = useMay('users');
  const project = useProject();
  const [secret, setSecret] = useState<{ readonly of: string; readonly key: string }>();
  return (
    <Page title="Team and keys" terminal="lockstep users">
      {project?.isLocal === true ? (
        <Empty>
          <p>
            Nobody is in the team yet: whoever works at this machine may do everything, and needs no key. With the first user, keys are
            needed by all.
          </p>
        </Empty>
      ) : null}
      {mayUsers ? <Users onKey={setSecret} isFirst={project?.isLocal === true} /> : null}
      <Keys onKey={setSecret} />
      {secret === undefined ? null : <Shown secret={secret} onClose={() => setSecret(undefined)} />}
    </Page>
  );
}

interface Showing {
  readonly onKey: (secret: { readonly of: string; readonly key: string }) => void;
}

/** A key is shown once, and kept nowhere. */
function Shown({
  secret: { of, key },
  onClose,
}: {
  readonly secret: { readonly of: string; readonly key: string };
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Dialog title={`The key of ${of}`} onClose={onClose}>
      <p>It is shown this once. Whoever has it is {of}.</p>
      <p>
        <code>{key}</code>
      </p>
      <div className="row">
        <Button onClick={() => void navigator.clipboard.writeText(key)}>Copy</Button>
        <Button look="main" onClick={onClose}>
          It is stored
        </Button>
      </div>
    </Dialog>
  );
}

function Users({ onKey, isFirst }: Showing & { readonly isFirst: boolean }): ReactNode {
  const query = useAsk('users', {});
  const add = useDo('addUser');
  const change = useDo('changeRole');
  const remove = useDo('removeUser');
  const [user, setUser] = useState('');
  const [chosen, setRole] = useState<Role>('developer');
  // Whoever adds the first user has no key yet, and could do nothing any more.
  const role = isFirst ? 'admin' : chosen;
  return (
    <section aria-labelledby="users">
      <h2 id="users">People</h2>
      <Trouble error={add.error ?? change.error ?? remove.error} />
      <Answered query={query}>
        {(users) =>
          users.length === 0 ? null : (
            <Scroll label="People">
              <table>
                <thead>
                  <tr>
                    <th>Name</th>
                    <th>Role</th>
                    <th>
                      <span className="hidden-text">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {users.map((one) => (
                    <tr key={one.user}>
                      <th scope="row">{one.user}</th>
                      <td>
                        <select
                          className="input"
                          aria-label={`Role of ${one.user}`}
                          value={one.role}
                          onChange={({ target }) => change.mutate({ user: one.user, role: target.value as Role })}
                        >
                          {roles.map((each) => (
                            <option key={each}>{each}</option>
                          ))}
                        </select>
                      </td>
                      <td className="right">
                        <Button small aria-label={`Remove ${one.user}`} onClick={() => remove.mutate({ user: one.user })}>
                          Remove
                        </Button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Answered>
      <form
        className="row"
        style={{ marginBottom: 24 }}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(
            { user, role },
            {
              onSuccess: ({ key }) => {
                onKey({ of: user, key });
                setUser('');
              },
            },
          );
        }}
      >
        <label>
          <span className="hidden-text">E-mail or name</span>
          <input className="input" placeholder="E-mail or name" value={user} onChange={({ target }) => setUser(target.value)} />
        </label>
        <label>
          <span className="hidden-text">Role</span>
          <select className="input" value={role} disabled={isFirst} onChange={({ target }) => setRole(target.value as Role)}>
            {roles.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <Button type="submit" look="main" busy={add.isPending} disabled={user.trim() === ''}>
          Add
        </Button>
      </form>
    </section>
  );
}

function Keys({ onKey }: Showing): ReactNode {
  const query = useAsk('keys', {});
  const project = useProject();
  const add = useDo('addKey');
  const revoke = useDo('revokeKey');
  const [label, setLabel] = useState('');
  if (project?.isLocal === true) return null;
  return (
    <section aria-labelledby="keys">
      <h2 id="keys">Keys</h2>
      <Trouble error={add.error ?? revoke.error} />
      <Answered query={query}>
        {(keys) => (
          <Scroll label="Keys">
            <table>
              <thead>
                <tr>
                  <th>Key</th>
                  <th>Of</th>
                  <th>For</th>
                  <th>Ends</th>
                  <th>
                    <span className="hidden-text">Actions</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {keys.map((one) => (
                  <tr key={one.key}>
                    <th scope="row" className="mono">
                      {one.key}…
                    </th>
                    <td>{one.user}</td>
                    <td>
                      {one.label} {one.scopes === undefined ? null : <Badge tone="quiet">only {one.scopes.join(', ')}</Badge>}
                    </td>
                    <td>{one.until === undefined ? 'never' : <Ago at={one.until} />}</td>
                    <td className="right">
                      {one.revoked !== undefined ? (
                        <Badge tone="quiet">revoked</Badge>
                      ) : (
                        <Button small aria-label={`Revoke ${one.key}`} onClick={() => revoke.mutate({ key: one.key })}>
                          Revoke
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Answered>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate(
            { label },
            {
              onSuccess: ({ secret, user }) => {
                onKey({ of: user, key: secret });
                setLabel('');
              },
            },
          );
        }}
      >
        <label>
          <span className="hidden-text">What the key is for</span>
          <input className="input" placeholder="What the key is for" value={label} onChange={({ target }) => setLabel(target.value)} />
        </label>
        <Button type="submit" busy={add.isPending} disabled={label.trim() === ''}>
          New key
        </Button>
      </form>
    </section>
  );
}
