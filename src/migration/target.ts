import { closest, Failure, joined } from '../base/index.ts';
import { isInDatabase } from './history.ts';
import { rootModule } from './migration.ts';
import { compareLabels, detectScheme, type Label, readLabel, type Scheme } from './order.ts';
import { inScope, unknownModule } from './scope.ts';
import type { Entry } from './state.ts';
import { tagged } from './tags.ts';

/**
 * The entry that a reference means: an id (with or without the module), a version, or an unambiguous beginning of one of them.
 * Refuses an unknown and an ambiguous one, naming what was near or what matched.
 */
export function resolve(reference: string, entries: readonly Entry[]): Entry {
  const wanted = reference.replace(/^app\//, '').replace(/\.(sql|[cm]?[tj]s|ya?ml|json|xml|ini)$/, '');
  const exact = entries.filter((entry) => entry.id === wanted);
  const [found, second] = exact.length > 0 ? exact : entries.filter((entry) => names(entry).includes(wanted));
  if (found !== undefined && second === undefined) return found;
  const matching =
    found === undefined
      ? entries.filter((entry) => names(entry).some((name) => name.startsWith(wanted)))
      : entries.filter((entry) => names(entry).includes(wanted));
  const [only, other] = matching;
  if (only !== undefined && other === undefined) return only;
  if (only === undefined) {
    if (tagged(reference, entries) !== undefined) {
      throw new Failure('ref.unknown', `"${reference}" is a tag: it stands for a state, not for one migration`, {
        fix: [`lockstep to ${reference}   go to that state`, `lockstep tag   which migration it ends with`],
      });
    }
    const near = closest(wanted, [...entries.flatMap(names), ...entries.flatMap(({ migration }) => migration?.tags ?? [])]);
    throw new Failure('ref.unknown', `no migration is called "${reference}"${near === undefined ? '' : `; did you mean "${near}"?`}`);
  }
  throw new Failure(
    'ref.ambiguous',
    `"${reference}" may be ${joined(
      matching.slice(0, 8).map((entry) => entry.id),
      'or',
    )}`,
  );
}

/** Where a reference leads, and how it was rounded, in words, when nothing is called exactly that. */
export interface Target {
  readonly entry: Entry | undefined;
  readonly rounded?: string;
}

/**
 * What may move on the way to a target: of `module@…` the migrations of that module alone, of any other all of them. What waits for a
 * pending migration of another module says so. Refuses a module that is not there.
 */
export function movedBy(reference: string, entries: readonly Entry[]): readonly Entry[] {
  const module = moduleNamed(reference, entries);
  return module === undefined ? entries : inScope(entries, { only: [module] }, [module]);
}

/** The module of `module@…`; nothing for a reference without one, also where the name of a migration holds an `@`. */
function moduleNamed(reference: string, entries: readonly Entry[]): string | undefined {
  const at = reference.indexOf('@');
  if (at < 1 || entries.some((entry) => names(entry).some((name) => name.startsWith(reference)))) return undefined;
  const module = reference.slice(0, at);
  const modules = [...new Set(entries.map((entry) => entry.module))];
  if (!modules.includes(module)) throw unknownModule(module, modules);
  return module;
}

/**
 * Where `to` shall lead: the last entry that is in the database afterwards, or nothing when none is. A number, date or version that no
 * migration has means the highest before it, and steps beyond the first or last stop there; both are told.
 */
export function resolveTarget(reference: string, entries: readonly Entry[]): Target {
  const filed = entries.filter(
    (entry) => entry.migration !== undefined && (entry.passedOver === undefined || entry.passedOver.by !== undefined),
  );
  const state = taggedState(reference, entries);
  if (state !== undefined) return { entry: state };
  const module = moduleNamed(reference, entries);
  const among = module === undefined ? filed : filed.filter((entry) => entry.module === module);
  const word = module === undefined ? reference : reference.slice(module.length + 1);
  if (/^[+-]\d+$/.test(word)) return relative(word, among);
  const entry = namedTarget(word, among) ?? 'label';
  return entry === 'label' ? labelled(reference, entries) : entry === 'none' ? { entry: undefined } : { entry };
}

/** The last entry of a state with this name. Refuses a name that has become that of another migration as well. */
function taggedState(reference: string, entries: readonly Entry[]): Entry | undefined {
  const found = tagged(reference, entries);
  const other = found && entries.find((entry) => entry !== found && names(entry).includes(reference));
  if (other === undefined) return found;
  throw new Failure('ref.ambiguous', `"${reference}" is a tag, and may be ${other.id}`, {
    fix: [`lockstep to ${found?.id}   the state that the tag stands for`, `lockstep tag ${reference} --remove`],
  });
}

/** One of the words that stand for a place in the order. */
function namedTarget(reference: string, filed: readonly Entry[]): Entry | 'none' | undefined {
  const current = filed.findLastIndex((entry) => isInDatabase(entry.row));
  switch (reference) {
    case 'zero':
    case 'none':
      return 'none';
    case 'first':
      return filed[0] ?? 'none';
    case 'latest':
      return filed.at(-1) ?? 'none';
    case 'prev':
      return filed[current - 1] ?? 'none';
    case 'next':
      return filed[current + 1] ?? filed.at(-1) ?? 'none';
    default:
      return undefined;
  }
}

function relative(reference: string, filed: readonly Entry[]): Target {
  const wanted = filed.findLastIndex((entry) => isInDatabase(entry.row)) + Number(reference);
  const at = Math.max(-1, Math.min(wanted, filed.length - 1));
  const entry = filed[at];
  if (at === wanted) return { entry };
  const end = entry === undefined ? 'nothing, there is none before the first' : `${entry.id}, the last there is`;
  return { entry, rounded: `${reference} means ${end}` };
}

/** A label, of the project's own migrations or as `module@label`; else any other name. A version that holds several means its last. */
function labelled(reference: string, entries: readonly Entry[]): Target {
  const at = reference.indexOf('@');
  const module = at < 0 ? moduleMeant(entries) : reference.slice(0, at);
  const text = reference.slice(at + 1);
  const ofVersion = entries.filter(
    (entry) => entry.migration !== undefined && (entry.version === reference || `${entry.module}@${entry.version}` === reference),
  );
  const exact = ofVersion.at(-1) ?? entries.find((entry) => names(entry).includes(reference));
  if (exact !== undefined) return { entry: ofVersion.at(-1) ?? resolve(reference, entries) };
  const label = wholeLabel(text) ?? wholeLabel(`v${text}`);
  const isAmong = ({ module: own, migration }: Entry): boolean =>
    migration !== undefined && (own === module || (at < 0 && migration.interleaved === true));
  const among = entries.filter(isAmong);
  const scheme = detectScheme(among.flatMap(({ migration }) => migration?.label ?? []));
  const fits = scheme !== undefined && label?.candidates.includes(scheme) === true;
  // A number is compared as one: `5` is 005 and never 50. The beginning of an id may name a date as well.
  const prefixed = scheme !== 'sequence' && among.filter((entry) => names(entry).some((name) => name.startsWith(text))).length === 1;
  if (!fits || prefixed) return { entry: resolve(reference, entries) };
  const before = among.filter(({ migration }) => migration !== undefined && compareLabels(scheme, migration.label, label) <= 0);
  const highest = before.reduce<Entry | undefined>(
    (best, entry) => (best === undefined || isBehind(entry, best, scheme) ? entry : best),
    undefined,
  );
  if (highest?.migration === undefined) throw new Failure('ref.unknown', `no migration is called "${reference}", and none comes before it`);
  if (compareLabels(scheme, highest.migration.label, label) === 0) return { entry: highest };
  return { entry: highest, rounded: `${reference} means ${highest.id}, the last one before it` };
}

function wholeLabel(text: string): Label | undefined {
  const read = readLabel(text);
  return read?.rest === '' ? read.label : undefined;
}

function isBehind(entry: Entry, best: Entry, scheme: Scheme): boolean {
  if (entry.migration === undefined || best.migration === undefined) return false;
  return compareLabels(scheme, entry.migration.label, best.migration.label) >= 0;
}

/** What a label without a module is one of: the project's own migrations, or those of its only module. */
function moduleMeant(entries: readonly Entry[]): string {
  const modules = new Set(entries.map(({ module }) => module));
  const [only] = modules;
  return only !== undefined && modules.size === 1 ? only : rootModule;
}

function names(entry: Entry): readonly string[] {
  const own = entry.module === rootModule ? entry.id : entry.id.slice(entry.module.length + 1);
  return [entry.id, own, entry.version, entry.name].filter((name) => name !== '');
}
