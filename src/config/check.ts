import { closest, Failure, parseDuration, together } from '../base/index.ts';
import type { Config } from './config.ts';

/** What a property must be, in words, and the test for it. */
interface Rule {
  readonly wants: string;
  readonly holds: (value: unknown) => boolean;
}

const text: Rule = { wants: 'a text', holds: (value) => typeof value === 'string' && value !== '' };
const object: Rule = { wants: 'an object', holds: isObject };
const list: Rule = { wants: 'a list', holds: Array.isArray };
const oneOf = (...words: readonly string[]): Rule => ({
  wants: words.map((word) => `"${word}"`).join(' or '),
  holds: (value) => words.some((word) => word === value),
});

const rules: Readonly<Record<keyof Config, Rule>> = {
  url: text,
  environments: object,
  migrations: {
    wants: 'a text or a list of texts',
    holds: (value) => text.holds(value) || (Array.isArray(value) && value.every(text.holds)),
  },
  scheme: oneOf('sequence', 'datetime', 'version'),
  history: object,
  late: oneOf('run', 'warn', 'refuse'),
  onError: oneOf('halt', 'ignore', 'backout'),
  transaction: oneOf('each', 'all'),
  lockTimeout: { wants: 'a duration such as "60s", or milliseconds', holds: (value) => parseDuration(value) !== undefined },
  lock: oneOf('session', 'lease'),
  placeholders: {
    wants: 'an object of texts',
    holds: (value) => isObject(value) && Object.values(value).every((one) => typeof one === 'string'),
  },
  hooks: {
    wants: 'an object of functions',
    holds: (value) => isObject(value) && Object.values(value).every((one) => typeof one === 'function'),
  },
  services: object,
  engines: list,
  drivers: list,
  sources: list,
  formats: list,
  store: object,
};

const hookNames = ['beforeRun', 'afterRun', 'beforeMigration', 'afterMigration'];
const environmentRules: Readonly<Record<string, Rule>> = {
  url: text,
  protected: { wants: 'true or false', holds: (value) => typeof value === 'boolean' },
};

/** The value as a configuration. Refuses unknown properties and wrong types, all of them together. */
export function checkConfig(value: unknown, file: string): Config {
  if (!isObject(value)) throw invalid(file, 'it exports no object');
  const problems = checkObject(value, rules, '', file);
  if (isObject(value['environments'])) {
    for (const [name, environment] of Object.entries(value['environments'])) {
      if (isObject(environment)) problems.push(...checkObject(environment, environmentRules, `environments.${name}.`, file));
      else problems.push(invalid(file, `"environments.${name}" must be an object`));
    }
  }
  if (isObject(value['history'])) problems.push(...checkObject(value['history'], { table: text, schema: text }, 'history.', file));
  if (isObject(value['hooks'])) {
    problems.push(
      ...Object.keys(value['hooks']).flatMap((name) =>
        hookNames.includes(name) ? [] : [unknownProperty(`hooks.${name}`, name, hookNames, file)],
      ),
    );
  }
  if (problems.length > 0) throw together(problems, (n) => `${n} properties of "${file}" cannot be used`);
  return value as Config;
}

function checkObject(
  value: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, Rule>>,
  path: string,
  file: string,
): Failure[] {
  const problems: Failure[] = [];
  for (const [name, given] of Object.entries(value)) {
    if (given === undefined) continue;
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (rule === undefined) problems.push(unknownProperty(path + name, name, Object.keys(known), file));
    else if (!rule.holds(given)) problems.push(invalid(file, `"${path}${name}" must be ${rule.wants}`));
  }
  return problems;
}

function unknownProperty(path: string, name: string, known: readonly string[], file: string): Failure {
  const near = closest(name, known);
  return invalid(file, `there is no property "${path}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
}

function invalid(file: string, why: string): Failure {
  return new Failure('config.invalid', `"${file}" cannot be used: ${why}`, {
    place: { file, line: 1, column: 1 },
    state: 'nothing was connected',
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
