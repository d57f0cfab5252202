/** Whether a place is a pattern of several, not a path. */
export function isGlob(pattern: string): boolean {
  return /[*?{}[\]!]/.test(pattern);
}
