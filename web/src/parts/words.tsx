import type { ReactNode } from 'react';
import type { Answer } from '../api/client.ts';
import { Badge, type Tone } from './basics.tsx';

type Listed = Answer<'status'>['migrations'][number];

const tones: Readonly<Record<Listed['state'], readonly [Tone, string]>> = {
  applied: ['good', '✔ applied'],
  baseline: ['good', '✔ baseline'],
  covered: ['good', '✔ covered'],
  pending: ['info', '○ pending'],
  failed: ['bad', '✖ failed'],
  reverted: ['quiet', '↶ taken back'],
};

/** Whether the database has it. */
export function isThere(state: Listed['state']): boolean {
  return state === 'applied' || state === 'baseline' || state === 'covered';
}

/** What a migration is, as a sign and a word; what does not fit stands beside it. */
export function StateBadges({ state, flags, partial }: Pick<Listed, 'state' | 'flags' | 'partial'>): ReactNode {
  const [tone, text] = tones[state];
  return (
    <span className="row" style={{ gap: 4 }}>
      <Badge tone={tone}>{text}</Badge>
      {partial ? <Badge tone="warn">half done</Badge> : null}
      {flags.map((flag) => (
        <Badge key={flag} tone="warn">
          {flag.replaceAll('-', ' ')}
        </Badge>
      ))}
    </span>
  );
}

export function plural(n: number, one: string): string {
  return `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;
}

/** A difference as a line of a tree, with its sign also for who does not see colours. */
export function Differences({ of }: { readonly of: Answer<'drift'>['differences'] }): ReactNode {
  const classes: Readonly<Record<string, string>> = { '+': 'plus', '-': 'minus', '~': 'tilde' };
  const words: Readonly<Record<string, string>> = { '+': 'added', '-': 'removed', '~': 'changed' };
  return (
    <ul className="diff">
      {of.map(({ sign, kind, name, differing }) => (
        <li key={`${sign}${kind}${name}`} className={classes[sign]}>
          {sign} <span className="hidden-text">{words[sign]}</span> {kind} {name}
          {sign === '~' && differing.length > 0 ? (
            <span className="muted"> {differing.map(({ property }) => property).join(', ')}</span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
