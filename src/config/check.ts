import { closest, Failure, lineStarts, type Place, parseDuration, placeAt, together } from '../base/index.ts';
import { defaultColumnProblems } from '../schema/index.ts';
import type { Config } from './config.ts';
import { extensionProblems } from './extensions.ts';

/** What a property must be, in words, and the test for it. */
interface Rule {
  readonly wants: string;
  readonly holds: (value: unknown) => boolean;
}

const aText: Rule = { wants: 'a text', holds: (value) => typeof value === 'string' && value !== '' };
const object: Rule = { wants: 'an object', holds: isObject };
const texts: Rule = {
  wants: 'an object of texts',
  holds: (value) => isObject(value) && Object.values(value).every((one) => typeof one === 'string'),
};
const list: Rule = { wants: 'a list', holds: Array.isArray };
const oneOf = (...words: readonly string[]): Rule => ({
  wants: words.map((word) => `"${word}"`).join(' or '),
  holds: (value) => words.some((word) => word === value),
});

const rules: Readonly<Record<keyof Config, Rule>> = {
  url: aText,
  environments: object,
  migrations: {
    wants: 'a text or a list of texts',
    holds: (value) => aText.holds(value) || (Array.isArray(value) && value.every(aText.holds)),
  },
  modules: {
    wants: 'a list of folders, packages, or objects with a path',
    holds: (value) => Array.isArray(value) && value.every((one) => aText.holds(one) || (isObject(one) && aText.holds(one['path']))),
  },
  scheme: oneOf('sequence', 'datetime', 'version'),
  order: oneOf('modules', 'interleaved'),
  history: object,
  late: oneOf('run', 'warn', 'refuse'),
  onError: oneOf('halt', 'ignore', 'backout'),
  transaction: oneOf('each', 'all'),
  lockTimeout: { wants: 'a duration such as "60s", or milliseconds', holds: (value) => parseDuration(value) !== undefined },
  lock: oneOf('session', 'lease'),
  naming: { wants: '"default", or { style: "prefixed", max } with a whole number from 12 to 128', holds: isNaming },
  defaultColumns: {
    wants: 'a list of columns, each with a name and a type',
    holds: (value) => Array.isArray(value) && value.every((one) => isObject(one) && aText.holds(one['name']) && aText.holds(one['type'])),
  },
  provides: texts,
  timeZone: { wants: 'a time zone such as "Europe/Berlin"', holds: (value) => typeof value === 'string' && isTimeZone(value) },
  placeholders: texts,
  checkouts: oneOf('off', 'advisory', 'required'),
  record: {
    wants: 'an object with lists of names of tables: { data: ["pages", "cfg_*"], exclude: ["cache_*"] }',
    holds: (value) =>
      isObject(value) &&
      Object.entries(value).every(
        ([key, names]) =>
          ['data', 'include', 'exclude'].includes(key) && (names === undefined || (Array.isArray(names) && names.every(aText.holds))),
      ),
  },
  review: {
    wants: 'an object with whole numbers from 0 to 10: { approvals: 1, destructive: 2 }',
    holds: (value) =>
      isObject(value) &&
      Object.entries(value).every(
        ([key, n]) =>
          ['approvals', 'destructive'].includes(key) &&
          (n === undefined || (typeof n === 'number' && Number.isInteger(n) && n >= 0 && n <= 10)),
      ),
  },
  hooks: {
    wants: 'an object of functions',
    holds: (value) => isObject(value) && Object.values(value).every((one) => typeof one === 'function'),
  },
  services: object,
  extensions: list,
  engines: list,
  drivers: list,
  sources: list,
  formats: list,
  store: object,
};

const hookNames = ['beforeRun', 'afterRun', 'beforeMigration', 'afterMigration', 'beforeFixtures', 'afterFixtures'];
const environmentRules: Readonly<Record<string, Rule>> = {
  url: aText,
  databases: {
    wants: 'an object with a URL for each name, and names without a slash',
    holds: (value) =>
      isObject(value) && Object.entries(value).every(([name, url]) => typeof url === 'string' && !name.includes('/') && name !== ''),
  },
  protected: { wants: 'true or false', holds: (value) => typeof value === 'boolean' },
};

const historyRules: Readonly<Record<string, Rule>> = {
  table: aText,
  schema: aText,
  file: aText,
  autoCreate: { wants: 'true or false', holds: (value) => typeof value === 'boolean' },
};

/** The file that a configuration stands in, for places. */
interface Source {
  readonly file: string;
  readonly text: string;
}

