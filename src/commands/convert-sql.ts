import { Failure } from '../base/index.ts';
import type { Engine, Server } from '../contracts/index.ts';
import type { WriteOptions, WrittenDown } from '../formats/index.ts';
import type { SourceFile } from '../migration/index.ts';
import { applyAll, type Change, invertAll, type Schema } from '../schema/index.ts';
import type { CommonOptions } from './options.ts';
import { collectMigrations, databaseOf, type Project } from './project.ts';
import { readSide, type SideSource } from './structure.ts';
import { rendered, scriptOf } from './way.ts';

/** A migration in the words of every format. */
export interface Said {
  readonly up: readonly Change[];
  readonly down: WrittenDown | undefined;
  readonly options: WriteOptions;
}

/** What the statements of a migration depend on: the engine, its build, and the structure that the migration meets. */
export interface Ground {
  readonly engine: Engine;
  readonly server: Server;
  readonly schema: Schema;
}

/** The structure that the migrations before a file make; all of them for a file that is none of them, or none. */
export async function groundBehind(file: SourceFile | undefined, project: Project, options: CommonOptions): Promise<Ground> {
  const { migrations } = await collectMigrations(project, options).catch((error: unknown) => {
    // A file alone needs no project around it.
    if (error instanceof Failure && error.code === 'source.missing') return { migrations: [] };
    throw error;
  });
  const place = migrations.findIndex((one) => one.file.path === file?.path);
  const before = place < 0 ? migrations.at(-1) : migrations[place - 1];
  return before === undefined
    ? emptyGround(project, options)
    : groundOf({ kind: 'module', shown: before.id, at: before.id }, project, options);
}

/** An empty database of the project's engine. */
export function emptyGround(project: Project, options: CommonOptions): Promise<Ground> {
  return groundOf({ kind: 'empty' }, project, options);
}

async function groundOf(side: SideSource, project: Project, options: CommonOptions): Promise<Ground> {
  const reference = await databaseOf(project, options);
  const { schema, server } = await readSide(side, reference, project, options);
  return { engine: reference.engine, server, schema };
}

/**
 * A migration as a script for one engine. What the engine would invert by itself is written out as its way back; SQL for other engines
 * is left out and told.
 */
export function sqlText(said: Said, ground: Ground): { readonly text: string; readonly left: readonly string[] } {
  const { transaction, version, order, requires, covers, verify } = said.options;
  const up = section(said.up, ground);
  const back = wayBack(said, ground.schema);
  const isAlone = (direction: 'up' | 'down'): boolean =>
    typeof transaction === 'object' ? !transaction[direction] : transaction === false;
  const begin = (direction: 'up' | 'down'): string =>
    `-- lockstep:${direction}\n${isAlone(direction) ? '-- lockstep:no-transaction\n' : ''}`;
  const text = [
    ...(version === undefined ? [] : [`-- lockstep:version ${version}\n`]),
    ...(order === undefined ? [] : [`-- lockstep:order ${order}\n`]),
    ...(requires === undefined || requires.length === 0 ? [] : [`-- lockstep:requires ${requires.join(', ')}\n`]),
    ...(covers === undefined ? [] : [`-- lockstep:installer covers=${covers}\n`]),
    ...('irreversible' in back ? [`-- lockstep:irreversible ${back.irreversible.replace(/\s+/g, ' ')}\n`] : []),
    begin('up') + up,
    ...('irreversible' in back ? [] : [`\n${begin('down')}${section(back, { ...ground, schema: after(said.up, ground.schema) })}`]),
    ...(verify === undefined || verify.length === 0
      ? []
      : [`\n-- lockstep:verify\n${verify.map((sql) => `${sql.replace(/[\s;]+$/, '')};\n`).join('')}`]),
  ].join('');
  const others = [...said.up, ...('irreversible' in back ? [] : back)].flatMap((change) => otherEngines(change, ground.engine.name));
  return { text, left: [...new Set(others)].map((name) => `the SQL for ${name}`) };
}

function section(changes: readonly Change[], { engine, server, schema }: Ground): string {
  return scriptOf(rendered(changes, schema, { engine, server }).statements, engine);
}

function after(changes: readonly Change[], before: Schema): Schema {
  const made = applyAll(before, changes);
  if ('refused' in made) throw new Failure('change.refused', made.refused, { state: 'nothing was written' });
  return made;
}

function wayBack({ up, down }: Said, before: Schema): readonly Change[] | { readonly irreversible: string } {
  return down ?? invertAll(up, before);
}

function otherEngines(change: Change, engine: string): readonly string[] {
  if (change.kind !== 'sql') return [];
  const scripts = [change.up, ...(change.down === undefined ? [] : [change.down])];
  return scripts.flatMap((one) => Object.keys(one)).filter((name) => name !== 'any' && name !== engine);
}
