import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { useLive } from '../api/live.ts';
import { useAsk, useEnv, useLink, useProject } from '../api/queries.ts';
import { useSession, useSignOut } from '../api/session.ts';
import { Button, duration, Go } from '../parts/basics.tsx';
import { Icon } from '../parts/icon.tsx';
import { Palette } from './palette.tsx';
import { places } from './places.ts';
import { Shortcuts } from './shortcuts.tsx';

/** What stands around every page: the rail, the database, the check-out, the palette. */
export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  const silentSince = useLive();
  const [location] = useLocation();
  const [open, setOpen] = useState<'palette' | 'keys'>();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a page that was gone to takes the focus
  useEffect(() => {
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [location]);
  return (
    <div className="shell">
      <a className="skip" href="#page">
        To the page
      </a>
      <Rail />
      <div>
        <Top onPalette={() => setOpen('palette')} onKeys={() => setOpen('keys')} />
        {silentSince === undefined ? null : (
          <p className="offline" role="status">
            The server was last heard at {silentSince.toLocaleTimeString()}: this is what was known then, and actions wait.
          </p>
        )}
        <main id="page" tabIndex={-1} ref={main}>
          {children}
        </main>
      </div>
      <Shortcuts onPalette={() => setOpen('palette')} open={open === 'keys'} onOpen={(isOpen) => setOpen(isOpen ? 'keys' : undefined)} />
      {open === 'palette' ? <Palette onClose={() => setOpen(undefined)} /> : null}
    </div>
  );
}

function Rail(): ReactNode {
  const [location] = useLocation();
  const link = useLink();
  const { data } = useAsk('status', { env: useEnv() });
  const waiting = data?.counts.pending ?? 0;
  return (
    <nav className="rail" aria-label="Pages">
      <div className="brand">
        <img src="/icon.svg" alt="" />
        Lockstep
      </div>
      <ul>
        {places.map(({ path, title, icon }) => {
          const isHere = path === '/' ? location === '/' : location.startsWith(path);
          return (
            <li key={path}>
              <Link href={link(path)} aria-current={isHere ? 'page' : undefined}>
                <Icon name={icon} />
                {title}
                {path === '/migrations' && waiting > 0 ? (
                  <span className="number" title={`${waiting} to run`}>
                    {waiting}
                  </span>
                ) : null}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function Top({ onPalette, onKeys }: { readonly onPalette: () => void; readonly onKeys: () => void }): ReactNode {
  const session = useSession();
  const signOut = useSignOut();
  return (
    <header className="top">
      <Databases />
      <CheckoutChip />
      <span className="space" />
      <Button small onClick={onPalette} aria-keyshortcuts="Control+K">
        Go to… <kbd className="muted">Ctrl K</kbd>
      </Button>
      <Button small look="plain" onClick={onKeys} aria-label="Keys">
        ?
      </Button>
      <ThemeButton />
      <span className="muted">{session.kind === 'in' ? session.user : ''}</span>
      {session.kind === 'in' && session.isKeyed ? (
        <Button small look="plain" onClick={() => void signOut()}>
          Sign out
        </Button>
      ) : null}
    </header>
  );
}

/** Which database the pages look at. */
function Databases(): ReactNode {
  const env = useEnv();
  const [location, navigate] = useLocation();
  const project = useProject();
  if (project === undefined) return null;
  const { databases } = project;
  if (databases.length < 2 && env === undefined) return <span className="chip">{databases[0]?.title ?? 'no database'}</span>;
  const isProtected = databases.find(({ name }) => name === (env ?? ''))?.protected === true;
  return (
    <label className="row">
      <span className="hidden-text">Database</span>
      <select
        className="input"
        value={env ?? ''}
        onChange={({ target }) => navigate(target.value === '' ? location : `${location}?env=${encodeURIComponent(target.value)}`)}
      >
        {databases.map(({ name, title }) => (
          <option key={name} value={name}>
            {name === '' ? title : name}
          </option>
        ))}
      </select>
      {isProtected ? <span className="badge bad">protected</span> : null}
    </label>
  );
}

/** Who has the structure checked out, always in sight. */
function CheckoutChip(): ReactNode {
  const { data } = useAsk('deskTeam', {});
  if (data === undefined) return null;
  const [held] = data.checkouts;
  if (held === undefined)
    return (
      <Go to="/checkout" className="chip">
        Free to check out
      </Go>
    );
  const left = new Date(held.until).getTime() - new Date(data.now).getTime();
  const who = held.checkout === data.own ? 'You' : held.by;
  return (
    <Go to="/checkout" className="chip held">
      <Icon name="checkout" />
      {who} · {held.scope === 'all' ? 'everything' : held.scope.slice(7)} · {left <= 0 ? 'time is over' : `${duration(left)} left`}
    </Go>
  );
}

function ThemeButton(): ReactNode {
  const root = document.documentElement;
  const [theme, setTheme] = useState(root.dataset['theme'] ?? 'light');
  const other = theme === 'dark' ? 'light' : 'dark';
  return (
    <Button
      small
      look="plain"
      onClick={() => {
        root.dataset['theme'] = other;
        localStorage.setItem('lockstep-theme', other);
        setTheme(other);
      }}
    >
      {other === 'dark' ? 'Dark' : 'Light'}
    </Button>
  );
}
