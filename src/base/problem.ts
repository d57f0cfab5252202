import { catalogue } from './catalogue.ts';
import type { Failure } from './failure.ts';

/** Something that a person should know, in the one shape that every answer uses. */
export interface Problem {
  readonly code: string;
  readonly level: 'error' | 'warning';
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly state?: string;
  readonly fix: readonly string[];
  readonly migration?: string;
}

export function problemOf(failure: Failure, level: Problem['level'] = 'error'): Problem {
  const { place, state, fix, data } = failure.details;
  const migration = data?.['migration'];
  return {
    code: failure.code,
    level,
    message: failure.message,
    ...(place === undefined ? {} : { file: place.file, line: place.line, column: place.column }),
    ...(state === undefined ? {} : { state }),
    fix: fix ?? catalogue[failure.code].fix,
    ...(typeof migration === 'string' ? { migration } : {}),
  };
}
