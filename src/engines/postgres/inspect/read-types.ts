import type { ResultRow, Server } from '../../../contracts/index.ts';
import type { CompositeType, Domain, EnumType, Opaque, SchemaObject } from '../../../schema/index.ts';
import { flag, given, list, named, opt, str } from '../catalogue.ts';
import { quote, text } from '../quote.ts';
import { opaqueName } from '../traits.ts';
import { collationOf, columnTypeOf, defaultOf } from './read-columns.ts';

/** Enums, domains, range types and composite types. */
export function readTypes(
  rows: { readonly types: readonly ResultRow[]; readonly attributes: readonly ResultRow[] },
  server: Server,
): readonly SchemaObject[] {
  return [...rows.types.map((row) => readType(row, server)), ...readComposites(rows.attributes, server)];
}

function readType(row: ResultRow, server: Server): EnumType | Domain | Opaque {
  const common = { name: named(row, server), ...given({ comment: opt(row, 'comment') }) };
  switch (str(row, 'kind')) {
    case 'e':
      return { kind: 'enum', values: list(row, 'labels'), ...common };
    case 'd':
      return domain(row, common, server);
    default:
      return range(row, common);
  }
}

type Common = Pick<Domain, 'name' | 'comment'>;

function domain(row: ResultRow, common: Common, server: Server): Domain {
  const type = columnTypeOf({ ...row, type: row['base'] }, server);
  const texts = list(row, 'checks');
  return {
    kind: 'domain',
    ...common,
    type,
    nullable: !flag(row, 'required'),
    checks: list(row, 'check_names').map((name, index) => ({ name, sql: texts[index] ?? '' })),
    ...given({ default: defaultOf(opt(row, 'expression'), type, str(row, 'base')), collation: collationOf(row, server) }),
  };
}

function range(row: ResultRow, common: Common): Opaque {
  const parts = {
    subtype: opt(row, 'subtype'),
    subtype_opclass: opt(row, 'class'),
    collation: opt(row, 'range_collation'),
    canonical: opt(row, 'canonical'),
    subtype_diff: opt(row, 'difference'),
  };
  const name = quote.name(common.name);
  const clauses = Object.entries(given(parts)).map(([clause, value]) => `${clause} = ${value}`);
  return {
    kind: 'opaque',
    type: 'type',
    ...common,
    name: opaqueName('type', common.name),
    definition: `CREATE TYPE ${name} AS RANGE (${clauses.join(', ')})${commentOn(`TYPE ${name}`, common.comment)}`,
    drop: `DROP TYPE ${name}`,
  };
}

/** Opaque objects carry their comment in their definition. */
export function commentOn(target: string, comment: string | undefined): string {
  return comment === undefined ? '' : `;\nCOMMENT ON ${target} IS ${text(comment)}`;
}

function readComposites(rows: readonly ResultRow[], server: Server): readonly CompositeType[] {
  const composites = new Map<string, CompositeType>();
  for (const row of rows) {
    const id = str(row, 'relation');
    const known = composites.get(id) ?? {
      kind: 'composite',
      name: named(row, server),
      attributes: [],
      ...given({ comment: opt(row, 'comment') }),
    };
    const attribute = opt(row, 'attribute');
    const attributes =
      attribute === undefined
        ? known.attributes
        : [...known.attributes, { name: attribute, type: columnTypeOf(row, server), ...given({ collation: collationOf(row, server) }) }];
    composites.set(id, { ...known, attributes });
  }
  return [...composites.values()];
}
