import { closest, Failure, joined, together } from '../base/index.ts';
import { type AuthoredKind, type Change, type Conventions, readChange } from '../schema/index.ts';

const state = 'nothing was written';

/** How each change is said in words behind its kind. */
const words: Readonly<Record<string, { readonly like: string; readonly spec: (parts: readonly string[]) => unknown }>> = {
  createTable: {
    like: 'createTable:TABLE or createTable:TABLE:COLUMN TYPE,COLUMN TYPE',
    spec: ([name, columns]) => ({ name, columns: columns === undefined ? [identity] : columns.split(/,(?![^(]*\))/).map(columnOf) }),
  },
  dropTable: { like: 'dropTable:TABLE', spec: ([name]) => ({ name }) },
  renameTable: { like: 'renameTable:TABLE:NEW', spec: ([from, to]) => ({ from, to }) },
  addColumn: {
    like: 'addColumn:TABLE.COLUMN:TYPE',
    spec: ([at = '', type]) => ({ ...inTable(at, 'name'), type }),
  },
  dropColumn: { like: 'dropColumn:TABLE.COLUMN', spec: ([at = '']) => inTable(at, 'name') },
  renameColumn: { like: 'renameColumn:TABLE.COLUMN:NEW', spec: ([at = '', to]) => ({ ...inTable(at, 'from'), to }) },
};

const identity = { name: 'id', type: 'bigint', identity: true, primaryKey: true };

function columnOf(text: string): object {
  const [, name = '', type = ''] = /^\s*(\S+)\s*([\s\S]*?)\s*$/.exec(text) ?? [];
  return { name, type };
}

function inTable(text: string, key: string): object {
  const dot = text.lastIndexOf('.');
  return { table: text.slice(0, Math.max(dot, 0)), [key]: text.slice(dot + 1) };
}

/** A change in words: `createTable:thing`, `addColumn:thing.name:varchar(40)`. A table without columns gets an `id` that counts up. */
export function changesInWords(text: string, conventions: Conventions): readonly Change[] {
  const [kind = '', ...parts] = text.split(':');
  const known = Object.hasOwn(words, kind) ? words[kind] : undefined;
  if (known === undefined) {
    const near = closest(kind, Object.keys(words));
    throw new Failure(
      'usage.invalid-value',
      `there is no change "${kind}" in words${near === undefined ? '' : `; did you mean "${near}"?`}`,
      {
        state,
        fix: Object.values(words).map(({ like }) => `--change '${like}'`),
      },
    );
  }
  const problems: { readonly path: readonly (string | number)[]; readonly message: string }[] = [];
  const wanted = known.like.split(' or ').map((like) => like.split(':').length);
  const isWhole = wanted.includes(parts.length + 1) && parts.every((part) => part !== '');
  const changes = isWhole ? readChange(kind as AuthoredKind, known.spec(parts) as never, { path: [], problems, conventions }) : [];
  if (isWhole && problems.length === 0) return changes;
  const failures = problems.map(
    ({ path, message }) =>
      new Failure('usage.invalid-value', `--change ${text}: ${[joined(path.map(String)), message].filter(Boolean).join(': ')}`, { state }),
  );
  if (failures.length > 0) throw together(failures);
  throw new Failure('usage.invalid-value', `--change ${text} is not whole`, { state, fix: [`--change '${known.like}'`] });
}
