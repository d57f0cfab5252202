import type { Effect, Risk, Traits } from '../../contracts/index.ts';
import { formatName, keyOf, type QualifiedName, tableKey } from '../../schema/index.ts';
import { qualified } from './classify-names.ts';
import { beside, lower } from './quote.ts';
import type { Reader } from './tokens.ts';
import { effect, mayFail, rewrites, rowsOf, session, structure } from './traits.ts';

/** CREATE, after that word. What exists only for the connection concerns only the session. */
export function create(read: Reader): Traits | undefined {
  const temporary = read.accept('TEMP') || read.accept('TEMPORARY');
  const unique = read.accept('UNIQUE');
  const kind = read.next()?.upper;
  if (kind === 'VIRTUAL') read.accept('TABLE');
  const careful = read.accept('IF', 'NOT', 'EXISTS');
  const name = qualified(read);
  if (name === undefined) return undefined;
  if (temporary || (name.schema !== undefined && lower(name.schema) === 'temp')) return session();
  const traits = created(kind, { name, unique }, read);
  if (traits === undefined || !careful) return traits;
  // The object may have been there before, with rows in it, so nobody may take it for a new one.
  return {
    ...traits,
    afterCrash: 'repeat',
    effects: traits.effects.map(({ sign, text }) => effect(sign, `${text}, if there is none`)),
  };
}

function created(kind: string | undefined, { name, unique }: { name: QualifiedName; unique: boolean }, read: Reader): Traits | undefined {
  switch (kind) {
    case 'TABLE':
      return structure({ effects: [effect('+', `table ${formatName(name)}`, tableKey(name))], touches: [tableKey(name)] });
    case 'VIEW': {
      const key = keyOf({ kind: 'view', name });
      return structure({ effects: [effect('+', `view ${formatName(name)}`, key)], touches: [key] });
    }
    case 'VIRTUAL': {
      const key = keyOf({ kind: 'opaque', name });
      return structure({ effects: [effect('+', `virtual table ${formatName(name)}`, key)], touches: [key] });
    }
    case 'INDEX':
      return createdIndex(name, unique, read);
    case 'TRIGGER':
      return createdTrigger(name, read);
    default:
      return undefined;
  }
}

function createdIndex(name: QualifiedName, unique: boolean, read: Reader): Traits | undefined {
  const owner = read.accept('ON') ? read.name() : undefined;
  if (owner === undefined) return undefined;
  const table = beside(name, owner);
  const risks: Risk[] = [{ kind: 'scans', table }];
  if (unique) risks.push(mayFail(`rows of "${formatName(table)}" that are equal`));
  return structure({ risks, effects: [effect('+', `index ${formatName(name)}`)], touches: [tableKey(table)] });
}

function createdTrigger(name: QualifiedName, read: Reader): Traits | undefined {
  while (!read.done && !read.accept('ON')) read.next();
  const owner = read.name();
  if (owner === undefined) return undefined;
  const key = keyOf({ kind: 'trigger', name, on: beside(name, owner) });
  return structure({ effects: [effect('+', `trigger ${formatName(name)}`, key)], touches: [key] });
}

/** ALTER TABLE, after the first word: https://www.sqlite.org/lang_altertable.html */
export function alter(read: Reader): Traits | undefined {
  if (!read.accept('TABLE')) return undefined;
  const table = qualified(read);
  if (table === undefined) return undefined;
  const touches = [tableKey(table)];
  if (read.accept('RENAME', 'TO')) {
    const to = read.name();
    if (to === undefined) return undefined;
    const renamed = beside(table, to);
    const text = `table ${formatName(table)} → ${formatName(renamed)}`;
    return structure({
      effects: [effect('~', text, tableKey(table))],
      touches: [...touches, tableKey(renamed)],
    });
  }
  if (read.accept('RENAME')) {
    read.accept('COLUMN');
    const from = read.name();
    const to = read.accept('TO') ? read.name() : undefined;
    if (from === undefined || to === undefined) return undefined;
    return structure({ effects: [effect('~', `column ${formatName(table)}.${from} → ${to}`)], touches });
  }
  if (read.accept('ADD')) return addedColumn(read, table);
  if (read.accept('DROP')) {
    read.accept('COLUMN');
    const column = read.name();
    if (column === undefined) return undefined;
    return structure({
      risks: [{ kind: 'loses', loss: { what: 'column', table, column } }, rewrites(table)],
      effects: [effect('-', `column ${formatName(table)}.${column}`)],
      touches,
    });
  }
  return alteredColumn(read, table);
}

function addedColumn(read: Reader, table: QualifiedName): Traits | undefined {
  read.accept('COLUMN');
  const column = read.name();
  if (column === undefined) return undefined;
  let notNull = false;
  let hasDefault = false;
  let points = false;
  while (!read.done) {
    if (read.accept('NOT', 'NULL')) notNull = true;
    else if (read.accept('DEFAULT')) hasDefault = !read.at('NULL');
    else if (read.accept('AS')) hasDefault = true;
    else if (read.accept('REFERENCES')) points = true;
    else if (read.group() === undefined) read.next();
  }
  const risks =
    notNull && !hasDefault ? [mayFail(`rows of "${formatName(table)}", because the column has no default and refuses NULL`)] : [];
  return structure({ risks, effects: [added(table, column)], touches: points ? [tableKey(table), rowsOf(table)] : [tableKey(table)] });
}

/** A column that is new, so that nothing is lost when it goes again. */
export function added(table: QualifiedName, column: string): Effect {
  const text = `column ${formatName(table)}.${column}`;
  return effect('+', text, text);
}

/** libSQL only: https://github.com/tursodatabase/libsql/blob/main/libsql-sqlite3/doc/libsql_extensions.md */
function alteredColumn(read: Reader, table: QualifiedName): Traits | undefined {
  if (!read.accept('ALTER')) return undefined;
  read.accept('COLUMN');
  const column = read.name();
  if (column === undefined) return undefined;
  return structure({
    risks: [{ kind: 'loses', loss: { what: 'values', table, column } }],
    effects: [effect('~', `column ${formatName(table)}.${column}`)],
    touches: [tableKey(table)],
  });
}

/** DROP, after that word. */
export function drop(read: Reader): Traits | undefined {
  const kind = read.next()?.upper;
  const careful = read.accept('IF', 'EXISTS');
  const name = qualified(read);
  if (name === undefined) return undefined;
  const traits = dropped(kind, name);
  return traits !== undefined && careful ? { ...traits, afterCrash: 'repeat' } : traits;
}

function dropped(kind: string | undefined, name: QualifiedName): Traits | undefined {
  switch (kind) {
    case 'TABLE':
      return structure({
        risks: [{ kind: 'loses', loss: { what: 'table', table: name } }],
        effects: [effect('-', `table ${formatName(name)}`, tableKey(name))],
        touches: [tableKey(name), rowsOf(name)],
      });
    case 'VIEW': {
      const key = keyOf({ kind: 'view', name });
      return structure({ effects: [effect('-', `view ${formatName(name)}`, key)], touches: [key] });
    }
    case 'INDEX':
      // Which table it belongs to is not said; the probe finds it by its own name.
      return structure({ effects: [effect('-', `index ${formatName(name)}`)], touches: [`index ${formatName(name)}`] });
    case 'TRIGGER':
      return structure({ effects: [effect('-', `trigger ${formatName(name)}`)], touches: [keyOf({ kind: 'trigger', name })] });
    default:
      return undefined;
  }
}
