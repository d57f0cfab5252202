import type { ResultRow, Server } from '../../../contracts/index.ts';
import type { Constraint, Deferrable, Name, Opaque, QualifiedName, ReferentialAction } from '../../../schema/index.ts';
import { flag, given, list, named, opt, str } from '../catalogue.ts';
import { quote } from '../quote.ts';
import { type Reader, readerOf, readTokens, type Token } from '../reader.ts';
import { opaqueName } from '../traits.ts';
import { commentOn } from './read-types.ts';

interface At {
  /** The columns of the table by their numbers. */
  readonly names: ReadonlyMap<string, Name>;
  readonly table: QualifiedName;
  readonly server: Server;
}

const actions: Readonly<Record<string, ReferentialAction>> = { r: 'restrict', c: 'cascade', n: 'set null', d: 'set default' };

/** One constraint; what the model has no words for is an opaque object of its own. */
export function readConstraint(row: ResultRow, at: At): Constraint | Opaque {
  if (flag(row, 'set_columns') || flag(row, 'period') || !flag(row, 'enforced')) return opaque(row, at);
  const columns = list(row, 'columns').map((number) => at.names.get(number) ?? '');
  const common = { name: str(row, 'name'), ...given({ comment: opt(row, 'comment') }) };
  switch (str(row, 'kind')) {
    case 'p':
      return { kind: 'primaryKey', ...common, columns, ...keyParts(row, at) };
    case 'u':
      return {
        kind: 'unique',
        ...common,
        columns,
        ...keyParts(row, at),
        ...given({ nullsNotDistinct: flag(row, 'nulls_not_distinct') ? (true as const) : undefined }),
      };
    case 'f':
      return {
        kind: 'foreignKey',
        ...common,
        columns,
        references: { table: named(row, at.server, 'target_schema', 'target'), columns: list(row, 'target_columns') },
        ...given({
          onDelete: actions[str(row, 'on_delete')],
          onUpdate: actions[str(row, 'on_update')],
          match: flag(row, 'match_full') ? ('full' as const) : undefined,
          deferrable: deferrableOf(row),
          notValid: notValid(row),
        }),
      };
    case 'c':
      return {
        kind: 'check',
        ...common,
        sql: str(row, 'expression'),
        ...given({ noInherit: flag(row, 'no_inherit') ? (true as const) : undefined, notValid: notValid(row) }),
      };
    default:
      return exclusion(row, common, at);
  }
}

function deferrableOf(row: ResultRow): Deferrable | undefined {
  if (!flag(row, 'deferrable')) return undefined;
  return flag(row, 'deferred') ? 'deferred' : 'immediate';
}

function notValid(row: ResultRow): true | undefined {
  return flag(row, 'valid') ? undefined : true;
}

/** What a primary key or unique constraint has from its index. */
function keyParts(row: ResultRow, at: At): Pick<Extract<Constraint, { kind: 'unique' }>, 'include' | 'deferrable' | 'extras'> {
  const included = includedColumns(row, at);
  const storage = list(row, 'storage');
  const extras = given({
    with: storage.length === 0 ? undefined : storage.join(', '),
    tablespace: opt(row, 'tablespace'),
    clustered: flag(row, 'clustered') ? 'true' : undefined,
  }) as Readonly<Record<string, string>>;
  return given({
    include: included.length === 0 ? undefined : included,
    deferrable: deferrableOf(row),
    extras: Object.keys(extras).length === 0 ? undefined : extras,
  });
}

function includedColumns(row: ResultRow, at: At): readonly Name[] {
  const numbers = (opt(row, 'index_columns') ?? '').split(' ').filter((number) => number !== '');
  return numbers.slice(Number(str(row, 'key_columns'))).map((number) => at.names.get(number) ?? '');
}

/** `EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (…) DEFERRABLE`, taken apart. */
function exclusion(row: ResultRow, common: { readonly name: Name; readonly comment?: string }, at: At): Constraint | Opaque {
  const definition = str(row, 'definition');
  if (includedColumns(row, at).length > 0 || list(row, 'storage').length > 0 || opt(row, 'tablespace') !== undefined)
    return opaque(row, at);
  const r = readerOf(readTokens(definition));
  r.take('EXCLUDE', 'USING');
  const using = r.skip().text;
  const elements = elementsIn(readerOf(r.parentheses() ?? []), definition);
  const where = r.take('WHERE') ? textOf(r.parentheses() ?? [], definition) : undefined;
  return { kind: 'exclude', ...common, using, elements, ...given({ where, deferrable: deferrableOf(row) }) };
}

function elementsIn(r: Reader, definition: string): readonly { readonly sql: string; readonly operator: string }[] {
  const elements: { sql: string; operator: string }[] = [];
  do {
    const tokens = r.item();
    const at = tokens.findLastIndex((token) => token.word === 'WITH');
    elements.push({ sql: textOf(tokens.slice(0, at), definition), operator: textOf(tokens.slice(at + 1), definition) });
  } while (r.take(','));
  return elements;
}

function textOf(tokens: readonly Token[], definition: string): string {
  return definition.slice(tokens[0]?.start, tokens.at(-1)?.end);
}

function opaque(row: ResultRow, { table }: At): Opaque {
  const name = str(row, 'name');
  const owner = quote.name(table);
  const schema = table.schema === undefined ? {} : { schema: table.schema };
  const target = `CONSTRAINT ${quote.identifier(name)} ON ${owner}`;
  return {
    kind: 'opaque',
    type: 'constraint',
    name: opaqueName('constraint', { ...schema, name }, { name: table.name }),
    definition: `ALTER TABLE ${owner} ADD CONSTRAINT ${quote.identifier(name)} ${str(row, 'definition')}${commentOn(target, opt(row, 'comment'))}`,
    drop: `ALTER TABLE ${owner} DROP CONSTRAINT ${quote.identifier(name)}`,
    ...given({ comment: opt(row, 'comment') }),
  };
}
