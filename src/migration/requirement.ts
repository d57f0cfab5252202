import { Failure } from '../base/index.ts';
import { type Label, labelComparer, readLabel, type Scheme } from './order.ts';

/** What one module needs of another: `accounts`, `accounts@>=v1_1`, `core@>=1.2 <2`. */
export interface Requirement {
  readonly module: string;
  /** All of them must hold; none means any version. */
  readonly bounds: readonly Bound[];
  readonly text: string;
}

interface Bound {
  readonly operator: '>=' | '>' | '<=' | '<' | '=';
  readonly label: Label;
}

/** Reads a requirement. Refuses a range that is none: labels compare as versions of migrations, so there is no `^` and no `*`. */
export function readRequirement(text: string): Requirement {
  const at = text.indexOf('@');
  const module = (at < 0 ? text : text.slice(0, at)).trim();
  const range = at < 0 ? '' : text.slice(at + 1).trim();
  const bounds: Bound[] = [];
  const rest = range.replace(
    /\s*(>=|<=|>|<|=)?\s*([\w.+-]+)(?=[\s,<>=]|$)[\s,]*/g,
    (_, operator: Bound['operator'] = '=', version: string) => {
      bounds.push({ operator, label: labelOf(version) });
      return '';
    },
  );
  if (rest !== '' || module === '' || (at >= 0 && bounds.length === 0)) throw unreadable(text, range);
  return { module, bounds, text };
}

function unreadable(text: string, part: string): Failure {
  return new Failure('module.requirement', `"${text}" is no requirement${part === '' ? '' : `: "${part}" is no range of versions`}`, {
    state: 'nothing was run',
    fix: ['accounts   any version', 'accounts@>=v1_1   from one on', 'core@>=1.2 <2   between two'],
  });
}

/** A version in a range as a label: a whole label of its own, or a text that compares as versions do. */
export function labelOf(text: string): Label {
  const read = readLabel(text);
  return read !== undefined && read.rest === '' ? read.label : { text, candidates: ['version'] };
}

/** Tells whether a version lies in a range. Spellings do not count: `v1_2` is `1.2`. */
export function satisfier(scheme: Scheme): (requirement: Requirement, label: Label) => boolean {
  const compare = labelComparer(scheme);
  return ({ bounds }, label) =>
    bounds.every((bound) => {
      // `1.2` is no number of a sequence: nothing there can be so.
      if (scheme !== 'version' && !bound.label.candidates.includes(scheme)) return false;
      return holds[bound.operator](compare(plain(label), plain(bound.label)));
    });
}

const holds: Readonly<Record<Bound['operator'], (order: number) => boolean>> = {
  '>=': (order) => order >= 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '<': (order) => order < 0,
  '=': (order) => order === 0,
};

/** A label without the letter that says that it is one. */
function plain(label: Label): Label {
  return { ...label, text: label.text.replace(/^v(?=\d)/i, '') };
}
