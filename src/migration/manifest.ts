import type { Failure, Place } from '../base/index.ts';

/** A file as a manifest lists it. */
export interface ManifestFile {
  /** From the module's folder, or from `data` in it. */
  readonly path: string;
  /** The version that the manifest itself gives it. */
  readonly version?: string;
  readonly place: Place;
}

/** What a manifest says of its module: what it is called, how new it is, and which files build, change and remove it. */
export interface Manifest {
  /** The manifest's own file, as people are shown it. */
  readonly file: string;
  /** The name that the module has in ids; by default that of its folder. */
  readonly code?: string;
  readonly title?: string;
  readonly description?: string;
  readonly version: string;
  readonly versionAt: Place;
  /** What must be there before it: `core@>=1.2`. */
  readonly requires: readonly string[];
  /** `false`: it is not to be uninstalled. */
  readonly removable: boolean;
  /** One file, or one for each engine. */
  readonly install: readonly ManifestFile[];
  readonly updates: readonly ManifestFile[];
  readonly uninstall: readonly ManifestFile[];
  /** Takes data for trying out away again. */
  readonly testData: readonly ManifestFile[];
  /** What is understood and should be written in another way. */
  readonly remarks: readonly { readonly message: string; readonly place: Place }[];
}

/** A manifest, or why it cannot be understood. */
export type ReadManifest = { readonly manifest: Manifest } | { readonly faults: readonly Failure[] };

/** All files that a manifest lists. */
export function listedFiles({ install, updates, uninstall, testData }: Manifest): readonly ManifestFile[] {
  return [...install, ...updates, ...uninstall, ...testData];
}

/** What the name of an update says of its version. */
export type NamedVersion = { readonly version: string } | { readonly why: string };

/**
 * The version that the name of an update stands for, its engine and ending taken away: `update.0.0.3`, or digits without points, which are split by
 * the number of parts that the manifest's version has: `update.003` is 0.0.3. What lies beyond the manifest's version is not meant. Where
 * several ways to split are left, nothing is guessed.
 */
export function versionInName(base: string, manifestVersion: string): NamedVersion {
  const dotted = /(?:^|[._-])v?(\d+(?:[._]\d+)+)$/i.exec(base)?.[1];
  if (dotted !== undefined) return { version: dotted.replaceAll('_', '.') };
  const digits = /(?:^|[._-])v?(\d+)$/i.exec(base)?.[1];
  if (digits === undefined) return { why: `"${base}" ends with no version` };
  const shape = numbersOf(manifestVersion);
  if (shape.length === 0) return { why: `the manifest's version "${manifestVersion}" is no number` };
  if (shape.length === 1) return { version: String(BigInt(digits)) };
  const ways = splits(digits, shape.length);
  const meant = ways.filter((way) => !isBeyond(way.map(BigInt), shape)).map((way) => way.join('.'));
  const [only, other] = meant;
  if (only !== undefined && other === undefined) return { version: only };
  if (other !== undefined) return { why: `"${digits}" may be ${meant.slice(0, -1).join(', ')} or ${meant.at(-1)}` };
  const beyond = ways.map((way) => way.join('.'))[0];
  return {
    why:
      beyond === undefined
        ? `"${digits}" cannot be split into ${shape.length} numbers, as "${manifestVersion}" has them`
        : `"${digits}" is ${beyond}, beyond the manifest's version ${manifestVersion}`,
  };
}

function numbersOf(version: string): readonly bigint[] {
  return (/^v?(\d+(?:[._]\d+)*)/i.exec(version)?.[1] ?? '')
    .split(/[._]/)
    .filter((part) => part !== '')
    .map(BigInt);
}

/** More ways than anybody means need not be counted. */
const longestDigits = 20;

/** All ways to cut digits into so many numbers, none of them with a zero in front. */
function splits(digits: string, parts: number): readonly (readonly string[])[] {
  if (parts < 1 || digits.length < parts || digits.length > longestDigits) return [];
  if (parts === 1) return isNumber(digits) ? [[digits]] : [];
  const found: (readonly string[])[] = [];
  for (let end = 1; end <= digits.length - parts + 1; end++) {
    const first = digits.slice(0, end);
    if (!isNumber(first)) break;
    for (const rest of splits(digits.slice(end), parts - 1)) found.push([first, ...rest]);
  }
  return found;
}

function isNumber(digits: string): boolean {
  return digits === '0' || !digits.startsWith('0');
}

function isBeyond(numbers: readonly bigint[], shape: readonly bigint[]): boolean {
  for (const [i, number] of numbers.entries()) {
    const bound = shape[i] ?? 0n;
    if (number !== bound) return number > bound;
  }
  return false;
}
