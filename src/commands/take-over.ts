import { existsSync, rmSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import type { ForeignTable } from '../adopt/index.ts';
import { Failure } from '../base/index.ts';
import { resolve } from '../migration/index.ts';
import { emptySchema, type Schema, sameSchema } from '../schema/index.ts';
import { comparable } from './comparable.ts';
import { rebuilt } from './expected.ts';
import { markApplied } from './mark.ts';
import { newMigration } from './new.ts';
import { inWorkplace, readEntries, type Workplace } from './open.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, openProject } from './project.ts';
import { expectSame, type OnScratch, settle } from './prove.ts';
import { confirmProtected, withRun } from './run.ts';
import { onOwnBuild, readStructure, refuseUnseen } from './structure.ts';
import { checkFiles } from './up.ts';
import { fileText, wayFrom } from './way.ts';

/** What became of a database that was taken over. */
export interface TakenOver {
  readonly database: string;
  readonly server: string;
  /** The migration that makes its structure; it is marked as applied there. */
  readonly id: string;
  readonly file: string;
  /** Tables and other objects that the migration makes. */
  readonly objects: number;
  /** Tables of other migration tools, which it does not make. */
  readonly aside: readonly Omit<ForeignTable, 'key'>[];
  /** What the database has that no migration can be made of. */
  readonly unread: readonly string[];
}

/** What is known of a database before it is taken over. */
export interface SeenDatabase extends Pick<TakenOver, 'aside' | 'unread'> {
  readonly schema: Schema;
  /** The migration that was tried. */
  readonly text: string;
}

/**
 * Reads a database, writes its structure down and runs that on a scratch database, where it must give the same structure. Nothing is
 * written. Refuses where Lockstep was at work already, in the database or in the folder, and where there is nothing to take over.
 */
export async function readForTakeOver(options: CommonOptions): Promise<SeenDatabase> {
  const { base, folder } = await openProject(options);
  // The folder is made only when nothing is refused any more.
  const isMade = folder === undefined || existsSync(resolvePath(base, folder));
  return inWorkplace(isMade ? options : { ...options, migrations: [] }, { command: 'init', readOnly: true }, async (workplace) => {
    const { session, project } = workplace;
    await refuseUsed(workplace);
    await refuseUnseen(session);
    const { schema, aside } = comparable(project, await readStructure(session));
    if (schema.objects.size === 0) throw refusal(`${session.target.shown} has nothing that could be taken over`);
    const way = wayFrom(emptySchema, schema, session.engine, session.server);
    const text = `-- The structure that was taken over. Where it is already, this is marked as applied and never run.\n${await fileText('sql', way, { engine: session.engine })}`;
    await proveText(workplace, { schema, text }, options);
    return { schema, text, aside: aside.map(({ tool, table }) => ({ tool, table })), unread: schema.facts?.unread ?? [] };
  });
}

async function refuseUsed(workplace: Workplace): Promise<void> {
  const { collected, session } = workplace;
  checkFiles(workplace);
  if (collected.migrations.length > 0) throw refusal(`the folder has migrations already, from ${collected.migrations[0]?.file.path} on`);
  const rows = await session.store.read(session);
  if (rows !== undefined && rows.length > 0) throw refusal(`${session.target.shown} has a history already`);
}

function refusal(why: string): Failure {
  return new Failure('takeover.refused', why, { state: 'nothing was written' });
}

/** Runs the migration as `up` would on an empty database, and compares. */
async function proveText(
  workplace: Workplace,
  { schema, text }: Pick<SeenDatabase, 'schema' | 'text'>,
  options: CommonOptions,
): Promise<void> {
  const { project, database } = workplace;
  const { migrations } = await collectMigrations(project, { ...options, migrations: [{ name: '000_taken_over.sql', text }] });
  const made = await rebuilt(workplace, migrations, {
    ...options,
    refused: (failure) => new Failure('diff.unproven', `what was read cannot be made anew: ${failure.message}`, failure.details),
  });
  const scratch: OnScratch = (work) => onOwnBuild({ ...database, server: workplace.session.server }, project, options, work);
  const settled = await settle(schema, made, scratch);
  expectSame(settled.after, settled.before, 'the structure, made anew on a scratch database,', 'differs from what was read');
}

/** Writes the migration and marks it as applied. No statement concerns what is in the database: only the history is made. */
export async function takeOver(options: CommonOptions, { schema, text, aside, unread }: SeenDatabase): Promise<TakenOver> {
  return inWorkplace(options, { command: 'init', readOnly: false }, (workplace) =>
    withRun(workplace, options, async (run) => {
      const { project, database, session } = workplace;
      await refuseUsed(workplace);
      const { schema: now } = comparable(project, await readStructure(session));
      if (!sameSchema(now, schema)) throw refusal(`${session.target.shown} was changed while it was looked at`);
      await confirmProtected(workplace, options, 'A history would be made in it.');
      const { id, file } = await newMigration({ ...options, name: 'taken over', format: 'sql', text });
      try {
        const there = { ...workplace, collected: await collectMigrations(project, options) };
        const { entries } = await readEntries(there);
        await markApplied(there, run, resolve(id, entries), 'taken over: it is what the database had already');
      } catch (error) {
        // A file that is not marked would be run here, on what is there already.
        rmSync(resolvePath(project.base, file), { force: true });
        throw error;
      }
      return { database: database.name, server: session.server.title, id, file, objects: schema.objects.size, aside, unread };
    }),
  );
}
