import { type ReactNode, useId, useState } from 'react';
import { useLocation } from 'wouter';
import { useAsk, useEnv, useLink } from '../api/queries.ts';
import { Dialog } from '../parts/dialog.tsx';
import { places } from './places.ts';

const most = 50;

/** Goes to any page, migration or table by a part of its name. */
export function Palette({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const [, navigate] = useLocation();
  const link = useLink();
  const id = useId();
  const env = useEnv();
  const { data: status } = useAsk('status', { env });
  const { data: structure } = useAsk('structure', { env });
  const all = [
    ...places.map(({ path, title }) => ({ path, title, kind: 'page' })),
    ...(status?.migrations ?? []).map((one) => ({ path: `/migrations/${encodeURIComponent(one.id)}`, title: one.id, kind: 'migration' })),
    ...(structure?.tables ?? []).map(({ name }) => ({ path: `/structure/${encodeURIComponent(name)}`, title: name, kind: 'table' })),
  ];
  const wanted = typed.trim().toLowerCase();
  const found = all.filter(({ title }) => title.toLowerCase().includes(wanted)).slice(0, most);
  const go = (index: number): void => {
    const one = found[index];
    if (one === undefined) return;
    onClose();
    navigate(link(one.path));
  };
  return (
    <Dialog title="Go to" onClose={onClose} className="palette">
      <input
        className="input"
        role="combobox"
        aria-expanded="true"
        aria-controls={`${id}list`}
        aria-activedescendant={`${id}-${at}`}
        aria-label="Page, migration or table"
        placeholder="Page, migration or table"
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') go(at);
          const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
          if (by === 0 || found.length === 0) return;
          event.preventDefault();
          setAt((at + by + found.length) % found.length);
        }}
      />
      <ul role="listbox" id={`${id}list`} aria-label="What was found">
        {found.map((one, index) => (
          <li
            key={`${one.kind}${one.path}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            onClick={() => go(index)}
          >
            {one.title} <span className="muted">{one.kind}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 ? <p className="muted">Nothing has such a name.</p> : null}
    </Dialog>
  );
}
