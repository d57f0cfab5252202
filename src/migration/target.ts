import { closest, Failure, joined } from '../base/index.ts';
import { isInDatabase } from './history.ts';
import { rootModule } from './migration.ts';
import type { Entry } from './state.ts';

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
    const near = closest(wanted, entries.flatMap(names));
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

/** Where `to` shall lead: the last entry that is in the database afterwards, or nothing when none is. */
export function resolveTarget(reference: string, entries: readonly Entry[]): Entry | undefined {
  const filed = entries.filter(
    (entry) => entry.migration !== undefined && (entry.passedOver === undefined || entry.passedOver.by !== undefined),
  );
  const current = filed.findLastIndex((entry) => isInDatabase(entry.row));
  switch (reference) {
    case 'zero':
    case 'none':
      return undefined;
    case 'first':
      return filed[0];
    case 'latest':
      return filed.at(-1);
    case 'prev':
      return filed[current - 1];
    case 'next':
      return filed[current + 1] ?? filed.at(-1);
    default:
      return /^[+-]\d+$/.test(reference) ? relative(Number(reference), filed, current) : resolveLast(reference, entries);
  }
}

function relative(steps: number, filed: readonly Entry[], current: number): Entry | undefined {
  const at = current + steps;
  return at < 0 ? undefined : filed[Math.min(at, filed.length - 1)];
}

/** A version that holds several migrations means the last of them. */
function resolveLast(reference: string, entries: readonly Entry[]): Entry {
  const ofVersion = entries.filter(
    (entry) => entry.migration !== undefined && (entry.version === reference || `${entry.module}@${entry.version}` === reference),
  );
  return ofVersion.at(-1) ?? resolve(reference, entries);
}

function names(entry: Entry): readonly string[] {
  const own = entry.module === rootModule ? entry.id : entry.id.slice(entry.module.length + 1);
  return [entry.id, own, entry.version, entry.name].filter((name) => name !== '');
}
