/** The order in which properties are written, so that equal changes give equal texts. Those not listed keep their order at the end. */
const order: readonly string[] = [
  ...['on', 'table', 'name', 'type', 'column', 'columns', 'sql', 'using', 'routine', 'arguments', 'length', 'values', 'of', 'bits'],
  ...[
    'always',
    'start',
    'increment',
    'minimum',
    'maximum',
    'cache',
    'cycle',
    'unlogged',
    'stored',
    'query',
    'restrictive',
    'command',
    'roles',
  ],
  ...['elements', 'references', 'onDelete', 'onUpdate', 'match', 'order', 'nulls', 'collation', 'operatorClass', 'unique', 'method'],
  ...['include', 'where', 'nullsNotDistinct', 'noInherit', 'notValid', 'deferrable', 'materialized', 'nullable', 'default', 'identity'],
  ...['generated', 'check', 'checks', 'indexes', 'version', 'ownedBy', 'options', 'extras', 'definition', 'drop', 'dependsOn', 'comment'],
];

/** The same properties in the order in which people write them. */
export function arranged<T extends object>(spec: T): T {
  const rank = (key: string): number => {
    const at = order.indexOf(key);
    return at < 0 ? order.length : at;
  };
  return Object.fromEntries(Object.entries(spec).sort(([a], [b]) => rank(a) - rank(b))) as T;
}
