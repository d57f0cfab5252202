import { Failure } from '../base/index.ts';
import type { Group, Server, Statement } from '../contracts/index.ts';
import type { Entry, Migration } from '../migration/index.ts';
import { prepareUp, runSteps, type Session, type Step } from '../runner/index.ts';
import { type Key, parseName } from '../schema/index.ts';
import { beyondFailure, beyondScratch } from './confined.ts';
import type { Workplace } from './open.ts';
import type { CommonOptions } from './options.ts';
import type { Project } from './project.ts';
import { prepareAll, preparerFor, withRun } from './run.ts';

/** A project for running its migrations where nobody shall notice: without its hooks, and with books that the scratch database keeps by itself. */
export function unnoticed(project: Project): Project {
  const { store: _, history: __, hooks: ___, lock: ____, ...config } = project.config;
  return { ...project, config };
}

/**
 * Runs migrations on the scratch database of a workplace and gives why one of them cannot be run. What concerns the whole server is passed
 * over, and what reaches for another database refused; `real` is the server of the database that the scratch one stands in for.
 */
export async function replay(
  there: Workplace,
  migrations: readonly Migration[],
  { emit: _, ...options }: CommonOptions,
  real?: Server,
): Promise<Failure | undefined> {
  const preparer = preparerFor(there);
  const steps = await prepareAll(migrations.map(freshEntry), (entry) => prepareUp(preparer, entry));
  const kept = steps.map((step) => onScratchOnly(step, there.session, real));
  return withRun(there, options, async (run) => {
    await run.setUp();
    const { failed, interrupted } = await runSteps(run, kept, { onError: 'halt', wayBack: () => Promise.resolve([]) });
    if (interrupted) throw new Failure('interrupted', 'it was interrupted', { state: 'nothing was changed' });
    const outcome = failed[0]?.outcome;
    return outcome?.kind === 'failed' ? outcome.failure : undefined;
  });
}

/** A migration that has run nowhere. */
export function freshEntry(migration: Migration): Entry {
  const { id, module, version, name } = migration;
  return { id, module, version, name, state: 'pending', flags: [], partial: false, migration };
}

/** A step as far as it stays inside the scratch database. Refuses one that reaches for another. */
export function onScratchOnly(step: Step, session: Session, real?: Server): Step {
  const stays = (statement: Statement): boolean => {
    const found = beyondScratch(statement.sql, session);
    if (found?.where === 'server') return false;
    const what =
      found?.what ??
      (real !== undefined && reachesOut(statement, real, session.server) ? `names the database "${real.database}"` : undefined);
    if (what !== undefined) throw beyondFailure(`migration ${step.identity.id} ${what}`, statement.sql, statement.at);
    return true;
  };
  const groups = step.groups.map((group): Group => ({ ...group, statements: group.statements.filter(stays) }));
  return { ...step, groups: groups.filter((group) => group.statements.length > 0) };
}

/** Where a name may begin with that of its database, a statement of which little is known, but that names the real one, may change it. */
function reachesOut({ family, sql, effects, touches }: Statement, real: Server, scratch: Server): boolean {
  if (real.database === scratch.database || real.namespace !== real.database) return false;
  const named = new RegExp(`(?<![\\w$])${real.database.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w$])`, 'i');
  if (family === 'session' || (effects.length === 0 && touches.length === 0)) return named.test(sql);
  return [...touches, ...effects.flatMap(({ key }) => key ?? [])].some((key) => namespaceIn(key) === real.database);
}

/** The namespace of the object, or of the table, that a key is about. */
function namespaceIn(key: Key): string | undefined {
  return parseName(key.slice(key.indexOf(' ') + 1).split('/')[0] ?? '').schema;
}