function checkEnvironments(environments: Readonly<Record<string, unknown>>, source: Source): readonly Failure[] {
  return Object.entries(environments).flatMap(([name, environment]) => {
    const path = `environments.${name}`;
    if (!isObject(environment)) return [invalid(source, path, `"${path}" must be an object`)];
    const problems = checkObject(environment, environmentRules, `${path}.`, source);
    const isOne = (environment['url'] === undefined) !== (environment['databases'] === undefined);
    // A URL that comes from a variable which is not set is told when the environment is used.
    return isOne || Object.hasOwn(environment, 'url')
      ? problems
      : [...problems, invalid(source, path, `"${path}" must have a URL or databases`)];
  });
}

/** The value as a configuration. Refuses unknown properties and wrong types, all of them together. */
export function checkConfig(value: unknown, file: string, text: string): Config {
  const source = { file, text };
  if (!isObject(value)) throw invalid(source, '', 'it exports no object');
  const problems = checkObject(value, rules, '', source);
  if (isObject(value['environments'])) problems.push(...checkEnvironments(value['environments'], source));
  if (isObject(value['history'])) {
    const { history } = value;
    problems.push(...checkObject(history, historyRules, 'history.', source));
    const others = Object.keys(history).filter((name) => name !== 'file');
    if (history['file'] !== undefined && others.length > 0) {
      problems.push(
        invalid(source, `history.${others[0]}`, `"history.file" keeps the history in a file, so "history.${others[0]}" has no meaning`),
      );
    }
  }
  if (value['store'] !== undefined && value['history'] !== undefined) {
    problems.push(invalid(source, 'history', '"store" keeps the history, so "history" has no meaning'));
  }
  if (isObject(value['hooks'])) {
    problems.push(
      ...Object.keys(value['hooks']).flatMap((name) =>
        hookNames.includes(name) ? [] : [unknownProperty(`hooks.${name}`, hookNames, source)],
      ),
    );
  }
  if (Array.isArray(value['extensions']))
    problems.push(...extensionProblems(value['extensions']).map((why) => invalid(source, 'extensions', why)));
  if (problems.length === 0 && value['defaultColumns'] !== undefined) {
    problems.push(
      ...defaultColumnProblems((value as Config).defaultColumns ?? []).map(({ path, message }) =>
        invalid(source, 'defaultColumns', `"defaultColumns[${path[0]}]": ${[...path.slice(1), ''].join(': ')}${message}`),
      ),
    );
  }
  if (problems.length > 0)
    throw together(problems, (n) => `${n} properties of "${file}" cannot be used`).with({ state: 'nothing was connected' });
  return value as Config;
}

function checkObject(
  value: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, Rule>>,
  path: string,
  source: Source,
): Failure[] {
  const problems: Failure[] = [];
  for (const [name, given] of Object.entries(value)) {
    if (given === undefined) continue;
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (rule === undefined) problems.push(unknownProperty(path + name, Object.keys(known), source));
    else if (!rule.holds(given)) problems.push(invalid(source, path + name, `"${path}${name}" must be ${rule.wants}`));
  }
  return problems;
}

function unknownProperty(path: string, known: readonly string[], source: Source): Failure {
  const near = closest(path.split('.').at(-1) ?? path, known);
  return invalid(source, path, `there is no property "${path}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
}

function invalid(source: Source, path: string, why: string): Failure {
  return new Failure('config.invalid', `"${source.file}" cannot be used: ${why}`, {
    // What was handed in by a program has no place.
    ...(source.text === '' ? {} : { place: placeOf(source, path), source: source.text }),
    state: 'nothing was connected',
    fix: ['correct the property that is named'],
  });
}

/** Where a property is written: its names are looked for one behind another. Code may write it in any other way. */
function placeOf({ file, text }: Source, path: string): Place {
  let at = 0;
  for (const name of path === '' ? [] : path.split('.')) {
    const key = new RegExp(`(?<![\\w$.])["']?${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}["']?\\s*:`, 'g');
    key.lastIndex = at;
    const found = key.exec(text);
    if (found === null) return { file, line: 1, column: 1 };
    at = found.index;
  }
  return placeAt(file, lineStarts(text), at);
}

function isNaming(value: unknown): boolean {
  if (value === 'default') return true;
  const isLength = (length: unknown): boolean => Number.isInteger(length) && (length as number) >= 12 && (length as number) <= 128;
  if (!isObject(value) || value['style'] !== 'prefixed' || !isLength(value['max'])) return false;
  const known = ['style', 'max', 'identifiers'];
  return Object.keys(value).every((key) => known.includes(key)) && (value['identifiers'] === undefined || isLength(value['identifiers']));
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
