import { type ReactNode, useId } from 'react';
import { Badge, Button, Code } from '../parts/basics.tsx';

interface ProposedProps {
  readonly text: string;
  readonly format: string;
  /** What a person has made of it; nothing while it stands as proposed. */
  readonly edited: string | undefined;
  readonly onEdit: (text: string | undefined) => void;
  /** Whether exactly this text ran there and back on a scratch database. */
  readonly isProven: boolean;
}

const downLine = /^-- lockstep:down[^\n]*\n/m;

/** The migration that a check-in would write, which can be edited: up and down beside one another where it is SQL. */
export function Proposed({ text, format, edited, onEdit, isProven }: ProposedProps): ReactNode {
  const shown = edited ?? text;
  return (
    <div style={{ marginTop: 12 }}>
      <p className="row">
        <b>{format.toUpperCase()}</b>
        {isProven ? (
          <Badge tone="good">✔ ran there and back on a scratch database</Badge>
        ) : (
          <Badge tone="warn">edited: proven again at the check-in</Badge>
        )}
        <span style={{ flex: 1 }} />
        {edited === undefined ? (
          <Button small onClick={() => onEdit(text)}>
            Edit
          </Button>
        ) : (
          <Button small onClick={() => onEdit(undefined)}>
            As proposed
          </Button>
        )}
      </p>
      {edited === undefined ? (
        <Code text={shown} label="The migration that would be written" />
      ) : (
        <Editor text={edited} format={format} onEdit={onEdit} />
      )}
    </div>
  );
}

function Editor({ text, format, onEdit }: Pick<ProposedProps, 'text' | 'format' | 'onEdit'>): ReactNode {
  const marker = format === 'sql' ? downLine.exec(text) : null;
  if (marker === null) return <Area label="The migration" value={text} onChange={onEdit} />;
  const [up, down] = [text.slice(0, marker.index), text.slice(marker.index + marker[0].length)];
  return (
    <div className="columns">
      <Area label="Up" value={up} onChange={(next) => onEdit(`${next.replace(/\n*$/, '\n')}${marker[0]}${down}`)} />
      <Area label="Down" value={down} onChange={(next) => onEdit(`${up}${marker[0]}${next}`)} />
    </div>
  );
}

interface AreaProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

function Area({ label, value, onChange }: AreaProps): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        className="mono"
        spellCheck={false}
        rows={Math.min(24, Math.max(6, value.split('\n').length + 1))}
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  );
}
