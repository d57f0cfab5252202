import { closest, Failure } from '../base/index.ts';
import type { Manifest, ManifestFile, ReadManifest } from '../migration/index.ts';
import type { Path } from '../schema/index.ts';
import type { ReadText, TextFile } from './document.ts';
import { readJson } from './json-document.ts';
import { type ManifestSpec, manifestGrammar } from './manifest-grammar.ts';

/** Reads a manifest in YAML or JSON. */
export async function readManifestData(file: TextFile): Promise<ReadManifest> {
  const read = file.path.endsWith('.json') ? readJson(file) : (await import('./yaml-document.ts')).readYaml(file);
  const state = { state: 'nothing was run' };
  const fault = (message: string, path: Path, key = false): Failure => read.failure('module.manifest', message, { path, key }).with(state);
  if (read.faults.length > 0)
    return { faults: read.faults.map(({ message, details }) => new Failure('module.manifest', message, { ...details, ...state })) };
  // A version without quotes is a number there: 1.10 must not become 1.1.
  const data = withoutEmpty(withVersions(read.data, read, []));
  const result = manifestGrammar.safeParse(data ?? {});
  if (result.success) return { manifest: manifestOf(result.data, file.path, read) };
  const known = Object.keys(manifestGrammar.shape);
  return {
    faults: result.error.issues.flatMap((issue) => {
      const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
      if (issue.code !== 'unrecognized_keys')
        return [fault(path.length === 0 ? issue.message : `"${path.join('.')}": ${issue.message}`, path)];
      return issue.keys.map((key) => {
        const near = closest(key, known);
        return fault(`there is no property "${key}"${near === undefined ? '' : `; did you mean "${near}"?`}`, [...path, key], true);
      });
    }),
  };
}

/** A key with nothing behind it says nothing. */
function withoutEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null));
}

/** The data with each `version` as it is written. */
function withVersions(value: unknown, read: ReadText, path: Path): unknown {
  if (Array.isArray(value)) return value.map((one, i) => withVersions(one, read, [...path, i]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]: [string, unknown]) => {
      const at = [...path, key];
      const isNumber = typeof inner === 'number' || typeof inner === 'bigint';
      return [key, key === 'version' && isNumber ? (read.written(at) ?? String(inner)) : withVersions(inner, read, at)];
    }),
  );
}

function manifestOf(spec: ManifestSpec, path: string, read: ReadText): Manifest {
  const files = (key: 'install' | 'updates' | 'uninstall' | 'testData'): readonly ManifestFile[] => {
    const given = spec[key];
    if (given === undefined) return [];
    if (!Array.isArray(given)) return [listed(given, read, [key])];
    return given.map((one, i) => listed(one, read, [key, i]));
  };
  const { requires = [] } = spec;
  return {
    file: path,
    ...(spec.module === undefined ? {} : { code: spec.module }),
    ...(spec.name === undefined ? {} : { title: spec.name }),
    ...(spec.description === undefined ? {} : { description: spec.description }),
    version: spec.version,
    versionAt: read.place({ path: ['version'] }),
    requires: Array.isArray(requires)
      ? requires
      : Object.entries(requires).map(([name, range]) => (range === '' ? name : `${name}@${range}`)),
    removable: spec.removable !== false,
    install: files('install'),
    updates: files('updates'),
    uninstall: files('uninstall'),
    testData: files('testData'),
    remarks: [],
  };
}

type FileSpec = string | { readonly file: string; readonly version?: string | undefined };

function listed(spec: FileSpec, read: ReadText, path: Path): ManifestFile {
  const place = read.place({ path });
  if (typeof spec === 'string') return { path: spec, place };
  return { path: spec.file, place, ...(spec.version === undefined ? {} : { version: spec.version }) };
}
