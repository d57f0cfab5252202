import { Failure } from '../../base/index.ts';

/** The error for an optional library that the project has not installed. Any other fault of loading it is passed on as it is. */
export function missingLibrary(name: string, purpose: string, error: unknown): Failure {
  if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  return new Failure(
    'driver.missing',
    `${purpose} needs the package "${name}", which is not installed`,
    { fix: [`npm install ${name}`] },
    error,
  );
}

/** The error for a pool where one connection is needed: each of its queries may go to another session. */
export function poolRefused(where: string): Failure {
  return new Failure('config.invalid', `${where} takes one connection, not a pool`, {
    state: 'nothing was connected',
    fix: ['check a connection out of the pool, and give it back afterwards'],
  });
}
