import { closest, Failure, topological } from '../base/index.ts';
import type { Migration, Module } from './migration.ts';
import { compareLabels, type Label, labelComparer, type Scheme } from './order.ts';
import { labelOf, type Requirement, readRequirement, satisfier } from './requirement.ts';

/** A module with its migrations in their own order. */
export interface Stream {
  readonly module: Module;
  readonly scheme: Scheme;
  /** They come before the migrations. */
  readonly installers: readonly Migration[];
  readonly migrations: readonly Migration[];
}

/** Who requires something: a module, or one of its migrations. */
interface Demand extends Requirement {
  readonly by: string;
  readonly file?: string;
}

/**
 * All migrations in the order in which they run: modules one after another, each behind what it requires, ties in the order given. A
 * migration that requires a version of another module comes behind the last migration of the first version that will do. What is required and
 * not there, and circles, are problems.
 */
export function runningOrder(streams: readonly Stream[], problems: Failure[]): readonly Migration[] {
  const known = new Map(streams.map((stream) => [stream.module.name, asked(stream)]));
  const demands = (texts: readonly string[] = [], by: string, file?: string): readonly Demand[] =>
    texts.flatMap((text) => attempt(() => ({ ...readRequirement(text), by, ...(file === undefined ? {} : { file }) }), problems));
  const ofModules = new Map(streams.map(({ module }) => [module.name, demands(module.requires, `module "${module.name}"`)]));
  const needs = new Map<string, readonly string[]>();
  const chains = new Map<string, string>();
  const needing = streams.map((stream): Stream => {
    const { module } = stream;
    const ofModule = met(ofModules.get(module.name) ?? [], known, problems).flatMap((one) => lastOf(one.asked.stream)?.id ?? []);
    const [installers, migrations] = [stream.installers, stream.migrations].map((list) =>
      list.map((migration): Migration => {
        const own = met(demands(migration.requires, `migration ${migration.id}`, migration.file.path), known, problems);
        // Its own module is in order anyway.
        const others = own.filter((one) => one.asked.stream.module !== module);
        const all = [...ofModule, ...others.flatMap(lastOfFirst)];
        const before = chains.get(module.name);
        needs.set(migration.id, before === undefined ? all : [before, ...all]);
        chains.set(module.name, migration.id);
        return all.length === 0 ? migration : { ...migration, needs: all };
      }),
    );
    return { ...stream, installers: installers ?? [], migrations: migrations ?? [] };
  });
  const byName = new Map(needing.map((stream) => [stream.module.name, stream]));
  const byModules = topological(needing, ({ module }) =>
    (ofModules.get(module.name) ?? []).flatMap((demand) => byName.get(demand.module) ?? []),
  );
  if ('cycle' in byModules) {
    problems.push(
      circle(
        'modules require each other',
        byModules.cycle.map(({ module }) => module.name),
      ),
    );
    return needing.flatMap(ofStream);
  }
  const all = byModules.order.flatMap(ofStream);
  const byId = new Map(all.map((migration) => [migration.id, migration]));
  const sorted = topological(all, ({ id }) => (needs.get(id) ?? []).flatMap((needed) => byId.get(needed) ?? []));
  if ('order' in sorted) return sorted.order;
  problems.push(
    circle(
      'migrations require each other',
      sorted.cycle.map(({ id }) => id),
    ),
  );
  return all;
}

function ofStream({ installers, migrations }: Stream): readonly Migration[] {
  return [...installers, ...migrations];
}

function lastOf({ installers, migrations }: Stream): Migration | undefined {
  return migrations.at(-1) ?? installers.at(-1);
}

function attempt<T>(work: () => T, problems: Failure[]): readonly T[] {
  try {
    return [work()];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    problems.push(error);
    return [];
  }
}

/** A module with its answers: of one that many others require the same is asked again and again. */
interface Asked {
  readonly stream: Stream;
  /** The last migration of the first version that will do. */
  fitting(demand: Demand): Migration | undefined;
  /** Whether the newest version will do, by the migrations or by the module's manifest. */
  isNewestFit(demand: Demand): boolean;
}

function asked(stream: Stream): Asked {
  const { migrations, scheme } = stream;
  const [satisfies, compare] = [satisfier(scheme), labelComparer(scheme)];
  const answers = new Map<string, Migration | undefined>();
  const look = (demand: Demand): Migration | undefined => {
    const first = migrations.find(({ label }) => satisfies(demand, label));
    return first && migrations.findLast(({ label }) => compare(label, first.label) === 0);
  };
  return {
    stream,
    fitting: (demand) => {
      if (!answers.has(demand.text)) answers.set(demand.text, look(demand));
      return answers.get(demand.text);
    },
    isNewestFit: (demand) => satisfies(demand, highest(stream)),
  };
}

interface Met {
  readonly demand: Demand;
  readonly asked: Asked;
}

/** The requirements that are met; of each other one it is a problem. */
function met(demands: readonly Demand[], known: ReadonlyMap<string, Asked>, problems: Failure[]): readonly Met[] {
  return demands.flatMap((demand): readonly Met[] => {
    const found = known.get(demand.module);
    if (found === undefined) problems.push(missing(demand, [...known.keys()]));
    else if (!isFit(demand, found)) problems.push(unfit(demand, found.stream));
    else return [{ demand, asked: found }];
    return [];
  });
}

/** A module wants another as it is now; a migration wants it as it was at some time. */
function isFit(demand: Demand, { fitting, isNewestFit }: Asked): boolean {
  return demand.bounds.length === 0 || (demand.file !== undefined && fitting(demand) !== undefined) || isNewestFit(demand);
}

/** The newest version that a module has, by its migrations or its manifest. */
function highest(stream: Stream): Label {
  const { module, scheme } = stream;
  const last = lastOf(stream)?.label;
  const said = module.version === undefined ? undefined : labelOf(module.version);
  if (last === undefined) return said ?? labelOf('0');
  return said !== undefined && compareLabels(scheme, said, last) > 0 ? said : last;
}

/** Where no version of the files will do, its manifest's does: then it comes behind all of it. */
function lastOfFirst({ demand, asked: { fitting, stream } }: Met): readonly string[] {
  const last = fitting(demand) ?? stream.migrations.at(-1);
  return last === undefined ? [] : [last.id];
}

function missing({ module, by, text, file }: Demand, known: readonly string[]): Failure {
  const near = closest(module, known);
  return new Failure(
    'module.missing',
    `${by} requires the module "${module}", which is not there${near === undefined ? '' : `; did you mean "${near}"?`}`,
    {
      ...placed(file),
      data: { requires: text, modules: known },
    },
  );
}

function unfit({ module, by, text, file }: Demand, stream: Stream): Failure {
  const newest = stream.migrations.at(-1)?.version ?? stream.module.version;
  return new Failure('module.missing', `${by} requires "${text}", and the newest version of ${module} is ${newest ?? 'none'}`, {
    ...placed(file),
    data: { requires: text },
  });
}

function placed(file: string | undefined): { readonly place?: { readonly file: string; readonly line: number; readonly column: number } } {
  return file === undefined ? {} : { place: { file, line: 1, column: 1 } };
}

function circle(what: string, names: readonly string[]): Failure {
  return new Failure('module.circle', `${what} in a circle: ${[...names, names[0]].join(' → ')}`, { data: { circle: names } });
}
