import { Failure, lineStarts, type Place, placeAt } from '../base/index.ts';
import type { Manifest, ManifestFile, ReadManifest } from '../migration/index.ts';
import type { TextFile } from './document.ts';
import type { RawEntry } from './spelling.ts';
import { parseXml } from './xml-parse.ts';

/**
 * Reads a manifest in XML, `module` with `code`, `version`, `requirements` and `files/data`. Updates may stand as `filename` in one `update`, or
 * in an `update` each. What else it says of its module, and other lists of files, are passed over.
 */
export function readManifestXml({ path, text }: TextFile): ReadManifest {
  const starts = lineStarts(text);
  const place = (offset: number): Place => placeAt(path, starts, offset);
  const fault = (offset: number, message: string): Failure =>
    new Failure('module.manifest', message, { place: place(offset), source: text, state: 'nothing was run' });
  const parsed = parseXml(text, { mixed: true });
  if (parsed.fault !== undefined) return { faults: [fault(parsed.fault.offset, parsed.fault.message)] };
  const { root } = parsed;
  if (root?.key !== 'module') return { faults: [fault(root?.keyAt ?? 0, 'the root element is <module>')] };
  const version = child(root, 'version');
  if (version === undefined || textOf(version) === '')
    return { faults: [fault(version?.raw.at ?? root.keyAt, 'the manifest has no <version>')] };
  const data = child(child(root, 'files'), 'data');
  const files = (name: string): readonly ManifestFile[] =>
    children(data, name).flatMap((one) => filesIn(one).map((file) => listed(file, attribute(one, 'version'), place)));
  const [code, title, description] = ['code', 'name', 'description'].map((name) => textOf(child(root, name)));
  const manifest: Manifest = {
    file: path,
    ...(code ? { code } : {}),
    ...(title ? { title } : {}),
    ...(description ? { description } : {}),
    version: textOf(version),
    versionAt: place(version.raw.at),
    requires: entriesOf(child(root, 'requirements')).map(requirementOf),
    removable: textOf(child(root, 'removable')).toLowerCase() !== 'false',
    install: files('install'),
    updates: files('update'),
    uninstall: files('uninstall'),
    testData: files('testData'),
    remarks: mixedSpellings(data).map((offset) => ({
      message: 'updates are listed in two spellings: <filename> in one <update>, and an <update> for each file',
      place: place(offset),
    })),
  };
  const empty = [...manifest.install, ...manifest.updates, ...manifest.uninstall].find((file) => file.path === '');
  return empty === undefined
    ? { manifest }
    : { faults: [new Failure('module.manifest', 'a file has no name', { place: empty.place, source: text, state: 'nothing was run' })] };
}

function listed(file: RawEntry, around: string | undefined, place: (offset: number) => Place): ManifestFile {
  const version = attribute(file, 'version') ?? around;
  return { path: textOf(file), ...(version === undefined ? {} : { version }), place: place(file.raw.at) };
}

/** The element itself, or the `filename`s in it, or both. */
function filesIn(element: RawEntry): readonly RawEntry[] {
  const named = children(element, 'filename');
  const own = textOf(element);
  return [...(own === '' && (named.length > 0 || 'entries' in element.raw || element.key === 'update') ? [] : [element]), ...named];
}

function mixedSpellings(data: RawEntry | undefined): readonly number[] {
  const updates = children(data, 'update');
  const bare = updates.find((one) => textOf(one) !== '');
  const isNamed = updates.some((one) => children(one, 'filename').length > 0);
  return bare !== undefined && isNamed ? [bare.keyAt] : [];
}

/** `<framework>1.2.0</framework>`: from this version on; a range where the text is one; without a text any version. */
function requirementOf(element: RawEntry): string {
  const range = textOf(element);
  if (range === '') return element.key;
  return /^[<>=]/.test(range) ? `${element.key}@${range}` : `${element.key}@>=${range}`;
}

function entriesOf(element: RawEntry | undefined): readonly RawEntry[] {
  return element !== undefined && 'entries' in element.raw ? element.raw.entries.filter(({ key }) => key !== '') : [];
}

function children(element: RawEntry | undefined, name: string): readonly RawEntry[] {
  return entriesOf(element).filter(({ key }) => key === name);
}

function child(element: RawEntry | undefined, name: string): RawEntry | undefined {
  return children(element, name)[0];
}

function attribute(element: RawEntry, name: string): string | undefined {
  const found = child(element, name);
  return found === undefined ? undefined : textOf(found);
}

function textOf(element: RawEntry | undefined): string {
  if (element === undefined) return '';
  const { raw } = element;
  return ('text' in raw ? raw.text : textOf(raw.entries.find(({ key }) => key === ''))).trim();
}
