/**
 * Compares two version labels the way PHP's version_compare does (https://www.php.net/version_compare): labels are cut at `_ - + .`
 * and between digits and letters; numbers compare as numbers, words by the rank of their beginning, and a missing part is below a
 * number and above every word but `p`, `pl` and `#`.
 */
export function compareVersions(a: string, b: string): -1 | 0 | 1 {
  return compareCut(a, b, parts);
}

/** `compareVersions` for many labels that are compared with each other: each is cut only once. */
export function versionComparer(): typeof compareVersions {
  const known = new Map<string, readonly string[]>();
  const cut = (label: string): readonly string[] => {
    const found = known.get(label) ?? parts(label);
    known.set(label, found);
    return found;
  };
  return (a, b) => compareCut(a, b, cut);
}

function compareCut(a: string, b: string, cut: (label: string) => readonly string[]): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === '' || b === '') return sign((a === '' ? 0 : 1) - (b === '' ? 0 : 1));
  const left = cut(a);
  const right = cut(b);
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const order = comparePart(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  if (left.length === right.length) return 0;
  const rest = (left.length > right.length ? left : right)[shared] ?? '';
  const longer = isNumber(rest) ? 1 : compareWords(rest, '#N#');
  return left.length > right.length ? longer : (-longer as -1 | 0 | 1);
}

function parts(label: string): readonly string[] {
  return label
    .replaceAll(/[_\-+]/g, '.')
    .replaceAll(/(\d)([^\d.])/g, '$1.$2')
    .replaceAll(/([^\d.])(\d)/g, '$1.$2')
    .split('.')
    .filter((part, i) => part !== '' || i === 0);
}

function comparePart(a: string, b: string): -1 | 0 | 1 {
  if (isNumber(a) && isNumber(b)) return sign(Number(a) - Number(b));
  if (!isNumber(a) && !isNumber(b)) return compareWords(a, b);
  return isNumber(a) ? compareWords('#N#', b) : compareWords(a, '#N#');
}

const ranks: readonly (readonly [string, number])[] = [
  ['dev', 0],
  ['alpha', 1],
  ['a', 1],
  ['beta', 2],
  ['b', 2],
  ['RC', 3],
  ['rc', 3],
  ['#', 4],
  ['pl', 5],
  ['p', 5],
];

function rank(word: string): number {
  return ranks.find(([beginning]) => word.startsWith(beginning))?.[1] ?? -1;
}

function compareWords(a: string, b: string): -1 | 0 | 1 {
  return sign(rank(a) - rank(b));
}

function isNumber(part: string): boolean {
  return /^\d/.test(part);
}

function sign(n: number): -1 | 0 | 1 {
  return n < 0 ? -1 : n > 0 ? 1 : 0;
}
