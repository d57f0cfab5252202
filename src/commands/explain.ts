import { type CatalogueEntry, type Code, catalogue, closest, Failure } from '../base/index.ts';
import { glossary } from './glossary.ts';

export interface Explanation {
  readonly code: string;
  readonly title: string;
  readonly explain: string;
  readonly fix: readonly string[];
  /** The exit code that goes with an error. */
  readonly exit?: number;
}

/** What an error code or a word of Lockstep's means. Needs neither a project nor a network. */
export function explain(wanted: string): Explanation {
  if (Object.hasOwn(catalogue, wanted)) {
    const entry: CatalogueEntry = catalogue[wanted as Code];
    return { code: wanted, title: entry.title, explain: entry.explain, fix: entry.fix, exit: entry.exit };
  }
  const term = glossary.find((candidate) => candidate.word === wanted.toLowerCase());
  if (term !== undefined) return { code: term.word, title: term.word, explain: term.meaning, fix: [] };
  const near = closest(wanted, explainable());
  throw new Failure('usage.invalid-value', `there is no code or word "${wanted}"${near === undefined ? '' : `; did you mean "${near}"?`}`, {
    fix: ['lockstep explain   lists everything'],
  });
}

/** Every code and word that can be explained. */
export function explainable(): readonly string[] {
  return [...Object.keys(catalogue), ...glossary.map((term) => term.word)];
}
