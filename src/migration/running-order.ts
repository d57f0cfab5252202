import { closest, Failure, topological } from '../base/index.ts';
import type { Migration, Module } from './migration.ts';
import { compareLabels, type Label, type Scheme } from './order.ts';
import { labelOf, type Requirement, readRequirement, satisfies } from './requirement.ts';

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
  const known = new Map(streams.map((stream) => [stream.module.name, stream]));
  const demands = (texts: readonly string[] = [], by: string, file?: string): readonly Demand[] =>
    texts.flatMap((text) => attempt(() => ({ ...readRequirement(text), by, ...(file === undefined ? {} : { file }) }), problems));
  const ofModules = new Map(streams.map(({ module }) => [module.name, demands(module.requires, `module "${module.name}"`)]));
  const needs = new Map<string, readonly string[]>();
  const chains = new Map<string, string>();
  const needing = streams.map((stream): Stream => {
    const { module } = stream;
    const ofModule = met(ofModules.get(module.name) ?? [], known, problems).flatMap((one) => ofStream(one.stream).at(-1)?.id ?? []);
    const [installers, migrations] = [stream.installers, stream.migrations].map((list) =>
      list.map((migration): Migration => {
        const own = met(demands(migration.requires, `migration ${migration.id}`, migration.file.path), known, problems);
        // Its own module is in order anyway.
        const others = own.filter((one) => one.stream.module !== module);
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

function attempt<T>(work: () => T, problems: Failure[]): readonly T[] {
  try {
    return [work()];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    problems.push(error);
    return [];
  }
}

interface Met {
  readonly demand: Demand;
  readonly stream: Stream;
}

/** The requirements that are met; of each other one it is a problem. */
function met(demands: readonly Demand[], known: ReadonlyMap<string, Stream>, problems: Failure[]): readonly Met[] {
  return demands.flatMap((demand): readonly Met[] => {
    const stream = known.get(demand.module);
    if (stream === undefined) problems.push(missing(demand, [...known.keys()]));
    else if (!isFit(demand, stream)) problems.push(unfit(demand, stream));
    else return [{ demand, stream }];
    return [];
  });
}

/** A module wants another as it is now; a migration wants it as it was at some time. */
function isFit(demand: Demand, stream: Stream): boolean {
  const { scheme, migrations } = stream;
  const labels = demand.file === undefined ? [] : migrations.map(({ label }) => label);
  return demand.bounds.length === 0 || [...labels, highest(stream)].some((label) => satisfies(demand, label, scheme));
}

/** The newest version that a module has, by its migrations or its manifest. */
function highest(stream: Stream): Label {
  const { module, scheme } = stream;
  const last = ofStream(stream).at(-1)?.label;
  const said = module.version === undefined ? undefined : labelOf(module.version);
  if (last === undefined) return said ?? labelOf('0');
  return said !== undefined && compareLabels(scheme, said, last) > 0 ? said : last;
}

/** Where no version of the files will do, its manifest's does: then it comes behind all of it. */
function lastOfFirst({ demand, stream: { migrations, scheme } }: Met): readonly string[] {
  const first = migrations.find(({ label }) => satisfies(demand, label, scheme));
  const last =
    migrations.findLast(({ label }) => first !== undefined && compareLabels(scheme, label, first.label) === 0) ?? migrations.at(-1);
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
