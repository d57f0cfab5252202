import type { Place } from '../../base/index.ts';

/** The place in the migration's own file that the error came from. */
export function placeInStack(error: unknown, file: string): Place | undefined {
  if (!(error instanceof Error) || error.stack === undefined) return undefined;
  const name = file.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const match = new RegExp(`${name}:(\\d+):(\\d+)`).exec(error.stack);
  return match === null ? undefined : { file, line: Number(match[1]), column: Number(match[2]) };
}
