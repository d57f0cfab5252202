import { type ButtonHTMLAttributes, type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { useLink } from '../api/queries.ts';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: 'main' | 'danger' | 'plain';
  readonly small?: boolean;
  /** Something was asked of the server and is not answered yet. */
  readonly busy?: boolean;
}

export function Button({ look, small, busy = false, disabled, children, className = '', ...rest }: ButtonProps): ReactNode {
  const classes = ['button', look ?? '', small === true ? 'small' : '', className].filter((one) => one !== '').join(' ');
  return (
    <button type="button" {...rest} className={classes} disabled={disabled === true || busy} aria-busy={busy || undefined}>
      {busy ? 'Waiting…' : children}
    </button>
  );
}

/** A link within the app, to the same database. */
export function Go({
  to,
  children,
  className,
}: {
  readonly to: string;
  readonly children: ReactNode;
  readonly className?: string;
}): ReactNode {
  const link = useLink();
  return (
    <Link href={link(to)} className={className ?? ''}>
      {children}
    </Link>
  );
}

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'busy' | 'quiet';

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }): ReactNode {
  return <span className={`badge ${tone}`}>{children}</span>;
}

interface PageProps {
  readonly title: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  /** How the same is done in a terminal. */
  readonly terminal?: string;
  readonly children: ReactNode;
}

export function Page({ title, note, actions, terminal, children }: PageProps): ReactNode {
  return (
    <>
      <title>{`${title} · Lockstep`}</title>
      <div className="page-head">
        <h1>{title}</h1>
        {actions === undefined ? null : <div className="actions">{actions}</div>}
        {note === undefined ? null : <p className="note">{note}</p>}
      </div>
      {children}
      {terminal === undefined ? null : <Terminal line={terminal} />}
    </>
  );
}

/** The same in the terminal, to be copied. */
export function Terminal({ line }: { readonly line: string }): ReactNode {
  const [copied, setCopied] = useState(false);
  const copy = (): void =>
    void navigator.clipboard.writeText(line).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    });
  return (
    <div className="terminal">
      <span>In the terminal</span>
      <code>{line}</code>
      <Button small look="plain" onClick={copy} aria-label={`Copy ${line}`}>
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}

export function Empty({ children, actions }: { readonly children: ReactNode; readonly actions?: ReactNode }): ReactNode {
  return (
    <div className="empty">
      {children}
      {actions === undefined ? null : (
        <div className="row" style={{ justifyContent: 'center' }}>
          {actions}
        </div>
      )}
    </div>
  );
}

export function Code({ text, tall = false, label }: { readonly text: string; readonly tall?: boolean; readonly label: string }): ReactNode {
  return (
    <section aria-label={label} tabIndex={0} className={tall ? 'code tall' : 'code'}>
      <pre style={{ margin: 0 }}>{text}</pre>
    </section>
  );
}

/** A table that scrolls sideways by itself where it is too wide. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactNode {
  return (
    <section className="scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

const formats = [
  [60, 'second'],
  [60, 'minute'],
  [24, 'hour'],
  [7, 'day'],
] as const;

/** How long ago, and the moment itself for whoever points at it. */
export function Ago({ at }: { readonly at: string }): ReactNode {
  const then = new Date(at);
  let left = (Date.now() - then.getTime()) / 1000;
  let text: string | undefined;
  for (const [most, unit] of formats) {
    if (Math.abs(left) < most) {
      text = unit === 'second' ? 'just now' : new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(-Math.round(left), unit);
      break;
    }
    left /= most;
  }
  return (
    <time dateTime={at} title={then.toLocaleString()}>
      {text ?? then.toLocaleDateString('en', { dateStyle: 'medium' })}
    </time>
  );
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes === 0) return `${(ms / 1000).toFixed(1)} s`;
  return minutes < 120 ? `${minutes} m` : `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
}

interface TabsProps<T extends string> {
  readonly tabs: readonly (readonly [T, string])[];
  readonly open: T;
  readonly onOpen: (tab: T) => void;
}

/** Tabs by the pattern of the ARIA guide: arrows move, and the open one is in the order of Tab. */
export function Tabs<T extends string>({ tabs, open, onOpen }: TabsProps<T>): ReactNode {
  return (
    <div
      className="tabs"
      role="tablist"
      onKeyDown={({ key, currentTarget }) => {
        const by = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
        const at = tabs.findIndex(([tab]) => tab === open);
        const next = (at + by + tabs.length) % tabs.length;
        const tab = tabs[next]?.[0];
        if (by === 0 || tab === undefined) return;
        onOpen(tab);
        currentTarget.querySelectorAll<HTMLElement>('[role="tab"]')[next]?.focus();
      }}
    >
      {tabs.map(([tab, title]) => (
        <button
          key={tab}
          type="button"
          role="tab"
          aria-selected={tab === open}
          tabIndex={tab === open ? 0 : -1}
          onClick={() => onOpen(tab)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
