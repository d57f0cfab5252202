import * as z from 'zod';

/** A schema for every property of a type: one that is forgotten or misspelt does not compile. */
export type Shape<T> = { readonly [K in keyof T]-?: object extends Pick<T, K> ? z.ZodType<T[K] | undefined> : z.ZodType<T[K]> };

/**
 * A mapping that has these properties and no others. The message of an unknown property is the list of the known ones, from which
 * `problemsOf` makes a sentence with the nearest.
 */
export function strict<T>(shape: Shape<T>, about?: Readonly<Record<string, unknown>>): z.ZodType<T> {
  const known = Object.keys(shape).join(', ');
  const error: z.core.$ZodErrorMap = (issue) => (issue.code === 'unrecognized_keys' ? known : undefined);
  const schema = z.strictObject(shape as Readonly<Record<string, z.ZodType>>, { error });
  return (about === undefined ? schema : schema.meta(about)) as unknown as z.ZodType<T>;
}

/** Any text, with what it means. */
export const text = (about: string): z.ZodString => z.string().describe(about);

/** A name that is taken as it is. */
export const name = (about: string): z.ZodString => z.string().min(1).describe(about);

/** A name that may have its namespace in front: `audit.users`. */
export const qualified = (about: string): z.ZodString => name(`${about}; "namespace.name" for one outside the default namespace`);

/** A list of names. */
export const names = (about: string): z.ZodArray<z.ZodString> => z.array(z.string().min(1)).describe(about);

/** True or false; false is the same as absent. */
export const flag = (about: string): z.ZodOptional<z.ZodBoolean> => z.boolean().optional().describe(about);

/** A whole number of any size. */
export const whole = (about: string): z.ZodType<number | bigint> => z.union([z.int(), z.bigint()]).describe(about);

/** Text by name: clauses or options of one engine. */
export const texts = (about: string): z.ZodRecord<z.ZodString, z.ZodString> => z.record(z.string(), z.string()).describe(about);

/** A comment in the database. */
export const comment: z.ZodOptional<z.ZodString> = text('The comment that the database keeps').optional();

/** A condition or expression in the engine's own words. */
export const sql = (about: string): z.ZodString => text(`${about}, as SQL`);
