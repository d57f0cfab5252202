import { byText } from '../base/index.ts';
import { compareVersions, versionComparer } from './version.ts';

/** How the labels of one module sort. */
export type Scheme = 'sequence' | 'datetime' | 'version';

/** The label of a migration: as written, and what it may be taken for. */
export interface Label {
  readonly text: string;
  /** More than one where only the neighbours tell: `20240131` is a number and a date. */
  readonly candidates: readonly Scheme[];
  /** A date in the form YYYYMMDDhhmmss. */
  readonly moment?: string;
}

/** Digits, dates in the usual spellings, or `v1_2`; nothing when a text begins with none of them. `rest` is what follows. */
export function readLabel(stem: string): { readonly label: Label; readonly rest: string } | undefined {
  const date =
    /^(\d{4})(-?)(\d{2})\2(\d{2})(?:[T _-]?(\d{2})[-:]?(\d{2})(?:[-:]?(\d{2}))?(?:[.,]\d+)?(?:Z(?![\p{L}\p{N}]))?)?(?![\d])/u.exec(stem);
  if (date !== null) {
    const moment = momentOf(date);
    if (moment !== undefined) {
      const text = date[0];
      const onlyDigits = /^\d+$/.test(text);
      const candidates: Scheme[] = onlyDigits && text.length <= 8 ? ['datetime', 'sequence'] : ['datetime'];
      return { label: { text, candidates, moment }, rest: afterLabel(stem.slice(text.length)) };
    }
  }
  const digits = /^\d+/.exec(stem);
  if (digits !== null) {
    return { label: { text: digits[0], candidates: ['sequence'] }, rest: afterLabel(stem.slice(digits[0].length)) };
  }
  const version = /^[vV]\d+(?:[._]\d+)*(?:[._-]?(?:rc|alpha|beta|pl|dev|a|b|p)\d*(?=_|-|\.|$))?/i.exec(stem);
  if (version === null) return undefined;
  return { label: { text: version[0], candidates: ['version'] }, rest: afterLabel(stem.slice(version[0].length)) };
}

/** A folder that stands for a version: `v1_2`, `v1.0.3`, `1.2`, `0.0.4`. */
export function isVersionFolder(name: string): boolean {
  return /^[vV]\d+([._]\d+)*([._-]?[a-zA-Z]+\d*)?$/.test(name) || /^\d+([._]\d+)+$/.test(name);
}

/** `compareLabels` for many labels of one scheme. */
export function labelComparer(scheme: Scheme): (a: Label, b: Label) => number {
  const versions = versionComparer();
  return scheme === 'version' ? (a, b) => versions(a.text, b.text) : (a, b) => compareLabels(scheme, a, b);
}

/** Compares two labels of one scheme. Numbers may be of any length and padding does not count. */
export function compareLabels(scheme: Scheme, a: Label, b: Label): number {
  switch (scheme) {
    case 'version':
      return compareVersions(a.text, b.text);
    case 'datetime':
      return byText(a.moment ?? a.text, b.moment ?? b.text);
    case 'sequence':
      return compareDigits(a.text, b.text);
  }
}

export function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+(?=\d)/, '');
  const right = b.replace(/^0+(?=\d)/, '');
  return left.length - right.length || byText(left, right);
}

/**
 * The one scheme that all labels fit, or nothing when they are mixed. Dates win over numbers when all are dates; one that looks like a day
 * among short numbers is more likely a slip than number 20260131, so that it must be said to be one.
 */
export function detectScheme(labels: readonly Label[]): Scheme | undefined {
  const fits = (scheme: Scheme): boolean => labels.every((label) => label.candidates.includes(scheme));
  if (fits('datetime')) return 'datetime';
  if (labels.some(({ moment }) => moment !== undefined)) return undefined;
  return fits('sequence') ? 'sequence' : fits('version') ? 'version' : undefined;
}

function momentOf(match: RegExpExecArray): string | undefined {
  const [, year = '', , month = '', day = '', hour = '00', minute = '00', second = '00'] = match;
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (y < 1970 || y > 2999 || m < 1 || m > 12 || d < 1) return undefined;
  if (d > new Date(Date.UTC(y, m, 0)).getUTCDate()) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  return `${year}${month}${day}${hour}${minute}${second}`;
}

function afterLabel(rest: string): string {
  return rest.replace(/^[._\- ]+/, '');
}
