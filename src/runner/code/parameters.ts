import { closest, count, Failure, scan, together } from '../../base/index.ts';
import type { Engine } from '../../contracts/index.ts';
import { literal } from './literal.ts';
import type { Parameters } from './migration.ts';

/** Values by their names, as SQL. */
export type ShownParameters = Readonly<Record<string, string>>;

/** Parameters as a plan shows them. */
export function shownParameters(engine: Engine, parameters: Parameters | undefined): ShownParameters | undefined {
  const entries = Object.entries(parameters ?? {});
  return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([name, value]) => [name, literal(engine, value)]));
}

/**
 * Puts values in the place of `:name`, outside of quotes and comments; `::` and `:=` are left alone. Refuses names without a value
 * and values without a name.
 */
export function bindNames(
  engine: Engine,
  text: string,
  parameters: Parameters,
): { readonly sql: string; readonly shown: ShownParameters | undefined } {
  const shown = shownParameters(engine, parameters);
  if (shown === undefined) return { sql: text, shown };
  const used = new Set<string>();
  const problems: Failure[] = [];
  let sql = '';
  let last = 0;
  for (const { name, start, end } of namesIn(engine, text)) {
    const value = Object.hasOwn(shown, name) ? shown[name] : undefined;
    if (value === undefined) {
      const near = closest(name, Object.keys(shown));
      problems.push(wrong(`":${name}" has no value${near === undefined ? '' : `; did you mean ":${near}"?`}`));
      continue;
    }
    used.add(name);
    sql += text.slice(last, start) + value;
    last = end;
  }
  for (const name of Object.keys(shown)) if (!used.has(name)) problems.push(wrong(`the value "${name}" stands nowhere in the text`));
  if (problems.length > 0) throw together(problems, (n) => `${count(n, 'parameter')} of a query cannot be used`);
  return { sql: sql + text.slice(last), shown };
}

interface FoundName {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function namesIn(engine: Engine, text: string): readonly FoundName[] {
  const found: FoundName[] = [];
  const cursor = scan(text, engine.scanRules);
  let colon: number | undefined;
  while (cursor.next()) {
    const { kind, start, end } = cursor;
    // `a::text` is a cast, and in `arr[lo:hi]` the colon stands behind a word: only one that stands free begins a name.
    const isFree = colon !== undefined && colon === start - 1 && !/[\w:\])]/.test(text.charAt(colon - 1));
    if (kind === 'word' && isFree) found.push({ name: text.slice(start, end), start: start - 1, end });
    colon = kind === 'symbol' && text.charAt(start) === ':' ? start : undefined;
  }
  return found;
}

function wrong(message: string): Failure {
  return new Failure('migration.invalid', message);
}
