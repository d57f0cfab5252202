import { parse } from 'yaml';

/** The plain value of a YAML text without aliases. Loaded only where a history is kept in YAML. */
export function readYaml(text: string): unknown {
  return parse(text, { maxAliasCount: 0 });
}
