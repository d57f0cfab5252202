import { type ReactNode, useEffect } from 'react';
import { useLocation } from 'wouter';
import { useLink } from '../api/queries.ts';
import { Button } from '../parts/basics.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { places } from './places.ts';

interface ShortcutsProps {
  readonly open: boolean;
  readonly onOpen: (open: boolean) => void;
  readonly onPalette: () => void;
}

const offKey = 'lockstep-keys-off';
const togetherMs = 1200;

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Whether a key by itself is meant for the page: nobody types, no dialog is open, and such keys are not turned off. */
function isSingle({ ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey || isTyping(target)) return false;
  return localStorage.getItem(offKey) === null && document.querySelector('dialog[open]') === null;
}

function isPaletteKey({ key, ctrlKey, metaKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === 'k' && (ctrlKey || metaKey);
}

function pathOf(letter: string): string | undefined {
  return places.find(({ key }) => key === letter)?.path;
}

function toFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLElement>('[data-filter]');
  if (filter === null) return;
  event.preventDefault();
  filter.focus();
}

/** Keys that go somewhere: `g` and a letter, `/` for the filter of a page, `?` for this list. They can be turned off. */
export function Shortcuts({ open, onOpen, onPalette }: ShortcutsProps): ReactNode {
  const [, navigate] = useLocation();
  const link = useLink();
  useEffect(() => {
    let since = 0;
    const jump = (letter: string): void => {
      const path = Date.now() - since < togetherMs ? pathOf(letter) : undefined;
      since = letter === 'g' && path === undefined ? Date.now() : 0;
      if (path !== undefined) navigate(link(path));
    };
    const hear = (event: KeyboardEvent): void => {
      if (isPaletteKey(event)) {
        event.preventDefault();
        onPalette();
      } else if (isSingle(event)) {
        if (event.key === '?') onOpen(true);
        else if (event.key === '/') toFilter(event);
        else jump(event.key);
      }
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, [navigate, link, onOpen, onPalette]);
  if (!open) return null;
  const isOff = localStorage.getItem(offKey) !== null;
  return (
    <Dialog title="Keys" onClose={() => onOpen(false)}>
      <table>
        <tbody>
          {[
            ['Ctrl K', 'go to a page, a migration or a table'],
            ['/', 'the filter of this page'],
            ['?', 'this list'],
            ...places.map(({ key, title }) => [`g ${key}`, title]),
          ].map(([key, what]) => (
            <tr key={key}>
              <th scope="row">
                <kbd>{key}</kbd>
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="row">
        <Button
          onClick={() => {
            if (isOff) localStorage.removeItem(offKey);
            else localStorage.setItem(offKey, '1');
            onOpen(false);
          }}
        >
          {isOff ? 'Turn single keys on' : 'Turn single keys off'}
        </Button>
        <Button onClick={() => onOpen(false)}>Close</Button>
      </div>
    </Dialog>
  );
}
