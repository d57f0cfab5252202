import type { Making } from './blueprint.ts';
import type { Selection } from './common.ts';

/** Puts names between signs, which are doubled inside. */
export function quotedBy(sign: string): (name: string) => string {
  return (name) => `${sign}${name.replaceAll(sign, sign + sign)}${sign}`;
}

/** How pieces are named, one behind the other. */
export function listed(pieces: readonly { readonly as: string }[]): string {
  return pieces.map(({ as }) => as).join(', ');
}

/** A constraint, as a rule with its name. */
export function named({ dice, as }: Making, sql: string): string {
  return dice.chance(0.7) ? `CONSTRAINT ${as} ${sql}` : sql;
}

/** The columns of a view, now and then with names in its head, and that head. */
export function headed({ dice }: Making, { gives: given }: Selection): { readonly gives: Selection['gives']; readonly header: string } {
  const names = dice.chance(0.3) ? given.map((_, n) => `n${n}`) : undefined;
  const gives = given.map((one, n) => ({ ...one, name: names?.[n] ?? one.name }));
  return { gives, header: names === undefined ? '' : ` (${names.join(', ')})` };
}

/** Names that are words of the language or need quotes on every engine. */
export const oddNames: readonly string[] = [
  'order',
  'select',
  'a b',
  "it's",
  'quo"te',
  'back`tick',
  'Größe',
  '日本語',
  '100%',
  '$dollar',
  '-- dash',
  'semi;colon',
];
