import { Failure, joined, together } from '../base/index.ts';
import type { Engine, Format, Parsed, Part, Server, Statement } from '../contracts/index.ts';
import { findings } from '../diff/index.ts';
import { formatOf, type Migration, rootModule } from '../migration/index.ts';
import { readScript, renderChanges, wayBackOf } from '../plan/index.ts';
import { emptySchema, type Schema, sameSchema } from '../schema/index.ts';
import { formatTools, type Project } from './project.ts';
import { arrive, type OnScratch, runAll, type Settled } from './prove.ts';
import { readStructure, type Trial } from './structure.ts';
import { wayFrom } from './way.ts';

const state = 'nothing was written';

/** The text of a migration that a person has made of a proposed one. */
export interface Edited {
  readonly text: string;
  /** `sql`, `yaml`, `json`, `xml` or `ini`. */
  readonly format: string;
  /** The file that it stands in, where it stands in one. */
  readonly file?: string | undefined;
}

interface Means {
  readonly project: Project;
  readonly engine: Engine;
  readonly server: Server;
  readonly scratch: OnScratch;
}

/**
 * Runs both ways of an edited text on a scratch database, from one structure to the other and back. Refuses a text that cannot be read, that
 * has no way back, and one that does not arrive: it would say of this database what is not so. Gives its statements for rows: they run on
 * every other database, and never here, where the migration counts as applied.
 */
export async function proveEdited(edited: Edited, { before, after, why }: Settled, means: Means): Promise<readonly string[]> {
  if (why !== undefined) throw new Failure('diff.unproven', why, { state });
  const { engine, server, project } = means;
  const parsed = await parse(edited, project, engine);
  const forth = statementsOf(parsed.up, parsed.transaction.up, before, means);
  const back = backOf(parsed, { before, after }, means);
  await means.scratch(async (session) => {
    await arrive(session, wayFrom(emptySchema, before, engine, server), before, 'the structure before, made anew,');
    await arriveEdited(session, forth, after, 'up');
    await arriveEdited(session, back, before, 'back');
  });
  return forth.filter(({ family }) => family === 'rows').map(({ sql }) => sql);
}

async function arriveEdited(session: Trial, statements: readonly Statement[], wanted: Schema, way: 'up' | 'back'): Promise<void> {
  const unproven = (what: string): Failure =>
    new Failure('checkin.unproven', `the edited way ${way} ${what}`, { state: 'nothing was written; it was tried on a scratch database' });
  const failed = await runAll(statements, session);
  if (failed !== undefined) throw unproven(`does not run: ${failed.message}`);
  const found = await readStructure(session);
  if (sameSchema(found, wanted)) return;
  const all = findings(wanted, found, session.engine.diff);
  const words = { '-': 'lacks', '~': 'makes otherwise', '+': 'makes too much' } as const;
  const said = (['-', '~', '+'] as const).flatMap((sign) => {
    const names = all.filter((one) => one.sign === sign).map(({ kind, name }) => `${kind} ${name}`);
    return names.length === 0 ? [] : [`${words[sign]} ${joined(names)}`];
  });
  throw unproven(`does not arrive: against ${way === 'up' ? 'what is here' : 'what was before'} it ${said.join('; it ')}`);
}

async function parse({ text, format, file: from }: Edited, project: Project, engine: Engine): Promise<Parsed> {
  const name = `edited.${format}`;
  const file = { path: from ?? name, text, folders: [], name, module: rootModule };
  const reader: Format | undefined = formatOf(file, project.formats);
  if (reader === undefined || /^[cm]?[jt]s$/.test(format)) {
    throw new Failure('usage.invalid-value', `an edited migration is SQL or data, not "${format}": code is not run to be looked at`, {
      state,
      fix: ['--format sql'],
    });
  }
  const migration: Migration = {
    id: name,
    module: rootModule,
    version: '1',
    name: 'edited',
    label: { text: '1', candidates: [] },
    order: 0,
    format: reader.name,
    file,
    requires: [],
  };
  try {
    return await reader.read(migration, formatTools(project, engine));
  } catch (error) {
    throw error instanceof Failure ? error.with({ state }) : error;
  }
}

function statementsOf(part: Part, transaction: boolean, before: Schema, { project, engine, server }: Means): readonly Statement[] {
  if (part.kind === 'code') throw new Failure('usage.invalid-value', 'an edited migration is no code', { state });
  if (part.kind === 'changes') {
    const { statements, problems, deferred } = renderChanges(part.changes, engine, server, before);
    refuse([...problems, ...(deferred === undefined ? [] : [new Failure('change.refused', deferred)])]);
    return statements;
  }
  const placeholders = project.placeholders(undefined);
  const { groups, problems } = readScript(part, {
    engine,
    server,
    transaction,
    ...(placeholders === undefined ? {} : { placeholders }),
  });
  refuse(problems);
  return groups.flatMap(({ statements }) => statements);
}

function refuse(problems: readonly Failure[]): void {
  if (problems.length === 0) return;
  throw together(
    problems.map((problem) => problem.with({ state })),
    (n) => `${n} places of the edited text are wrong`,
  );
}

/** The way back that is written down, or the one that follows from changes. */
function backOf({ up, down, transaction }: Parsed, { before, after }: Settled, means: Means): readonly Statement[] {
  const lacking = (why: string): Failure =>
    new Failure('checkin.unproven', `the edited text has no way back: ${why}`, { state, fix: ['write one behind -- lockstep:down'] });
  if (down?.kind === 'irreversible') throw lacking(down.why);
  if (down !== undefined) return statementsOf(down, transaction.down, after, means);
  if (up.kind !== 'changes') throw lacking('SQL has one only when it is written down');
  const { engine, server } = means;
  const rendered = renderChanges(up.changes, engine, server, before);
  const { back } = wayBackOf(up.changes, engine, { server, before, after: rendered.after, parts: rendered.parts });
  if (back.kind !== 'statements') throw lacking(back.kind === 'none' ? back.why : 'it is not known');
  return back.statements.map((sql) => ({ ...engine.classify(sql, server), sql }));
}
