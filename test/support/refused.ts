import { Failure } from '../../src/base/index.ts';

/** The failure with which a piece of work is refused; any other error comes through, and so does that nothing was refused. */
export async function refused(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Failure) return error;
  throw error ?? new Error('nothing was refused');
}
