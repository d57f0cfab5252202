/** From how many entries on a map is not copied for each change. */
const small = 256;

/** A map that is another one but for a few entries. Under `gone` stand keys of the lower map that it lacks, or has at its end. */
interface Layered<K, V> extends ReadonlyMap<K, V> {
  readonly layer: {
    readonly lower: ReadonlyMap<K, V>;
    readonly own: ReadonlyMap<K, V>;
    readonly gone: ReadonlySet<K>;
  };
}

/**
 * A map with some keys taken away and one entry put in, as a copy would have them, in the same order. Large maps are not copied: what is
 * different from one that is shared is kept beside it, until that is as much as makes a copy worth while.
 */
export function changed<K, V>(map: ReadonlyMap<K, V>, without: Iterable<K>, entry?: readonly [K, V]): ReadonlyMap<K, V> {
  if (map.size < small) return edited(map, without, entry);
  const { lower, own, gone } = isLayered(map) ? map.layer : { lower: map, own: new Map<K, V>(), gone: new Set<K>() };
  if ((own.size + gone.size) ** 2 > lower.size) return edited(new Map(map), without, entry);
  const less = new Set(gone);
  for (const key of without) if (lower.has(key)) less.add(key);
  return layered(lower, edited(own, without, entry), less);
}

function edited<K, V>(map: ReadonlyMap<K, V>, without: Iterable<K>, entry: readonly [K, V] | undefined): ReadonlyMap<K, V> {
  const copy = new Map(map);
  for (const key of without) copy.delete(key);
  if (entry !== undefined) copy.set(entry[0], entry[1]);
  return copy;
}

function isLayered<K, V>(map: ReadonlyMap<K, V>): map is Layered<K, V> {
  return 'layer' in map;
}

function layered<K, V>(lower: ReadonlyMap<K, V>, own: ReadonlyMap<K, V>, gone: ReadonlySet<K>): Layered<K, V> {
  const isFresh = (key: K): boolean => gone.has(key) || !lower.has(key);
  const get = (key: K): V | undefined => (own.has(key) ? own.get(key) : gone.has(key) ? undefined : lower.get(key));
  function* entries(): MapIterator<[K, V]> {
    for (const [key, value] of lower) if (!gone.has(key)) yield [key, own.has(key) ? (own.get(key) as V) : value];
    for (const [key, value] of own) if (isFresh(key)) yield [key, value];
  }
  function* keys(): MapIterator<K> {
    for (const [key] of entries()) yield key;
  }
  function* values(): MapIterator<V> {
    for (const [, value] of entries()) yield value;
  }
  let fresh = 0;
  for (const key of own.keys()) if (isFresh(key)) fresh++;
  const map: Layered<K, V> = {
    layer: { lower, own, gone },
    size: lower.size - gone.size + fresh,
    has: (key) => own.has(key) || (!gone.has(key) && lower.has(key)),
    get,
    entries,
    keys,
    values,
    [Symbol.iterator]: entries,
    forEach: (callback) => {
      for (const [key, value] of entries()) callback(value, key, map);
    },
  };
  return map;
}
