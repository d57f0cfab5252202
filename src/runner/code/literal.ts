import type { Engine } from '../../contracts/index.ts';

/** A value as SQL; a list as its values with commas between them. */
export function literal(engine: Engine, value: unknown): string {
  if (typeof value === 'object' && value !== null && 'fragment' in value) return String(value.fragment);
  if (value instanceof Date) return engine.quote.literal(value.toISOString());
  if (Array.isArray(value)) return value.map((one) => literal(engine, one)).join(', ');
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) return engine.quote.literal({ json: value as never });
  return engine.quote.literal(value as never);
}
