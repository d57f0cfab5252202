import { Failure } from '../base/index.ts';
import { protectionId } from '../migration/index.ts';
import { writeHistory } from './mark.ts';
import { inWorkplace } from './open.ts';
import { confirmProtected, protectedAs, type RunOptions, withRun } from './run.ts';

export interface ProtectOptions extends RunOptions {
  /** What must be named by whoever changes the database from now on; absent to take the protection away. */
  readonly name?: string;
  readonly reason: string;
}

export interface ProtectReport {
  readonly database: string;
  /** The name of the mark now; nothing where there is none. */
  readonly name?: string;
  /** The configuration protects it besides. */
  readonly byConfiguration: boolean;
}

/**
 * Marks a database as protected, in its own history, or takes that mark away. Unlike a word of the configuration it holds for everybody who
 * reaches the database from anywhere. To take it away, or to change its name, the database must be named.
 */
export async function protect(options: ProtectOptions): Promise<ProtectReport> {
  const { name, reason } = options;
  if (name !== undefined && !/^[^\p{Cc}\s][^\p{Cc}]{0,99}$/u.test(name)) {
    throw new Failure('usage.invalid-value', 'the name of a protected database must be one line of at most 100 characters', {
      state: 'nothing was changed',
    });
  }
  return inWorkplace(options, { command: 'protect', readOnly: false }, async (workplace) =>
    withRun(workplace, options, async (run) => {
      const now = (await protectedAs(workplace)).filter((one) => one !== name);
      if (now.length > 0)
        await confirmProtected(workplace, options, name === undefined ? 'It would not be any more.' : 'It would get another name.');
      const log = { event: 'mark', migration: protectionId, run: run.id, by: run.by, host: run.host } as const;
      await writeHistory(run, [
        name === undefined
          ? { forget: protectionId, log: { ...log, detail: `not protected: ${reason}` } }
          : {
              id: protectionId,
              // In this state a row says nothing of a migration, to older programs neither.
              set: { state: 'reverted', module: '', version: '', name, reason, by: run.by, host: run.host, done: 0, total: 0 },
              stamp: 'finishedAt',
              log: { ...log, detail: `protected as ${name}: ${reason}` },
            },
      ]);
      const { database } = workplace;
      return { database: database.name, ...(name === undefined ? {} : { name }), byConfiguration: database.protected };
    }),
  );
}
