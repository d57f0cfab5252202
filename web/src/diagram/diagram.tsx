import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Answer } from '../api/client.ts';
import { useLink } from '../api/queries.ts';
import { Loading } from '../parts/answers.tsx';
import { Button } from '../parts/basics.tsx';
import { plural } from '../parts/words.tsx';
import { drawnHeight, drawnWidth, linesOf, near } from './drawing.ts';
import { type Laid, layouter } from './layout.ts';
import '../styles/diagram.css';

type Table = Answer<'structure'>['tables'][number];

interface DiagramProps {
  readonly tables: readonly Table[];
  readonly differences: Answer<'drift'>['differences'];
  readonly focus: string | undefined;
}

/** More tables than this are looked at from one of them. */
const allMost = 60;
const signs: Readonly<Record<string, string>> = { '+': 'added', '-': 'removed', '~': 'changed' };

/** Tables and their relations as a drawing. Tab goes from table to table, Enter opens one; the list of tables says the same in words. */
export default function Diagram({ tables, differences, focus }: DiagramProps): ReactNode {
  const [, navigate] = useLocation();
  const link = useLink();
  const isLarge = tables.length > allMost;
  const [hops, setHops] = useState(1);
  const [center, setCenter] = useState(focus ?? (isLarge ? mostTied(tables) : undefined));
  const [zoom, setZoom] = useState(1);
  const [laid, setLaid] = useState<Laid>();
  const drawing = useRef<SVGSVGElement>(null);
  const shown = useMemo(() => (center === undefined ? tables : near(tables, center, hops)), [tables, center, hops]);
  useEffect(() => {
    const { lay, close } = layouter();
    const ids = new Set(shown.map(({ name }) => name));
    const lines = linesOf(shown).filter(({ to }) => ids.has(to));
    void lay({ boxes: shown.map((table) => ({ id: table.name, width: drawnWidth, height: drawnHeight(table) })), lines }).then(setLaid);
    return close;
  }, [shown]);
  // Of a table that is there on both sides a part differs.
  const changed = new Map(
    differences.map(({ sign, kind, name }) => [
      kind === 'table' ? name : (name.split('.')[0] ?? name),
      kind === 'table' ? (signs[sign] ?? '') : 'changed',
    ]),
  );
  const at = new Map(laid?.boxes.map((box) => [box.id, box]));
  return (
    <>
      <div className="row" style={{ marginBottom: 12 }}>
        <label className="row">
          Around
          <select
            className="input"
            value={center ?? ''}
            onChange={({ target }) => setCenter(target.value === '' ? undefined : target.value)}
          >
            <option value="" disabled={tables.length > 300}>
              all tables
            </option>
            {tables.map(({ name }) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        {center === undefined ? null : (
          <label className="row">
            and
            <select className="input" value={hops} onChange={({ target }) => setHops(Number(target.value))}>
              {[1, 2, 3].map((one) => (
                <option key={one} value={one}>
                  {plural(one, 'relation')} away
                </option>
              ))}
            </select>
          </label>
        )}
        <Button small onClick={() => setZoom(Math.min(2, zoom * 1.25))} aria-label="Larger">
          +
        </Button>
        <Button small onClick={() => setZoom(Math.max(0.2, zoom / 1.25))} aria-label="Smaller">
          −
        </Button>
        <Button
          small
          disabled={laid === undefined}
          onClick={() => drawing.current !== null && save('structure.svg', svgText(drawing.current), 'image/svg+xml')}
        >
          Save as SVG
        </Button>
        <Button small disabled={laid === undefined} onClick={() => drawing.current !== null && void savePicture(drawing.current)}>
          Save as PNG
        </Button>
        <span className="muted" role="status">
          {plural(shown.length, 'table')} of {tables.length}
        </span>
      </div>
      {laid === undefined ? (
        <Loading />
      ) : (
        <section className="scroll drawing" aria-label="Diagram" tabIndex={0}>
          <svg
            ref={drawing}
            width={laid.width * zoom}
            height={laid.height * zoom}
            viewBox={`-12 -12 ${laid.width + 24} ${laid.height + 24}`}
            role="group"
            aria-label="Tables and their relations"
          >
            {linesOf(shown).map(({ from, to, key }) => {
              const [a, b] = [at.get(from), at.get(to)];
              if (a === undefined || b === undefined) return null;
              const [x1, y1, x2, y2] = [a.x + a.width, a.y + 16, b.x, b.y + 16];
              const bend = Math.max(40, Math.abs(x2 - x1) / 2);
              return <path key={key} className="line" d={`M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`} />;
            })}
            {shown.map((table) => {
              const box = at.get(table.name);
              if (box === undefined) return null;
              const tone = changed.get(table.name);
              const sign = tone === undefined ? '' : `${{ added: '+', removed: '-', changed: '~' }[tone] ?? ''} `;
              const title = cut(table.name, 24);
              const more = title === table.name ? '' : ` (${table.name})`;
              const label = `${sign}${title}${more}${tone === undefined ? '' : `, ${tone}`}, ${plural(table.columns.length, 'column')}`;
              const open = (): void => navigate(link(`/structure/${encodeURIComponent(table.name)}`));
              return (
                <g
                  key={table.name}
                  className={`table-box ${tone ?? ''} ${table.name === center ? 'center' : ''}`}
                  transform={`translate(${box.x},${box.y})`}
                >
                  <g role="link" tabIndex={0} aria-label={label} onClick={open} onKeyDown={({ key }) => key === 'Enter' && open()}>
                    <rect width={box.width} height={box.height} rx="6" />
                    <text className="title" x="12" y="20">
                      {sign}
                      {title}
                    </text>
                  </g>
                  {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing in it takes the focus; read aloud the list of tables says it better */}
                  <g aria-hidden="true" className="columns-text">
                    {table.columns.slice(0, 12).map((column, index) => (
                      <text key={column.name} x="12" y={42 + index * 18}>
                        {column.inKey ? '◆ ' : ''}
                        {cut(column.name, 18)} <tspan className="type">{cut(column.type, 14)}</tspan>
                      </text>
                    ))}
                    {table.columns.length > 12 ? (
                      <text className="type" x="12" y={42 + 12 * 18}>
                        and {table.columns.length - 12} more
                      </text>
                    ) : null}
                  </g>
                </g>
              );
            })}
          </svg>
        </section>
      )}
    </>
  );
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function mostTied(tables: readonly Table[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { name, references } of tables)
    for (const { table } of references) for (const one of [name, table]) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? tables[0]?.name;
}

/** The drawing with its styles written into it, so that it looks the same elsewhere. */
function svgText(drawing: SVGSVGElement): string {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const from = drawing.querySelectorAll<SVGElement>('rect, text, tspan, path');
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  for (const [index, one] of copy.querySelectorAll<SVGElement>('rect, text, tspan, path').entries()) {
    const source = from[index];
    if (source === undefined) continue;
    const { fill, stroke, strokeWidth, strokeDasharray, font } = getComputedStyle(source);
    for (const [name, value] of Object.entries({ fill, stroke, 'stroke-width': strokeWidth, 'stroke-dasharray': strokeDasharray }))
      one.setAttribute(name, value);
    one.setAttribute('style', `font: ${font}`);
  }
  return new XMLSerializer().serializeToString(copy);
}

function save(name: string, content: string | Blob, type: string): void {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

async function savePicture(drawing: SVGSVGElement): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(drawing))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => blob !== null && save('structure.png', blob, 'image/png'));
}
