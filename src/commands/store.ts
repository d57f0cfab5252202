import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../base/index.ts';
import { isOutside, type Store } from '../contracts/index.ts';
import { acquireFileLock, type Session } from '../runner/index.ts';
import { fileStore, tableStore } from '../stores/index.ts';
import type { Project } from './project.ts';

/** How often, and how long, another process that writes the same file is waited for: it needs milliseconds. */
const pauseMs = 10;
const patienceMs = 30_000;

/** Where the project keeps its history. */
export function storeOf({ config, base }: Project): Store {
  if (config.store !== undefined) return config.store;
  const { file, autoCreate: _, ...names } = config.history ?? {};
  return file === undefined ? tableStore(names) : fileStore({ file, base, alone });
}

/** Runs work under a lock beside the file that the system frees with the process. */
async function alone<T>(path: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const until = performance.now() + patienceMs;
  for (;;) {
    const attempt = await acquireFileLock(`${path}.lock`, `process ${process.pid}`);
    if ('lock' in attempt) {
      try {
        return await work();
      } finally {
        await attempt.lock.release();
      }
    }
    if (performance.now() > until) throw new Failure('lock.busy', `the history "${path}" is held by ${attempt.holder}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/** Refuses a database without the tables of the history where they may not be made, and shows the statements that make them. */
export function refuseMissing(project: Project, session: Session): void {
  const { store } = session;
  if (project.config.history?.autoCreate !== false || isOutside(store)) return;
  const statements = store.definition(session).map((sql) => `${sql.trim()};`);
  throw new Failure(
    'history.missing',
    `${session.target.shown} has no history, and the configuration does not let its tables be made; these statements make them:\n${statements.join('\n')}`,
    { state: 'nothing was changed', data: { statements } },
  );
}
