import { type Key, parseName } from '../../schema/index.ts';
import { lower, text } from './quote.ts';

/**
 * An expression that is different when one of the objects, or an index or trigger on it, was made, altered or dropped: their texts in
 * `sqlite_schema`, in which SQLite keeps everything about them.
 */
export function probe(touches: readonly Key[]): string {
  const names = [...new Set(touches.flatMap(namesOf).map(lower))];
  if (names.length === 0) return "''";
  const list = names.map(text).join(', ');
  return (
    "(SELECT coalesce(group_concat(type || ' ' || name || ' ' || coalesce(sql, ''), char(10)), '') FROM " +
    `(SELECT type, name, sql FROM sqlite_master WHERE lower(name) IN (${list}) OR lower(tbl_name) IN (${list}) ORDER BY type, name))`
  );
}

/** The names in a key: `table users`, `trigger users/audit`. */
export function namesOf(key: Key): readonly string[] {
  const subject = key.slice(key.indexOf(' ') + 1);
  const slash = /^((?:"(?:[^"]|"")*"|[^"/])*)\/(.*)$/s.exec(subject);
  return slash === null ? [parseName(subject).name] : [parseName(slash[1] ?? '').name, parseName(slash[2] ?? '').name];
}
