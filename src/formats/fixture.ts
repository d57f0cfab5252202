import { canonicalJson, together } from '../base/index.ts';
import type { CodeFunction, FormatTools, Parsed } from '../contracts/index.ts';
import type { Migration, SourceFile } from '../migration/index.ts';
import { code, exportsOf } from './code.ts';
import { isData } from './data.ts';
import { at, checkHead, type FixtureText, headDirectives, headKeys, readDirectives, unknownProperty } from './fixture-head.ts';
import { sql } from './sql.ts';

/** Whether a file can be a fixture by its ending. */
export function isFixtureText(name: string): boolean {
  return isData(name) || name.endsWith('.sql') || (/\.[cm]?[tj]s$/.test(name) && !/\.d\.[cm]?ts$/.test(name));
}

/** Reads a fixture of any format but CSV. Throws one `Failure` for all that is wrong. */
export async function readFixture(file: SourceFile, tools: FormatTools): Promise<FixtureText> {
  if (isData(file.name)) return (await import('./fixture-data.ts')).readDataFixture(file, tools);
  return file.name.endsWith('.sql') ? readScriptFixture(file, tools) : readCodeFixture(file, tools);
}

/** The properties are blanked out and `remove` is the way down, so that places stay and the rest is read as any script is. */
function readScriptFixture(file: SourceFile, tools: FormatTools): FixtureText {
  const { head, text } = readDirectives(file, '--', headDirectives);
  const renamed = text
    .replace(/^([ \t]*--[ \t]*lockstep:)remove(?![\w-])/gm, '$1down  ')
    .replace(/^([ \t]*--[ \t]*lockstep:)load(?![\w-])/gm, '$1up  ');
  const migration = asMigration({ ...file, text: renamed });
  const parsed = sql.read(migration, tools) as Parsed;
  return { head, parsed, keys: {}, significant: partsText(sql.significant(migration, tools) as { up: string; down: string }) };
}

async function readCodeFixture(file: SourceFile, tools: FormatTools): Promise<FixtureText> {
  const exported = (await exportsOf(file)) as Readonly<Record<string, unknown>>;
  const known = [...headKeys, 'run', 'remove'];
  const problems = Object.keys(exported).flatMap((key) =>
    known.includes(key) || key === '__esModule' ? [] : [at(file, 0, unknownProperty(key, known))],
  );
  const { head, wrong } = checkHead(exported);
  problems.push(...wrong.map(({ message }) => at(file, 0, message)));
  const { run, remove } = exported;
  if (typeof run !== 'function') problems.push(at(file, 0, 'it exports no function "run"'));
  if (remove !== undefined && typeof remove !== 'function') problems.push(at(file, 0, '"remove" is no function'));
  if (problems.length > 0) throw together(problems);
  const part = (work: unknown) => ({ kind: 'code', file: file.path, run: work as CodeFunction }) as const;
  return {
    head,
    parsed: {
      up: part(run),
      down: remove === undefined ? { kind: 'irreversible', why: 'it is code without a function "remove"' } : part(remove),
      transaction: { up: true, down: true },
    },
    keys: {},
    significant: (await code.significant(asMigration(file), tools)).up,
  };
}

/** Formats read migrations. */
function asMigration(file: SourceFile): Migration {
  return {
    id: file.path,
    module: file.module,
    version: '',
    name: file.name,
    label: { text: '', candidates: [] },
    order: 0,
    format: 'fixture',
    file,
    requires: [],
  };
}

function partsText(parts: { readonly up: string; readonly down: string }): string {
  return canonicalJson([parts.up, parts.down]);
}
