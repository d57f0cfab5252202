import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../base/index.ts';
import type { Engine, SeenStatement } from '../../contracts/index.ts';
import { ask } from '../../runner/index.ts';
import type { CommonOptions } from '../options.ts';
import { databaseOf, openProject, type Project } from '../project.ts';
import { withSession } from '../structure.ts';
import { openingKey, withGuard } from './opened.ts';
import { nothingOut, type OwnCheckout, readPlace, type TeamPlace } from './place.ts';

/** A structural statement that was sent under a check-out, and who saw it. It is evidence: what is recorded is the difference of the structures. */
export interface Evidence extends SeenStatement {
  /** The guard in the database, the log of the server, or `lockstep sql` and connections that were opened through the library. */
  readonly seenBy: 'guard' | 'server' | 'shell';
}

export interface EvidenceReport {
  readonly checkout: number;
  readonly statements: readonly Evidence[];
  /** Who looks here; where nobody does, statements of other tools leave no trace but the difference. */
  readonly watched: readonly Evidence['seenBy'][];
}

/** The statements that were seen under the check-out of this working copy, oldest first. Refuses where it has none. */
export async function recorded(options: CommonOptions): Promise<EvidenceReport> {
  const project = await openProject(options);
  const place = readPlace(project);
  if (place.checkout === undefined) throw nothingOut();
  return evidenceOf(project, place, place.checkout, options);
}

/** Drops one of them, by its number in the list. What was changed stays changed, and will be recorded. */
export async function dropRecorded(options: CommonOptions & { readonly number: number }): Promise<EvidenceReport> {
  const project = await openProject(options);
  const place = readPlace(project);
  const { checkout: own } = place;
  if (own === undefined) throw nothingOut();
  const { statements } = await evidenceOf(project, place, own, options);
  const one = statements[options.number - 1];
  if (one === undefined)
    throw new Failure('usage.invalid-value', `there is no statement ${options.number}; ${statements.length} were recorded`);
  if (one.seenBy === 'server') {
    throw new Failure('usage.invalid-value', `statement ${options.number} stands in the server's own log, which is not ours to change`);
  }
  if (one.seenBy === 'guard') {
    await withGuard(project, options, async (guard, connection) => {
      await connection.query(guard.forget(openingKey(place, own), one.id.split('+')));
    });
  } else {
    const left = readOwn(project, own).filter(({ id }) => id !== one.id);
    writeFileSync(pathOf(project, own), left.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
  }
  return evidenceOf(project, place, own, options);
}

/** All that was seen, by whoever looks. */
export async function evidenceOf(project: Project, place: TeamPlace, own: OwnCheckout, options: CommonOptions): Promise<EvidenceReport> {
  const guarded = await withGuard(project, options, (guard, connection) => ask(connection, guard.seen(openingKey(place, own))));
  const trailed = await trailSince(project, own, options);
  const by = (seenBy: Evidence['seenBy'], list: readonly SeenStatement[] | undefined): readonly Evidence[] =>
    (list ?? []).map((one) => ({ ...one, seenBy }));
  return {
    checkout: own.checkout,
    statements: [...by('guard', guarded), ...by('server', trailed), ...by('shell', readOwn(project, own))],
    watched: [...(guarded === undefined ? [] : (['guard'] as const)), ...(trailed === undefined ? [] : (['server'] as const)), 'shell'],
  };
}

/** Forgets what was seen, when the check-out has ended. */
export async function forgetEvidence(project: Project, place: TeamPlace, own: OwnCheckout, options: CommonOptions): Promise<void> {
  await withGuard(project, options, async (guard, connection) => {
    const key = openingKey(place, own);
    await connection.query(guard.close(key));
    await connection.query(guard.forget(key));
  });
  rmSync(pathOf(project, own), { force: true });
}

/** Where the server's log of statements stands now; nothing where it keeps none, or this user may not read it. */
export async function trailPosition(project: Project, options: CommonOptions): Promise<string | undefined> {
  const { engine, ...database } = await databaseOf(project, options);
  const { trail } = engine.guard ?? {};
  if (trail === undefined) return undefined;
  return withSession({ engine, ...database }, project, options, { readOnly: true }, ({ connection }) =>
    ask(connection, trail.position()).catch(() => undefined),
  );
}

async function trailSince(
  project: Project,
  { trail: position }: OwnCheckout,
  options: CommonOptions,
): Promise<readonly SeenStatement[] | undefined> {
  if (position === undefined) return undefined;
  const { engine, ...database } = await databaseOf(project, options);
  const { trail } = engine.guard ?? {};
  if (trail === undefined) return undefined;
  return withSession({ engine, ...database }, project, options, { readOnly: true }, ({ connection, server }) =>
    // A log that was purged meanwhile tells nothing any more.
    ask(connection, trail.since(position, server)).catch(() => undefined),
  );
}

function pathOf({ base }: Project, { checkout }: OwnCheckout): string {
  return join(base, '.lockstep', `recorded-${checkout}.jsonl`);
}

/** Writes a statement down that went through a connection of ours. */
export function keepStatement(
  project: Project,
  own: OwnCheckout,
  sql: string,
  { kind, objects, by }: { readonly kind: string; readonly objects: readonly string[]; readonly by: string },
): void {
  mkdirSync(join(project.base, '.lockstep'), { recursive: true });
  const last = readOwn(project, own).length;
  const line: SeenStatement = {
    id: `s${last + 1}-${Date.now().toString(36)}`,
    at: new Date().toISOString(),
    by,
    program: 'lockstep sql',
    kind,
    text: withoutPasswords(sql),
    objects,
  };
  appendFileSync(pathOf(project, own), `${JSON.stringify(line)}\n`, { mode: 0o600 });
}

/** The text with passwords left out, for a list that people read. */
function withoutPasswords(sql: string): string {
  return sql
    .replaceAll(/((?:password|identified\s+by)\s*=?\s*)E?'(?:[^']|'')*'/gi, "$1'…'")
    .replaceAll(/(password\s*=\s*)[^'\s]+/gi, '$1…');
}

/** A line that was cut off by a crash is the last one, and tells nothing. */
function readOwn(project: Project, own: OwnCheckout): readonly SeenStatement[] {
  const path = pathOf(project, own);
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line === '' ? [] : [JSON.parse(line) as SeenStatement];
      } catch {
        return [];
      }
    });
}

/** The first words of a statement, by which lists call it: `CREATE TABLE`. */
export function kindOf(engine: Engine, sql: string): string {
  return engine.tokens(sql).split(/\s+/).slice(0, 2).join(' ').toUpperCase();
}
