import { closest, Failure, joined, lineStarts, type Place, placeAt, together } from '../base/index.ts';
import type { Parsed } from '../contracts/index.ts';
import type { SourceFile } from '../migration/index.ts';

/** What a fixture says of itself; what it does not say follows from its name and its folder. */
export interface FixtureHead {
  readonly id?: string;
  readonly version?: string;
  readonly order?: number;
  readonly dependsOn?: readonly string[];
  readonly set?: string;
  /** Ids that it was recorded under before. */
  readonly previousIds?: readonly string[];
}

/** A fixture as it is written. */
export interface FixtureText {
  readonly head: FixtureHead;
  /** What it does, and how that is removed. */
  readonly parsed: Parsed;
  /** The columns that tell rows apart when they are loaded again, of every table (`*`) or of one by its name. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** What its checksum is of. */
  readonly significant: string;
}

/** The properties of a fixture that are of one line, as directives of SQL and CSV spell them, and what is wrong with a value. */
export const headDirectives = ['id', 'version', 'order', 'depends-on', 'set', 'previous-ids'] as const;

/** The directives at the beginning of a file, each on a line of its own behind `mark`, and where the rest begins. */
export function readDirectives(
  file: SourceFile,
  mark: '--' | '#',
  known: readonly string[],
): { readonly head: FixtureHead; readonly values: ReadonlyMap<string, string>; readonly text: string } {
  const values = new Map<string, string>();
  const problems: Failure[] = [];
  const pattern =
    mark === '#' ? /^#[ \t]*lockstep:([\w-]*)[ \t]*(.*?)[ \t]*\r?$/gm : /^[ \t]*--[ \t]*lockstep:([\w-]*)[ \t]*(.*?)[ \t]*\r?$/gm;
  const text = file.text.replace(pattern, (line: string, name: string, value: string, offset: number) => {
    if (!known.includes(name)) {
      if (mark === '#') problems.push(at(file, offset, unknown(name, known)));
      return line;
    }
    const wrong = values.has(name) ? `"lockstep:${name}" is given twice` : value === '' ? `"lockstep:${name}" needs a value` : undefined;
    if (wrong !== undefined) problems.push(at(file, offset, wrong));
    values.set(name, value);
    return ' '.repeat(line.length);
  });
  const order = values.get('order');
  if (order !== undefined && !/^-?\d+$/.test(order)) problems.push(at(file, 0, `"lockstep:order" needs a whole number, not "${order}"`));
  if (problems.length > 0) throw together(problems);
  return { head: headOf(values), values, text };
}

function unknown(name: string, known: readonly string[]): string {
  const near = closest(name, known);
  return `there is no directive "lockstep:${name}"${near === undefined ? `; known here: ${known.join(', ')}` : `; did you mean "lockstep:${near}"?`}`;
}

function headOf(values: ReadonlyMap<string, string>): FixtureHead {
  const [id, version, order, set] = ['id', 'version', 'order', 'set'].map((name) => values.get(name));
  const [dependsOn, previousIds] = ['depends-on', 'previous-ids'].map((name) =>
    values
      .get(name)
      ?.split(/[\s,]+/)
      .filter((one) => one !== ''),
  );
  return {
    ...(id === undefined ? {} : { id }),
    ...(version === undefined ? {} : { version }),
    ...(order === undefined ? {} : { order: Number(order) }),
    ...(set === undefined ? {} : { set }),
    ...(dependsOn === undefined ? {} : { dependsOn }),
    ...(previousIds === undefined ? {} : { previousIds }),
  };
}

/** What is wrong with a property of a fixture. */
export interface WrongHead {
  readonly key: string;
  readonly message: string;
}

interface HeadRule {
  readonly wants: string;
  /** What a value is taken for; nothing where it is none. */
  readonly take: (value: unknown) => unknown;
}

const text: HeadRule = {
  wants: 'text; put it in quotes',
  take: (value) => (typeof value === 'string' && value.trim() !== '' ? value : undefined),
};
const ids: HeadRule = {
  wants: 'a list of ids of fixtures',
  take: (value) => {
    const list: unknown = typeof value === 'string' ? [value] : value;
    return Array.isArray(list) && list.every((one) => typeof one === 'string' && one !== '') ? list : undefined;
  },
};
const whole: HeadRule = {
  wants: 'a whole number',
  take: (value) => (['number', 'string'].includes(typeof value) && /^-?\d{1,9}$/.test(String(value)) ? Number(value) : undefined),
};
const headRules: { readonly [K in keyof FixtureHead]-?: HeadRule } = {
  id: text,
  version: text,
  order: whole,
  dependsOn: ids,
  set: text,
  previousIds: ids,
};
/** The names of these properties. */
export const headKeys: readonly string[] = Object.keys(headRules);

/** The properties that a fixture has of its own, out of data or of what code exports. */
export function checkHead(data: Readonly<Record<string, unknown>>): { readonly head: FixtureHead; readonly wrong: readonly WrongHead[] } {
  const wrong: WrongHead[] = [];
  const head: Record<string, unknown> = {};
  for (const [key, { wants, take }] of Object.entries(headRules)) {
    if (data[key] === undefined) continue;
    const taken = take(data[key]);
    if (taken === undefined) wrong.push({ key, message: `"${key}" must be ${wants}` });
    else head[key] = taken;
  }
  return { head: head as FixtureHead, wrong };
}

/** That there is no such property, with the one that may be meant. */
export function unknownProperty(key: string, known: readonly string[]): string {
  const near = closest(key, known);
  return `a fixture has no property "${key}"${near === undefined ? `; known are ${joined(known)}` : `; did you mean "${near}"?`}`;
}

/** A failure that points into a fixture. */
export function at(file: SourceFile, offset: number, why: string): Failure {
  const place: Place = placeAt(file.path, lineStarts(file.text), offset);
  return new Failure('fixture.invalid', `fixture "${file.path}": ${why}`, { place, source: file.text });
}
