import { appendFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Code, canonicalJson, Failure, lineStarts, type Place, placeAt, together } from '../base/index.ts';
import { type GivenHint, type ReadHint, type RenameHints, readHints, renamedKey } from '../diff/index.ts';
import type { Key, Schema } from '../schema/index.ts';
import type { CommonOptions } from './options.ts';
import type { Project } from './project.ts';
import type { SideSource } from './structure.ts';
import { hintLine, isMigrations } from './structure-files.ts';
import { writing } from './write.ts';

/** The file of a project in which answers are kept, so that they are given once. */
export const answersFile = 'lockstep.renames';

/** A hint and where it was given: by a flag, in the file that describes the wanted structure, or among the answers that were kept. */
export interface PlacedHint extends GivenHint {
  readonly origin: 'flag' | 'wanted' | 'kept';
  readonly place?: Place;
  readonly source?: string;
}

/** The hints of flags, of the file or folder that describes the wanted structure, and of the answers kept in the project, in this order. */
export async function collectHints(
  project: Project,
  options: CommonOptions & { readonly rename?: readonly string[]; readonly drop?: readonly string[] },
  to: SideSource,
): Promise<readonly PlacedHint[]> {
  const flag = (kind: GivenHint['kind'], texts: readonly string[] = []): readonly PlacedHint[] =>
    texts.map((text) => ({ kind, text, origin: 'flag' }));
  return [...flag('rename', options.rename), ...flag('drop', options.drop), ...(await hintsIn(to, project, options)), ...kept(project)];
}

async function hintsIn(to: SideSource, project: Project, options: CommonOptions): Promise<readonly PlacedHint[]> {
  if (to.kind !== 'path' || to.at !== undefined) return [];
  if (statSync(to.path).isDirectory() && (await isMigrations(to.path, to.shown, project, options))) return [];
  const files = statSync(to.path).isDirectory()
    ? readdirSync(to.path, { recursive: true, encoding: 'utf8' })
        .sort()
        .map((name) => join(to.path, name))
    : [to.path];
  return files
    .filter((file) => extname(file).toLowerCase() === '.sql' && statSync(file).isFile())
    .flatMap((file) => linesOf(file, file, hintLine, 'wanted'));
}

function kept({ base }: Project): readonly PlacedHint[] {
  const path = join(base, answersFile);
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8');
  const stray = /^[ \t]*(?!#|rename[ \t]|drop[ \t])\S.*$/m.exec(text);
  if (stray !== null) {
    throw new Failure('config.invalid', `a line of "${answersFile}" is neither "rename users.name:full_name" nor "drop users.name"`, {
      place: placeAt(answersFile, lineStarts(text), stray.index),
      source: text,
      state: 'nothing was compared',
    });
  }
  return linesOf(path, answersFile, /^([ \t]*)(rename|drop)([ \t]+)(\S.*?)[ \t]*$/gm, 'kept');
}

function linesOf(path: string, shown: string, line: RegExp, origin: PlacedHint['origin']): readonly PlacedHint[] {
  const source = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  const starts = lineStarts(source);
  return [...source.matchAll(line)].map(({ 2: kind, 4: text = '', index }) => ({
    kind: kind as GivenHint['kind'],
    text,
    origin,
    place: placeAt(shown, starts, index),
    source,
  }));
}

const codes = { flag: 'usage.invalid-value', wanted: 'schema.invalid', kept: 'config.invalid' } as const satisfies Record<string, Code>;

export interface HintsRead {
  readonly hints: RenameHints;
  /** What was kept and has nothing to say any more. */
  readonly stale: readonly string[];
}

/**
 * What the hints come to between two structures. One that matches nothing is refused, unless it was kept from an earlier time: then it is
 * told. What a flag says of something outweighs what a file says, and a file what was kept.
 */
export function applyHints(given: readonly PlacedHint[], from: Schema, to: Schema): HintsRead {
  const read = readHints(given, from, to);
  const results = given.map((hint, i) => ({ hint, result: read[i] as ReadHint }));
  const outcomes = results.map(({ hint, result }) => idleOutcome(hint, result));
  const chosen = new Map<Key, (typeof results)[number]>();
  const problems = outcomes.filter((one) => one instanceof Failure);
  for (const one of results) {
    const key = subjectOf(one.result);
    const first = key === undefined ? undefined : chosen.get(key);
    if (key !== undefined && first === undefined) chosen.set(key, one);
    if (first?.hint.origin === one.hint.origin && canonicalJson(first.result) !== canonicalJson(one.result))
      problems.push(wrong(one.hint, `"${one.hint.text}" says something else than "${first.hint.text}"`));
  }
  if (problems.length > 0)
    throw together(problems, (n) => `${n} hints about names cannot be followed`).with({ state: 'nothing was compared' });
  const kept = [...chosen.values()].map(({ result }) => result);
  return {
    hints: {
      renames: kept.flatMap((one) => ('rename' in one ? [one.rename] : [])),
      dropped: new Set(kept.flatMap((one) => ('dropped' in one ? [one.dropped] : []))),
    },
    stale: outcomes.filter((one) => typeof one === 'string'),
  };
}

/** What a hint is about. */
function subjectOf(result: ReadHint): Key | undefined {
  if ('rename' in result) return renamedKey(result.rename);
  return 'dropped' in result ? result.dropped : undefined;
}

/** What to say of a hint that changes nothing: a refusal, a line, or nothing at all where it only has been followed already. */
function idleOutcome(hint: PlacedHint, result: ReadHint): Failure | string | undefined {
  if ('fault' in result) return wrong(hint, result.fault);
  if (!('idle' in result)) return undefined;
  if (hint.origin === 'flag') return wrong(hint, result.why);
  if (result.idle === 'happened') return undefined;
  return hint.origin === 'kept' ? `${answersFile}:${hint.place?.line ?? 1}: ${result.why}` : wrong(hint, result.why);
}

function wrong({ origin, kind, place, source }: PlacedHint, why: string): Failure {
  return new Failure(codes[origin], why, {
    ...(place === undefined ? {} : { place }),
    ...(source === undefined ? {} : { source }),
    state: 'nothing was compared',
    fix: origin === 'flag' ? [`correct --${kind}, or leave it out`] : ['correct the line that is named, or take it out'],
  });
}

/** Keeps answers in the project: one line each, behind those that are there. */
export function keepAnswers({ base }: Project, answers: readonly GivenHint[]): void {
  const path = join(base, answersFile);
  const before = existsSync(path)
    ? readFileSync(path, 'utf8')
    : '# Answers to questions of `lockstep diff`; they belong into version control.\n';
  const head = existsSync(path) ? (before === '' || before.endsWith('\n') ? '' : '\n') : before;
  const lines = answers.map(({ kind, text }) => `${kind} ${text}\n`).join('');
  writing(answersFile, () => appendFileSync(path, head + lines));
}
