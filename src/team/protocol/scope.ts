/** What a check-out is of: the whole structure, or that of one module. */
export type Scope = 'all' | `module:${string}`;

/** The scope that a text names. Nothing where it names none. */
export function scopeOf(text: string): Scope | undefined {
  if (text === 'all') return text;
  const [, module] = /^module:([A-Za-z0-9_][A-Za-z0-9_.-]{0,62})$/.exec(text) ?? [];
  return module === undefined ? undefined : `module:${module}`;
}

/** Whether two of them cannot be held by two people at once. */
export function overlap(a: Scope, b: Scope): boolean {
  return a === 'all' || b === 'all' || a === b;
}

/** How people are told of it. */
export function scopeTitle(scope: Scope): string {
  return scope === 'all' ? 'the structure' : `the module ${scope.slice('module:'.length)}`;
}
