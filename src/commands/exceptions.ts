import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../base/index.ts';
import { type Finding, means } from '../diff/index.ts';
import type { Project } from './project.ts';
import { writing } from './write.ts';

/** A difference that a team has agreed to live with for a while. */
export interface Exception {
  /** A name, in which `*` stands for anything. */
  readonly ignore: string;
  /** The last day on which it holds, in UTC: `2026-12-31`. */
  readonly until: string;
  readonly why: string;
  /** The only database that it is for, as an environment or a URL names it; without it, all of them. */
  readonly on?: string;
}

/** The file beside the configuration that holds the exceptions; it is committed, so that a team shares and reviews it. */
export const exceptionsFile = 'lockstep.drift.json';

/** The exceptions of a project. Refuses a file that cannot be understood. */
export function readExceptions({ base }: Project): readonly Exception[] {
  const path = join(base, exceptionsFile);
  if (!existsSync(path)) return [];
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!Array.isArray(found)) throw new Error('it must be a list');
    return found.map(exceptionOf);
  } catch (error) {
    throw new Failure('config.invalid', `"${exceptionsFile}" cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
      place: { file: exceptionsFile, line: 1, column: 1 },
      state: 'nothing was compared',
      fix: ['[{ "ignore": "orders.note", "until": "2026-12-31", "why": "ticket 812" }]'],
    });
  }
}

const properties: readonly string[] = ['ignore', 'until', 'why', 'on'];

function exceptionOf(value: unknown, i: number): Exception {
  const at = `entry ${i + 1}`;
  if (typeof value !== 'object' || value === null) throw new Error(`${at} is no object`);
  for (const [name, text] of Object.entries(value)) {
    if (!properties.includes(name)) throw new Error(`${at} has the unknown property "${name}"`);
    if (typeof text !== 'string' || text.trim() === '') throw new Error(`"${name}" of ${at} must be a text`);
  }
  const { ignore, until, why, on } = value as Partial<Exception>;
  if (ignore === undefined || until === undefined || why === undefined) throw new Error(`${at} needs "ignore", "until" and "why"`);
  if (!isDay(until)) throw new Error(`"until" of ${at} must be a day such as 2026-12-31, not "${until}"`);
  return { ignore, until, why, ...(on === undefined ? {} : { on }) };
}

/** Whether a text is a day of the calendar. */
export function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return at !== undefined && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** The exceptions with one more; one of the same name for the same database gives way to it. */
export function writeException(project: Project, added: Exception): void {
  const others = readExceptions(project).filter(({ ignore, on }) => ignore !== added.ignore || on !== added.on);
  writing(exceptionsFile, () => writeFileSync(join(project.base, exceptionsFile), `${JSON.stringify([...others, added], null, 2)}\n`));
}

/** A finding that an exception covers. */
export interface Covered {
  readonly finding: Finding;
  readonly by: Exception;
}

/** The findings of one database as the exceptions see them. */
export interface Sorted {
  readonly open: readonly Finding[];
  readonly ignored: readonly Covered[];
  /** Open again, because the time of their exceptions is over. */
  readonly expired: readonly Covered[];
  /** Exceptions that cover nothing here. */
  readonly unused: readonly Exception[];
}

/** Sorts findings by the exceptions that hold today. */
export function sortFindings(
  findings: readonly Finding[],
  exceptions: readonly Exception[],
  { database, today }: { readonly database: string; readonly today: string },
): Sorted {
  const here = exceptions.filter(({ on }) => on === undefined || on === database);
  const [valid, over] = [here.filter(({ until }) => until >= today), here.filter(({ until }) => until < today)];
  const covered = (list: readonly Exception[], some: readonly Finding[]): readonly Covered[] =>
    some.flatMap((finding) => {
      const by = list.find(({ ignore }) => means(ignore, finding));
      return by === undefined ? [] : [{ finding, by }];
    });
  const ignored = covered(valid, findings);
  const open = findings.filter((finding) => !ignored.some((one) => one.finding === finding));
  return {
    open,
    ignored,
    expired: covered(over, open),
    unused: here.filter(({ ignore }) => !findings.some((finding) => means(ignore, finding))),
  };
}
