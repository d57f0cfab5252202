import type { ResultRow, Server } from '../../../contracts/index.ts';
import { type Key, keyOf, type ObjectKind, type Opaque, partKey, type QualifiedName } from '../../../schema/index.ts';
import { given, named, opt, str } from '../catalogue.ts';
import { text } from '../quote.ts';
import { opaqueName } from '../traits.ts';
import { commentOn } from './read-types.ts';

/** Kinds without a place in the model, as opaque objects. */
export function readOthers(rows: readonly ResultRow[], server: Server): readonly Opaque[] {
  return rows.map((row) => {
    const [kind, target, comment] = [str(row, 'kind'), str(row, 'target'), opt(row, 'comment')];
    const name = opt(row, 'schema') === undefined ? { name: str(row, 'name') } : named(row, server);
    const signature = opt(row, 'arguments');
    return {
      kind: 'opaque',
      type: kind,
      name: opaqueName(kind, signature === undefined ? name : { ...name, name: `${name.name}(${signature})` }),
      definition: `${created(kind, target, row)}${commentOn(target, comment)}`,
      drop: `DROP ${target}`,
      ...given({ comment }),
    };
  });
}

/** What is made has words that what is dropped has not: DEFAULT, TRUSTED; an operator's sides, the mappings of a configuration. */
function created(kind: string, target: string, row: ResultRow): string {
  const [rest, more] = [str(row, 'rest'), str(row, 'more')];
  if (kind === 'operator') return `CREATE ${target.slice(0, target.lastIndexOf(' ('))}${rest}`;
  return kind === 'text search configuration' ? `CREATE ${target}${rest}${more}` : `CREATE ${more}${target}${rest}`;
}

const modelled: readonly string[] = ['view', 'composite', 'domain'] satisfies readonly ObjectKind[];

/** Comments as opaque objects that hang on what they are about. */
export function readComments(rows: readonly ResultRow[], server: Server): readonly Opaque[] {
  return rows.map((row) => {
    const [kind, target, comment] = [str(row, 'kind'), str(row, 'target'), str(row, 'comment')];
    const name = opt(row, 'schema') === undefined ? { name: str(row, 'name') } : named(row, server);
    return {
      kind: 'opaque',
      type: 'comment',
      name: { ...(name.schema === undefined ? {} : { schema: name.schema }), name: `comment on ${target}` },
      definition: `COMMENT ON ${target} IS ${text(comment)}`,
      drop: `COMMENT ON ${target} IS ${kind === 'namespace' ? text('standard public schema') : 'NULL'}`,
      ...(kind === 'namespace' ? {} : { dependsOn: [ownerOf(kind, name)] }),
    };
  });
}

/** What a comment is on: an object, or the column that an identity's sequence belongs to. */
function ownerOf(kind: string, name: QualifiedName): Key {
  if (kind.startsWith('column ')) return partKey('column', name, kind.slice('column '.length));
  return modelled.includes(kind) ? keyOf({ kind: kind as ObjectKind, name }) : keyOf({ kind: 'opaque', name: opaqueName(kind, name) });
}
