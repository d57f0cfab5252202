import { Failure } from '../base/index.ts';

/** Writes a file or a folder; what the system refuses is a failure that names it. */
export function writing<T>(shown: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    if (error instanceof Failure || code === undefined) throw error;
    throw new Failure(
      'usage.invalid-value',
      `"${shown}" cannot be written: ${message}`,
      { state: 'nothing was run', fix: ['name another place'] },
      error,
    );
  }
}
